/**
 * The command `mock429 init`: it writes a starter profile for an OpenAPI document.
 * @module
 */
import { existsSync, writeFileSync } from 'node:fs';
import { basename, dirname, extname, join, relative, resolve, sep } from 'node:path';
import { OptionError } from '../options/options.js';
import { kebab, titleOf } from '../profile/document/names.js';
import { openDocument } from '../profile/document/open.js';
import { formatIssue } from '../profile/errors.js';
import { displayPath, PROFILES_DIRECTORY } from '../profile/locate.js';
import { validateProfile } from '../profile/validate.js';
import { makeFolders } from '../runtime/folders.js';
import { readDocumentLimits, readLimitsFile } from './starter/limits/index.js';
import { makeStarter } from './starter/starter.js';
import type { Io } from './terminal/io.js';
import { count } from './terminal/text.js';

/** Flags of the command. */
export interface InitFlags {
  readonly id?: string | undefined;
  readonly out?: string | undefined;
  /** File that states limits. */
  readonly limits?: string | undefined;
}

/** Writes the starter profile. @returns the exit code. @throws ProfileError where the document cannot be served, OptionError */
export function init(document: string, flags: InitFlags, io: Io): number {
  const source = resolve(document);
  if (!existsSync(source)) throw new OptionError(`there is no file ${document}; give the path of an OpenAPI document`);
  const limitsFile = flags.limits === undefined ? undefined : resolve(flags.limits);
  if (limitsFile !== undefined && !existsSync(limitsFile))
    throw new OptionError(`there is no file ${flags.limits}; give the path of a file that states limits`);
  const { document: read } = openDocument(source);
  const limits =
    limitsFile === undefined ? readDocumentLimits(read, displayPath(source)) : readLimitsFile(limitsFile, read);
  const title = titleOf(read) ?? basename(source, extname(source));
  const id = flags.id ?? (kebab(title) || kebab(basename(source, extname(source))) || 'my-api');
  if (kebab(id) !== id) {
    const fix = kebab(id) === '' ? 'use lower-case letters, digits and "-"' : `write ${kebab(id)}`;
    throw new OptionError(`"${id}" cannot be an id; ${fix}`);
  }
  const folder = resolve(flags.out ?? dirname(source));
  const file = join(folder, `${id}.profile.yaml`);
  const displayName = reference(file);
  const options = {
    id,
    title,
    document: from(folder, source),
    schema: from(folder, join(PROFILES_DIRECTORY, 'profile.schema.json')),
    file: displayName,
  };
  const starter = makeStarter(read, options, limits);
  makeFolder(folder, flags.out);
  writeNew(file, starter.text, displayName);
  const { issues } = validateProfile(file, { compiles: false });
  const contents = [
    count(read.operations.length, 'operation'),
    count(starter.credentials, 'credential'),
    `${count(starter.errors, 'error')}, ${starter.documentedErrors} of them from the document`,
    ...(starter.limits === 0 ? [] : [`${count(starter.limits, 'limit')} from ${limits.format ?? 'the document'}`]),
  ];
  io.out(`wrote ${displayName} (${contents.join(', ')})\n`);
  for (const { place, why } of limits.leftOut) io.out(`not carried over: ${place}: ${why}\n`);
  for (const issue of issues)
    io.out(`${formatIssue(issue)}${issue.severity === undefined ? '' : ` (${issue.severity})`}\n`);
  if (issues.some(({ severity }) => severity === undefined)) return 2;
  io.out(`next: mock429 serve --profile ${displayName} --watch\n`);
  return 0;
}

function makeFolder(folder: string, given: string | undefined): void {
  try {
    makeFolders(folder);
  } catch (error) {
    const name = given === undefined ? displayPath(folder) : `--out ${given}`;
    throw new OptionError(`${name}: the folder cannot be made (${(error as Error).message}); name another folder`);
  }
}

function writeNew(file: string, text: string, displayName: string): void {
  try {
    writeFileSync(file, text, { flag: 'wx' });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== 'EEXIST') throw new OptionError(`${displayName} cannot be written: ${message}`);
    throw new OptionError(`${displayName} already exists; remove it, or choose another name with --id or --out`);
  }
}

/** A path in a form that `--profile` takes for a path and not for an id. */
function reference(file: string): string {
  const displayName = displayPath(file);
  return displayName.includes(sep) ? displayName : `.${sep}${displayName}`;
}

/** The path from a folder to a file, with slashes. */
function from(folder: string, file: string): string {
  return relative(folder, file).split(sep).join('/');
}

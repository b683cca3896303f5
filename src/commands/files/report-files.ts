/**
 * The report files of `run`. They are checked before the command starts, so that a long run does not end without its reports.
 * @module
 */
import {
  accessSync,
  closeSync,
  constants,
  openSync,
  realpathSync,
  rmdirSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, isAbsolute, join, normalize, resolve, sep } from 'node:path';
import { OptionError } from '../../options/options.js';
import { suggest } from '../../profile/errors.js';
import { displayPath } from '../../profile/locate.js';
import { makeFolders } from '../../runtime/folders.js';
import { type ReportFormat, reportFormats } from '../../verdict/render/index.js';

/** A report file. */
export interface ReportFile {
  readonly format: ReportFormat;
  /** Absolute path. */
  readonly file: string;
  /** The flag's value: `junit=report.xml`. */
  readonly given: string;
}

/**
 * Parses and checks the values of `--report`.
 *
 * @param others other output files, by flag. @throws OptionError where a file cannot be written, or two are the same
 */
export function checkReportFiles(
  given: readonly string[],
  others: Readonly<Record<string, string | undefined>> = {},
): ReportFile[] {
  const files = given.map(readReport);
  const taken = new Map<string, string>();
  for (const [flag, file] of Object.entries(others)) if (file !== undefined) taken.set(identityOf(resolve(file)), flag);
  for (const { file, given } of files) {
    const identity = identityOf(file);
    const other = taken.get(identity);
    if (other !== undefined)
      throw new OptionError(`--report ${given}: ${other} is written to the same file; give each a file of its own`);
    taken.set(identity, `--report ${given}`);
  }
  // Try all of them before undoing: the folder of one may be the folder of another.
  const undo: (() => void)[] = [];
  try {
    for (const { file, given } of files) {
      try {
        tryToWrite(file, undo);
      } catch (error) {
        throw new OptionError(`--report ${given}: cannot be written (${(error as Error).message}); give another file`);
      }
    }
  } finally {
    for (const step of undo.reverse()) step();
  }
  return files;
}

/** Writes the reports. @returns an error line for each that could not be written */
export function writeReports(files: readonly ReportFile[], render: (format: ReportFormat) => string): string[] {
  return files.flatMap(({ format, file, given }) => {
    const text = render(format);
    try {
      makeFolders(dirname(file));
      writeFileSync(file, text);
      return [];
    } catch (error) {
      return [`--report ${given}: cannot be written (${(error as Error).message})`];
    }
  });
}

/**
 * Converts a path to the form of code hosts: relative to the root of the repository, with slashes.
 *
 * @param given path relative to that root, or an absolute path below the working directory. @throws OptionError
 */
export function codeLocation(given: string): string {
  const path = normalize(isAbsolute(given) ? displayPath(given) : given)
    .split(sep)
    .join('/')
    .replace(/\/+$/, '');
  if (given.trim() === '' || path === '.' || /^\.\.(\/|$)/.test(path) || isAbsolute(path))
    throw new OptionError(
      `--sarif-location ${given}: is not a file below the repository's root; give it as the code host names it, such as src/client.ts`,
    );
  return path;
}

function readReport(given: string): ReportFile {
  const [format = '', ...rest] = given.split('=');
  const file = rest.join('=');
  if (!Object.hasOwn(reportFormats, format))
    throw new OptionError(
      `--report ${given}: there is no format "${format}"; ${suggest(format, Object.keys(reportFormats))}`,
    );
  if (file === '') throw new OptionError(`--report ${given}: names no file; write ${format}=FILE`);
  return { format: format as ReportFormat, file: resolve(file), given };
}

/** An identifier that is equal for all paths of one file, whether or not it exists. */
function identityOf(file: string): string {
  try {
    const { dev, ino } = statSync(file);
    return `${dev}:${ino}`;
  } catch {
    return realOf(file);
  }
}

/** Resolves links, as far as the path exists. */
function realOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(realOf(parent), basename(path));
  }
}

/** Whether a pipe has a name of its own. `/dev/stdout` and `>(…)` of a shell name pipes that this process has inherited open. */
function isNamed(pipe: string): boolean {
  if (/^\/(?:dev|proc)\//.test(pipe)) return false;
  try {
    realpathSync(pipe);
    return true;
  } catch {
    return false;
  }
}

/**
 * Checks that a file can be opened for writing. It does not change an existing file, and `undo` removes created files and folders.
 *
 * @param undo receives the functions that remove them. @throws Error of the system where the file cannot be written
 */
function tryToWrite(file: string, undo: (() => void)[]): void {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (stats?.isDirectory()) throw new Error('it is a folder');
  if (stats?.isSocket()) throw new Error('it is a socket, which cannot be opened as a file');
  if (stats?.isFIFO() && isNamed(file))
    throw new Error('it is a named pipe, and the write would wait until another program reads it');
  if (stats && !stats.isFile()) {
    // A device, or a pipe that is open already. To open a pipe and close it would end it for its reader.
    accessSync(file, constants.W_OK);
    return;
  }
  const created: string[] = [];
  undo.push(() => {
    for (const folder of created.reverse()) rmdirSync(folder);
  });
  makeFolders(dirname(file), created);
  closeSync(openSync(file, 'a'));
  if (!stats) undo.push(() => unlinkSync(file));
}

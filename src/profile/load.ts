/**
 * Finds and reads profiles and their documents. The only part that touches files.
 * @module
 */
import { existsSync, readdirSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DocumentError, type JsonObject, OpenApiDocument } from '../openapi/document.js';
import { checkProfile } from './checks.js';
import { ProfileError, suggest } from './errors.js';
import { type Overlay, parseProfile } from './parse.js';
import { readSource } from './precompiled.js';
import { compileProvider, type Provider } from './provider.js';
import type { Source } from './source.js';

export interface LoadOptions extends Overlay {
  /** Divides every duration; 1 when left out. */
  readonly compress?: number;
}

/** Folder of the profiles that come with the package. */
export const PROFILES_DIRECTORY = fileURLToPath(new URL('../../profiles/', import.meta.url));

/** Ids of the profiles that come with the package. */
export function builtInProfiles(): string[] {
  return readdirSync(PROFILES_DIRECTORY)
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => file.slice(0, -'.yaml'.length))
    .sort();
}

/** The file behind an id or a path. @throws ProfileError when there is none */
export function findProfile(reference: string): string {
  const isPath = /[\\/]|\.(ya?ml|json)$/.test(reference);
  const file = isPath ? resolve(reference) : resolve(PROFILES_DIRECTORY, `${reference}.yaml`);
  if (existsSync(file)) return file;
  const problem = isPath ? `there is no such file` : `there is no profile "${reference}"`;
  const fix = isPath ? 'check the path' : suggestProfile(reference);
  throw new ProfileError([
    { code: 'profile/unknown', file: isPath ? reference : 'profile', line: 1, col: 1, path: '', problem, fix },
  ]);
}

function suggestProfile(id: string): string {
  const known = builtInProfiles();
  const near = suggest(id, known);
  const list = `known: ${known.join(', ')}; or give the path of a YAML file`;
  return near.startsWith('did') ? `${near} (${list})` : list;
}

/** Reads, checks and compiles one provider. @throws ProfileError */
export function loadProvider(reference: string, options: LoadOptions = {}): Provider {
  const file = findProfile(reference);
  const shown = relative(process.cwd(), file).startsWith('..') ? file : relative(process.cwd(), file);
  const source = readSource(file, shown);
  const parsed = parseProfile(source, options);
  const document = loadDocument(resolve(dirname(file), parsed.profile.openapi), shown, parsed.position(['openapi']));
  const issues = checkProfile(parsed.profile, document, { file: shown, base: source.value, position: parsed.position });
  if (issues.length > 0) throw new ProfileError(issues);
  return compileProvider(parsed.profile, document, {
    file,
    variants: options.variants ?? [],
    compress: options.compress ?? 1,
  });
}

function loadDocument(file: string, profileFile: string, at: { line: number; col: number }): OpenApiDocument {
  const shown = relative(process.cwd(), file).startsWith('..') ? file : relative(process.cwd(), file);
  if (!existsSync(file)) {
    const problem = `there is no file ${shown}`;
    throw new ProfileError([
      {
        code: 'profile/no-document',
        file: profileFile,
        ...at,
        path: 'openapi',
        problem,
        fix: 'give the path of an OpenAPI document, relative to the profile',
      },
    ]);
  }
  const source = readSource(file, shown);
  try {
    return new OpenApiDocument(source.value as JsonObject);
  } catch (error) {
    if (error instanceof DocumentError) throw new ProfileError([documentIssue(source, error)]);
    throw error;
  }
}

function documentIssue(source: Source, { code, at, message }: DocumentError) {
  const [problem, fix = 'mend the document'] = message.split('; ');
  return { code, file: source.file, ...source.position(at), path: at.join('.'), problem: problem!, fix };
}

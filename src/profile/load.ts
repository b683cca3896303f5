/**
 * Reads, checks and compiles profiles and their documents.
 * @module
 */
import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { OpenApiDocument } from '../openapi/document/document.js';
import type { Json } from '../openapi/document/json.js';
import type { LinkedFile } from '../openapi/document/link.js';
import { DocumentError } from '../openapi/document/notice.js';
import { readDocument } from '../openapi/document/read-document.js';
import { type Checks, compileChecks } from '../openapi/schema/checks.js';
import { patternNotices, safePatterns } from '../openapi/schema/patterns.js';
import { compilePattern } from '../patterns/compile.js';
import { working } from '../runtime/current-work.js';
import { checkProfile } from './checks/checks.js';
import { compileProvider, type Provider } from './compiled/provider.js';
import { MAX_ISSUES, ProfileError, type ProfileIssue } from './errors.js';
import { displayPath, findProfile } from './locate.js';
import { type Overlay, parseProfile } from './parse.js';
import { knownSource, type Position, parseSource, type Source } from './source/positions.js';
import { readTextFile } from './source/read-file.js';

/** How a profile is loaded. */
export interface LoadOptions extends Overlay {
  /** Divides every duration. Default: 1. */
  readonly compress?: number;
  /** Is called for each file that is read. */
  readonly onRead?: OnRead | undefined;
}

/**
 * Is called for each file that a load reads: the profile and its OpenAPI document, even if the load fails.
 *
 * @param file absolute path
 * @param text its content; `undefined` if it cannot be read. The last call for a file counts
 */
export type OnRead = (file: string, text: string | undefined) => void;

/**
 * Loads a profile with its document.
 *
 * @param reference an id, or the path of a file
 * @param checksOf returns the precompiled checks of a document, if there are any
 * @throws ProfileError
 */
export function loadProvider(
  reference: string,
  options: LoadOptions = {},
  checksOf: (document: OpenApiDocument) => Checks | undefined = () => undefined,
): Provider {
  return working(`reading the profile ${reference} and its document`, () => load(reference, options, checksOf));
}

function load(
  reference: string,
  options: LoadOptions,
  checksOf: (document: OpenApiDocument) => Checks | undefined,
): Provider {
  const file = findProfile(reference);
  const displayed = displayPath(file);
  const source = readSource(file, displayed, options.onRead);
  const parsed = parseProfile(source, options);
  const openapi = resolve(dirname(file), parsed.profile.openapi);
  const document = loadDocument(openapi, displayed, () => parsed.position(['openapi']), options.onRead);
  const issues = checkProfile(parsed.profile, document, {
    file: displayed,
    base: source.value,
    position: parsed.position,
  });
  const errors = issues.filter(({ severity }) => severity === undefined);
  if (errors.length > 0) throw new ProfileError(errors);
  const checks = checksOf(document);
  return compileProvider(parsed.profile, document, {
    file,
    variants: options.variants ?? [],
    compress: options.compress ?? 1,
    // Precompiled checks were compiled from patterns that are known to be safe.
    checks: checks ?? compileChecks(document, safePatterns(document.dialect)),
    patterns: (pattern) => compilePattern(pattern, false).matcher,
    warnings: [...issues, ...(checks ? [] : documentWarnings(document, openapi))],
  });
}

function documentWarnings(document: OpenApiDocument, file: string): ProfileIssue[] {
  const notices = [...document.notices, ...patternNotices(document)].slice(0, MAX_ISSUES);
  if (notices.length === 0) return [];
  const source = readSource(file, displayPath(file));
  return notices.map(({ at, ...notice }) => ({
    ...notice,
    file: source.file,
    ...source.position(at),
    path: at.join('.'),
    severity: 'warning',
  }));
}

function loadDocument(
  file: string,
  profileFile: string,
  at: () => Position,
  onRead: OnRead | undefined,
): OpenApiDocument {
  const displayed = displayPath(file);
  if (!existsSync(file)) {
    onRead?.(file, undefined);
    const problem = `there is no file ${displayed}`;
    const fix = 'give the path of an OpenAPI document, relative to the profile';
    throw new ProfileError([
      { code: 'profile/no-document', file: profileFile, ...at(), path: 'openapi', problem, fix },
    ]);
  }
  return openDocument(file, onRead);
}

/** Reads an OpenAPI document, and checks its references. @throws ProfileError */
export function openDocument(file: string, onRead?: OnRead): OpenApiDocument {
  const source = readSource(file, displayPath(file), onRead);
  return withPositions(file, () =>
    readDocument(source.value as Json, {
      url: pathToFileURL(file).href,
      read: (url) => readLinkedFile(url, onRead),
    }),
  );
}

/** Reads a file that a document refers to. */
function readLinkedFile(url: string, onRead: OnRead | undefined): LinkedFile {
  if (!url.startsWith('file:')) return { problem: 'leads to another server', fix: 'save the file beside the document' };
  const file = fileURLToPath(url);
  try {
    return { value: readSource(file, displayPath(file), onRead).value as Json };
  } catch (error) {
    if (!(error instanceof ProfileError)) throw error;
    const { problem, line } = error.issues[0]!;
    return {
      problem: `leads to ${displayPath(file)}, which cannot be read (line ${line}: ${problem})`,
      fix: 'correct that file',
    };
  }
}

/** Runs work on a document, and adds positions to its errors. @throws ProfileError instead of a DocumentError */
export function withPositions<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error;
    const { code, at, message } = error;
    const source = readSource(file, displayPath(file));
    const [problem, fix = 'mend the document'] = message.split('; ');
    const issue = { code, file: source.file, ...source.position(at), path: at.join('.'), problem: problem!, fix };
    throw new ProfileError([issue]);
  }
}

/** The last parsed content of each file. */
const parsedFiles = new Map<string, { text: string; source: Source }>();

/** Reads and parses a file. Cached by content, because parsing dominates a load, and the same file is loaded with each variant. */
export function readSource(file: string, displayed: string, onRead?: OnRead): Source {
  onRead?.(file, undefined);
  const text = readText(file, displayed);
  onRead?.(file, text);
  const known = parsedFiles.get(file);
  if (known && known.text === text && known.source.file === displayed) return known.source;
  const source = parseSource(displayed, text);
  parsedFiles.set(file, { text, source });
  return source;
}

/** Stores the parsed value of a text, so that `readSource` does not parse it. @param value the parsed text */
export function cacheSource(file: string, text: string, value: unknown): void {
  parsedFiles.set(file, { text, source: knownSource(displayPath(file), text, value) });
}

function readText(file: string, displayed: string): string {
  const text = readTextFile(file);
  if (typeof text === 'string') return text;
  const { problem, fix, line = 1 } = text;
  throw new ProfileError([{ code: 'profile/unreadable', file: displayed, line, col: 1, path: '', problem, fix }]);
}

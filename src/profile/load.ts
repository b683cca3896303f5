/**
 * Reads, checks and compiles profiles and their documents.
 * @module
 */
import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type Checks, compileChecks } from '../openapi/checks.js';
import { DocumentError, type JsonObject, OpenApiDocument } from '../openapi/document.js';
import { patternNotices, safeRegExp } from '../openapi/patterns.js';
import { checkReferences } from '../openapi/references.js';
import { compilePattern } from '../patterns/compile.js';
import { working } from '../runtime/current-work.js';
import { checkProfile } from './checks/checks.js';
import { compileProvider, type Provider } from './compiled/provider.js';
import { MAX_ISSUES, ProfileError, type ProfileIssue } from './errors.js';
import { displayPath, findProfile } from './locate.js';
import { type Overlay, parseProfile } from './parse.js';
import { knownSource, type Position, parseSource, type Source } from './source/positions.js';
import { readTextFile } from './source/read-file.js';

export interface LoadOptions extends Overlay {
  /** Divides every duration; 1 when left out. */
  readonly compress?: number;
  readonly onRead?: OnRead | undefined;
}

/**
 * Is called for each file that a load looks at: the profile and its OpenAPI document, also when the load fails.
 *
 * @param file absolute path
 * @param text what was read; `undefined` where the file cannot be read. The last call for a file counts.
 */
export type OnRead = (file: string, text: string | undefined) => void;

/**
 * @param reference an id, or the path of a file
 * @param checksOf gives the checks of a document, where they are there already
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
  const shown = displayPath(file);
  const source = readSource(file, shown, options.onRead);
  const { variants = [], set = [], compress = 1 } = options;
  const overlay = JSON.stringify([variants, set, compress]);
  const former = newest.get(file);
  if (former?.overlay === overlay && former.source === source) {
    const document = resolve(dirname(file), former.provider.profile.openapi);
    const isSame =
      loadDocument(document, shown, () => source.position(['openapi']), options.onRead) === former.document;
    if (isSame) return former.provider;
  }
  const parsed = parseProfile(source, options);
  const openapi = resolve(dirname(file), parsed.profile.openapi);
  const document = loadDocument(openapi, shown, () => parsed.position(['openapi']), options.onRead);
  const issues = checkProfile(parsed.profile, document, { file: shown, base: source.value, position: parsed.position });
  const errors = issues.filter(({ severity }) => severity === undefined);
  if (errors.length > 0) throw new ProfileError(errors);
  const checks = checksOf(document);
  const provider = compileProvider(parsed.profile, document, {
    file,
    variants,
    compress,
    // Checks that are there already were made of patterns that are known to be good.
    checks: checks ?? checksFor(document),
    patterns: (pattern) => compilePattern(pattern, false).matcher,
    warnings: [...issues, ...(checks ? [] : documentWarnings(document, openapi))],
  });
  newest.set(file, { overlay, source, document, provider });
  return provider;
}

/** What was loaded of each file last. A provider keeps no state, so that whoever loads the same again, such as the next test's mock, gets the same. */
const newest = new Map<
  string,
  { readonly overlay: string; readonly source: Source; readonly document: OpenApiDocument; readonly provider: Provider }
>();

/** The checks of documents, for as long as the document is in use. */
const documentChecks = new WeakMap<OpenApiDocument, Checks>();

/** Compiles each schema once, however many mocks load the same document. */
function checksFor(document: OpenApiDocument): Checks {
  const checks = documentChecks.get(document) ?? compileChecks(document, safeRegExp);
  documentChecks.set(document, checks);
  return checks;
}

function documentWarnings(document: OpenApiDocument, file: string): ProfileIssue[] {
  const notices = patternNotices(document).slice(0, MAX_ISSUES);
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
  const shown = displayPath(file);
  if (!existsSync(file)) {
    onRead?.(file, undefined);
    const problem = `there is no file ${shown}`;
    const fix = 'give the path of an OpenAPI document, relative to the profile';
    throw new ProfileError([
      { code: 'profile/no-document', file: profileFile, ...at(), path: 'openapi', problem, fix },
    ]);
  }
  return openDocument(file, onRead);
}

/** Documents that were read without an error, by their parsed content, which `readSource` keeps until the file changes. */
const documents = new WeakMap<object, OpenApiDocument>();

/** @throws ProfileError */
export function openDocument(file: string, onRead?: OnRead): OpenApiDocument {
  const source = readSource(file, displayPath(file), onRead);
  const root = source.value as JsonObject;
  return telling(file, () => {
    const known = documents.get(root);
    if (known) return known;
    const document = new OpenApiDocument(root);
    checkReferences(document);
    if (typeof root === 'object' && root !== null) documents.set(root, document);
    return document;
  });
}

/** What a document is found guilty of while it is worked with, told with its place. @throws ProfileError */
export function telling<T>(file: string, work: () => T): T {
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

const parsedFiles = new Map<string, { text: string; source: Source }>();

/** Parsing takes most of a load, and the same file is loaded again and again with other variants. */
export function readSource(file: string, shown: string, onRead?: OnRead): Source {
  onRead?.(file, undefined);
  const text = readText(file, shown);
  onRead?.(file, text);
  const known = parsedFiles.get(file);
  if (known && known.text === text && known.source.file === shown) return known.source;
  const source = parseSource(shown, text);
  parsedFiles.set(file, { text, source });
  return source;
}

/** Spares `readSource` the parsing, as long as the file has that text. @param value what the text says */
export function remember(file: string, text: string, value: unknown): void {
  parsedFiles.set(file, { text, source: knownSource(displayPath(file), text, value) });
}

function readText(file: string, shown: string): string {
  const text = readTextFile(file);
  if (typeof text === 'string') return text;
  const { problem, fix, line = 1 } = text;
  throw new ProfileError([{ code: 'profile/unreadable', file: shown, line, col: 1, path: '', problem, fix }]);
}

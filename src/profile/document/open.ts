/**
 * Opens an OpenAPI document: a file, a URL or a value, with the files that it refers to. Notices about it get the file and line.
 * @module
 */
import { existsSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { OpenApiDocument } from '../../openapi/document/document.js';
import { ExactNumbers } from '../../openapi/document/exact-numbers.js';
import type { Json } from '../../openapi/document/json.js';
import { type LinkedFile, linkDocument } from '../../openapi/document/link.js';
import { DocumentError, type DocumentNotice } from '../../openapi/document/notice.js';
import { readDocument } from '../../openapi/document/read-document.js';
import { FILES_KEY } from '../../openapi/document/walk.js';
import { CHECKED_AT_START, exampleNotices } from '../../openapi/response/example-notices.js';
import { patternNotices } from '../../openapi/schema/patterns.js';
import { MAX_ISSUES, ProfileError, type ProfileIssue } from '../errors.js';
import { displayPath } from '../locate.js';
import { MAX_DEPTH, nestingOf } from '../source/nesting.js';
import type { Source } from '../source/positions.js';
import { type OnRead, readSource, sourceOf } from '../source/source-files.js';
import { type FetchedTexts, fetchText, MAX_DOCUMENTS } from './fetch.js';
import { describeKeys, type FileKind, kindOfText, kindOfValue } from './kind.js';

/** A document: the path of a file, a URL, or the document itself. */
export type DocumentReference = string | object;

/** How a document is opened. */
export interface OpenOptions {
  readonly onRead?: OnRead | undefined;
  /** What was fetched for it; see `fetchFor`. */
  readonly fetched?: FetchedTexts | undefined;
}

/** An opened document. */
export interface OpenedDocument {
  readonly document: OpenApiDocument;
  /** Name for messages: a path, a URL, or `createMock({ openapi })`. */
  readonly displayed: string;
  /** A notice with the file and line of its place. */
  locate(notice: DocumentNotice): ProfileIssue;
}

/** Whether a reference is a URL. */
export function isUrl(reference: unknown): reference is string {
  return typeof reference === 'string' && /^https?:\/\//i.test(reference);
}

/** Name of a document for messages. */
export function displayDocument(reference: DocumentReference): string {
  if (typeof reference !== 'string') return 'createMock({ openapi })';
  return isUrl(reference) ? reference : displayPath(resolve(reference));
}

/** The absolute path of a document's file; `undefined` for a URL or a value. */
export function fileOf(reference: DocumentReference): string | undefined {
  return typeof reference === 'string' && !isUrl(reference) ? resolve(reference) : undefined;
}

/** The file name of a document without its extension; `undefined` for a value. */
export function documentName(reference: DocumentReference): string | undefined {
  if (typeof reference !== 'string') return undefined;
  const path = isUrl(reference) && URL.canParse(reference) ? new URL(reference).pathname : reference;
  return basename(path).replace(/\.\w+$/, '');
}

/** Opens a document. A URL must be in `fetched`. @throws ProfileError if it is no OpenAPI document */
export function openDocument(reference: DocumentReference, options: OpenOptions = {}): OpenedDocument {
  const sources = new Map<string, Source>();
  const displayed = displayDocument(reference);
  const url = urlOf(reference);
  const root = rootSource(reference, displayed, options);
  sources.set(url, root);
  const locate = (document: OpenApiDocument | undefined, { at, ...issue }: DocumentNotice): ProfileIssue => {
    const [key, number, ...inner] = at;
    const file = key === FILES_KEY ? sources.get(document?.files[Number(number)] ?? '') : undefined;
    const [source, path] = file ? [file, inner] : [root, originalPath(root.value, at)];
    return { ...issue, file: source.file, ...source.position(path), path: path.join('.') };
  };
  try {
    const document = readDocument(root.value as Json, {
      url,
      read: (file) => {
        const linked = readLinked(file, options);
        if ('position' in linked) sources.set(file, linked);
        return 'position' in linked ? { value: linked.value as Json } : linked;
      },
    });
    document.numbers = new ExactNumbers([...sources.values()].flatMap(({ longNumbers }) => longNumbers?.() ?? []));
    document.notices.push(...document.numbers.notices(document.root));
    return { document, displayed, locate: (notice) => locate(document, notice) };
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error;
    const [problem, fix = 'correct the document'] = error.message.split('; ');
    const { severity: _, ...issue } = locate(undefined, {
      code: error.code as DocumentNotice['code'],
      at: error.at,
      problem: problem!,
      fix,
    });
    throw new ProfileError([issue]);
  }
}

/** The notices about a document as warnings, patterns included. At most `MAX_ISSUES`; the last one then says how many more there are. */
export function documentWarnings(
  { document, locate }: Pick<OpenedDocument, 'document' | 'locate'>,
  checkedExamples = CHECKED_AT_START,
): ProfileIssue[] {
  const notices = [...document.notices, ...patternNotices(document), ...exampleNotices(document, checkedExamples)];
  const shown = notices.length > MAX_ISSUES ? notices.slice(0, MAX_ISSUES - 1) : notices;
  const warnings = shown.map((notice): ProfileIssue => ({ ...locate(notice), severity: 'warning' }));
  if (shown.length === notices.length) return warnings;
  const problem = `${notices.length - shown.length} more parts of the document cannot be used as they are`;
  const more = locate({ code: 'openapi/more', at: [], problem, fix: 'correct the ones above first' });
  return [...warnings, { ...more, severity: 'warning' }];
}

/**
 * Fetches what opening a document needs: the document itself if it is a URL, and what it refers to on other servers if that is allowed. A document that cannot be
 * read is left to `openDocument`.
 */
export async function fetchFor(reference: DocumentReference, allowRemoteRefs: boolean): Promise<FetchedTexts> {
  const fetched = new Map<string, string | { problem: string; fix: string }>();
  if (isUrl(reference)) fetched.set(reference, await fetchText(reference));
  if (!allowRemoteRefs) return fetched;
  // Each round finds the references in the files of the round before.
  for (let wanted = [''], options = { fetched }; wanted.length > 0; ) {
    wanted = missingUrls(reference, options).slice(0, MAX_DOCUMENTS - fetched.size);
    await Promise.all(wanted.map(async (url) => fetched.set(url, await fetchText(url))));
  }
  return fetched;
}

/** The URLs to which a document refers, and which have not been fetched. */
function missingUrls(reference: DocumentReference, options: OpenOptions): string[] {
  const missing = new Set<string>();
  try {
    const { value } = rootSource(reference, displayDocument(reference), options);
    linkDocument(value as never, {
      url: urlOf(reference),
      read(url) {
        if (isUrl(url) && !options.fetched!.has(url)) missing.add(url);
        const linked = readLinked(url, options);
        return 'position' in linked ? { value: linked.value as Json } : linked;
      },
    });
  } catch (error) {
    if (!(error instanceof ProfileError)) throw error;
  }
  return [...missing];
}

function urlOf(reference: DocumentReference): string {
  if (isUrl(reference)) return reference;
  // References of a document that is a value start at the working directory.
  return pathToFileURL(resolve(typeof reference === 'string' ? reference : 'openapi.json')).href;
}

/** Reads and parses the document itself, and makes sure that it is one. @throws ProfileError */
function rootSource(reference: DocumentReference, displayed: string, { onRead, fetched }: OpenOptions): Source {
  if (typeof reference !== 'string') {
    checkNesting(reference, displayed);
    const nowhere = { position: () => ({ line: 1, col: 1 }), depth: () => 0 };
    return checkKind({ file: displayed, value: reference, ...nowhere });
  }
  if (!isUrl(reference)) {
    const file = resolve(reference);
    if (!existsSync(file)) {
      onRead?.(file, undefined);
      const fix = 'give the path of an OpenAPI document, or its URL';
      throw new ProfileError([
        { code: 'openapi/no-file', file: displayed, line: 1, col: 1, path: '', problem: 'there is no such file', fix },
      ]);
    }
    return checkKind(readSource(file, displayed, onRead, (text) => checkText(displayed, text)));
  }
  const text = fetched?.get(reference) ?? { problem: 'it was not fetched', fix: 'download it' };
  if (typeof text !== 'string') {
    throw new ProfileError([{ code: 'openapi/unreachable', file: displayed, line: 1, col: 1, path: '', ...text }]);
  }
  checkText(displayed, text);
  return checkKind(sourceOf(reference, displayed, text));
}

/** Refuses an object that contains itself, as a dereferenced document may. A file cannot. @throws ProfileError */
function checkNesting(value: object, file: string): void {
  const { kind } = nestingOf(value);
  if (kind === 'fine') return;
  const [problem, fix] =
    kind === 'endless'
      ? [
          'this contains itself',
          'give the document with its references, before they are replaced by what they refer to',
        ]
      : [`this is nested more than ${MAX_DEPTH} levels deep`, 'write it flatter'];
  throw new ProfileError([{ code: `openapi/${kind}`, file, line: 1, col: 1, path: '', problem, fix }]);
}

function checkText(displayed: string, text: string): void {
  const kind = kindOfText(text);
  if (kind) throw wrongKind(displayed, kind);
}

function checkKind(source: Source): Source {
  const kind = kindOfValue(source.value);
  if (kind?.is === 'document') return source;
  if (kind) throw wrongKind(source.file, kind);
  const name = `${describeKeys(source.value)}, without the key openapi or swagger`;
  throw wrongKind(source.file, { is: 'other', name, fix: 'give the path of an OpenAPI document' });
}

function wrongKind(file: string, { is, name, fix }: FileKind): ProfileError {
  const problem =
    is === 'profile' ? 'this is a profile, not an OpenAPI document' : `this is ${name}, not an OpenAPI document`;
  return new ProfileError([{ code: 'openapi/version', file, line: 1, col: 1, path: '', problem, fix }]);
}

/** A file that a document refers to, or why there is none. */
type Linked = Source | Extract<LinkedFile, { problem: string }>;

/** Reads a file that a document refers to. */
function readLinked(url: string, { onRead, fetched }: OpenOptions): Linked {
  if (url.startsWith('file:')) return readLinkedFile(url, onRead);
  const text = fetched?.get(url);
  if (text === undefined) {
    return {
      problem: 'leads to another server',
      fix: 'pass --allow-remote-refs (createMock: allowRemoteRefs), or save the file beside the document',
    };
  }
  if (typeof text !== 'string')
    return { problem: `leads to a document that cannot be had: ${text.problem}`, fix: text.fix };
  return readOrTell(url, () => sourceOf(url, url, text));
}

function readLinkedFile(url: string, onRead: OpenOptions['onRead']): Linked {
  const path = pathOfUrl(url);
  if (path === undefined) {
    return {
      problem: 'is no path of a file',
      fix: 'correct it; write %25 for a percent sign in a name, and a plain / between folders',
    };
  }
  const displayed = displayPath(path);
  if (!existsSync(path)) {
    onRead?.(path, undefined);
    return { problem: `leads to ${displayed}, which does not exist`, fix: 'correct the path, or add the file' };
  }
  return readOrTell(displayed, () => readSource(path, displayed, onRead));
}

/** The path of a `file:` URL; `undefined` where it has none: a percent sign without two digits, an encoded slash, or a host. */
function pathOfUrl(url: string): string | undefined {
  try {
    return fileURLToPath(url);
  } catch {
    return undefined;
  }
}

/** The source; what is wrong with it where it cannot be read. */
function readOrTell(displayed: string, read: () => Source): Linked {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ProfileError)) throw error;
    const { problem, line } = error.issues[0]!;
    return {
      problem: `leads to ${displayed}, which cannot be read (line ${line}: ${problem})`,
      fix: 'correct that file',
    };
  }
}

/** Parts of a converted document, and where Swagger 2.0 has them. */
const SWAGGER_PARTS: Readonly<Record<string, string>> = {
  schemas: 'definitions',
  responses: 'responses',
  parameters: 'parameters',
  requestBodies: 'parameters',
  securitySchemes: 'securityDefinitions',
};

/** The path in the file as it was written: Swagger 2.0 is converted before it is read. */
function originalPath(value: unknown, at: readonly string[]): readonly string[] {
  const [first, second, ...rest] = at;
  const isConverted = first === 'components' && Object.hasOwn(value as object, 'swagger');
  const part = isConverted ? SWAGGER_PARTS[second ?? ''] : undefined;
  return part === undefined ? at : [part, ...rest];
}

/**
 * Reads, checks and compiles profiles and their documents.
 * @module
 */
import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { OpenApiDocument } from '../openapi/document/document.js';
import type { Checks } from '../openapi/schema/checks.js';
import { compilePattern } from '../patterns/compile.js';
import { runWork } from '../runtime/current-work.js';
import { checkProfile } from './checks/checks.js';
import type { IetfRevision } from './compiled/ietf.js';
import { compileProvider, type Provider } from './compiled/provider.js';
import { checksOfDocument, type OnWarning } from './document/checks.js';
import type { FetchedTexts } from './document/fetch.js';
import { kindOfText } from './document/kind.js';
import { documentWarnings, fetchFor, type OpenedDocument, openDocument } from './document/open.js';
import { ProfileError } from './errors.js';
import { displayPath, findProfile } from './locate.js';
import { type Overlay, parseProfile } from './parse.js';
import type { Position } from './source/positions.js';
import { type OnRead, readSource } from './source/source-files.js';

/** How a profile is loaded. */
export interface LoadOptions extends Overlay {
  /** Divides every duration. Default: 1. */
  readonly compress?: number;
  /** Whether examples of the document that are not valid by their schema are replaced by made data. Default: false. */
  readonly strictExamples?: boolean | undefined;
  /** The revision of draft-ietf-httpapi-ratelimit-headers whose fields are added. Default: none. */
  readonly ietf?: IetfRevision | undefined;
  /** How many examples of the document are checked; `Infinity` for all that can be checked in bounded work. Default: `CHECKED_AT_START`. */
  readonly checkedExamples?: number | undefined;
  /** Is called for each file that is read. */
  readonly onRead?: OnRead | undefined;
  /** Documents on other servers to which its document refers. Default: none, so that such references are warnings. */
  readonly fetched?: FetchedTexts | undefined;
  /** Is told about a schema that cannot be compiled when it is first used. */
  readonly onWarning?: OnWarning | undefined;
}

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
  return runWork(`reading the profile ${reference} and its document`, () => load(reference, options, checksOf));
}

function load(
  reference: string,
  options: LoadOptions,
  checksOf: (document: OpenApiDocument) => Checks | undefined,
): Provider {
  const file = findProfile(reference);
  const displayed = displayPath(file);
  const source = readSource(file, displayed, options.onRead, (text) => refuseOtherTexts(displayed, text));
  const parsed = parseProfile(source, options);
  const openapi = resolve(dirname(file), parsed.profile.openapi);
  const opened = loadDocument(openapi, displayed, () => parsed.position(['openapi']), options);
  const { document } = opened;
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
    strictExamples: options.strictExamples,
    ietf: options.ietf,
    // Precompiled checks were compiled from patterns that are known to be safe.
    checks: checks ?? checksOfDocument(opened, options.onWarning),
    patterns: (pattern) => compilePattern(pattern, false).matcher,
    warnings: [...issues, ...(checks ? [] : documentWarnings(opened, options.checkedExamples))],
  });
}

/** Refuses a web page and the like, which may not be YAML. @throws ProfileError */
function refuseOtherTexts(displayed: string, text: string): void {
  const kind = kindOfText(text);
  if (!kind) return;
  const fix = 'give the path of a profile (mock429 init begins one for an OpenAPI document)';
  const problem = `this is ${kind.name}, not a profile`;
  throw new ProfileError([{ code: 'profile/other-kind', file: displayed, line: 1, col: 1, path: '', problem, fix }]);
}

function loadDocument(
  file: string,
  profileFile: string,
  at: () => Position,
  { onRead, fetched }: LoadOptions,
): OpenedDocument {
  const displayed = displayPath(file);
  if (!existsSync(file)) {
    onRead?.(file, undefined);
    const problem = `there is no file ${displayed}`;
    const fix = 'give the path of an OpenAPI document, relative to the profile';
    throw new ProfileError([
      { code: 'profile/no-document', file: profileFile, ...at(), path: 'openapi', problem, fix },
    ]);
  }
  return openDocument(file, { onRead, fetched });
}

/** Fetches what the document of a profile refers to on other servers. @param file the profile */
export async function fetchReferences(file: string): Promise<FetchedTexts | undefined> {
  const document = documentOf(file);
  return document === undefined ? undefined : fetchFor(document, true);
}

/** The document of a profile; `undefined` if the profile cannot be read, which `loadProvider` reports. */
function documentOf(file: string): string | undefined {
  try {
    const { value } = readSource(file, displayPath(file));
    const openapi = (value as { openapi?: unknown } | null)?.openapi;
    return typeof openapi === 'string' ? resolve(dirname(file), openapi) : undefined;
  } catch (error) {
    if (!(error instanceof ProfileError)) throw error;
    return undefined;
  }
}

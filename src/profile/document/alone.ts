/**
 * Serves an OpenAPI document without a profile: nothing is limited, credentials are asked for as the document says, and refusals are problems (RFC 9457).
 * @module
 */
import type { z } from 'zod';
import { compilePattern } from '../../patterns/compile.js';
import { runWork } from '../../runtime/current-work.js';
import type { IetfRevision } from '../compiled/ietf.js';
import { compileProvider, type Provider } from '../compiled/provider.js';
import { profileSchema } from '../schema/schema.js';
import type { OnRead } from '../source/source-files.js';
import { checksOfDocument, type OnWarning } from './checks.js';
import { credentialsOf } from './credentials.js';
import type { FetchedTexts } from './fetch.js';
import { invalidRequestRules } from './invalid-requests.js';
import { documentId, originOf, titleOf } from './names.js';
import {
  type DocumentReference,
  documentName,
  documentWarnings,
  fetchFor,
  fileOf,
  type OpenedDocument,
  openDocument,
} from './open.js';
import { INVALID, PROBLEM_TYPE, PROBLEMS } from './problems.js';

/** How a document is served alone. */
export interface AloneOptions {
  /** Default: from its title, else from the name of its file. */
  readonly id?: string | undefined;
  /** Whether examples that are not valid by their schema are replaced by made data. Default: false. */
  readonly strictExamples?: boolean | undefined;
  /** The revision of draft-ietf-httpapi-ratelimit-headers whose problem types are added. Default: none. */
  readonly ietf?: IetfRevision | undefined;
  /** How many examples are checked when it is opened; `Infinity` for all that can be checked in bounded work. Default: `CHECKED_AT_START`. */
  readonly checkedExamples?: number | undefined;
  /** Whether references to other servers are followed. Default: false. */
  readonly allowRemoteRefs?: boolean | undefined;
  readonly onRead?: OnRead | undefined;
  /** Is told about a schema that cannot be compiled when it is first used. */
  readonly onWarning?: OnWarning | undefined;
}

/** Opens a document and serves it alone. @throws ProfileError if it is no OpenAPI document */
export async function openAlone(reference: DocumentReference, options: AloneOptions = {}): Promise<Provider> {
  return loadAlone(reference, options, await fetchFor(reference, options.allowRemoteRefs ?? false));
}

/** As `openAlone`, for a document that is fetched already, or needs not to be. @throws ProfileError */
export function loadAlone(reference: DocumentReference, options: AloneOptions, fetched?: FetchedTexts): Provider {
  const named = typeof reference === 'string' ? reference : 'given to createMock()';
  return runWork(`reading the OpenAPI document ${named}`, () => {
    const opened = openDocument(reference, { onRead: options.onRead, fetched });
    return compileAlone(opened, reference, options);
  });
}

function compileAlone(opened: OpenedDocument, reference: DocumentReference, options: AloneOptions): Provider {
  const { document } = opened;
  const name = documentName(reference);
  const id = options.id ?? documentId(document, name);
  const file = fileOf(reference);
  const profile = profileSchema.parse({
    ...parts(opened),
    id,
    title: titleOf(document) ?? name ?? id,
    baseUrl: originOf(document) ?? 'https://api.example.com',
    openapi: file ?? opened.displayed,
  } satisfies z.input<typeof profileSchema>);
  return compileProvider(profile, document, {
    file: file ?? opened.displayed,
    alone: { name: opened.displayed, file },
    variants: [],
    compress: 1,
    strictExamples: options.strictExamples,
    ietf: options.ietf,
    checks: checksOfDocument(opened, options.onWarning),
    patterns: (pattern) => compilePattern(pattern, false).matcher,
    warnings: documentWarnings(opened, options.checkedExamples),
  });
}

/** For errors that describe a request: a fault or `Prefer` that asks for their status does not get them. */
const NEVER_FORCED = { not: {} };

const EVIDENCE = { level: 'documented', source: 'document' } as const;
const NO_EVIDENCE = { level: 'assumed', note: 'the document does not say it' } as const;

type Parts = Omit<z.input<typeof profileSchema>, 'id' | 'title' | 'baseUrl' | 'openapi'>;

function parts({ document, displayed }: OpenedDocument): Parts {
  const credentials = credentialsOf(document).map(({ id, location, scheme, pattern, fact, security }) => [
    id,
    {
      ...location,
      scheme,
      pattern,
      fact,
      security,
      missing: 'unauthorized',
      invalid: 'invalid-credential',
      evidence: EVIDENCE,
    },
  ]);
  const errors = Object.entries(PROBLEMS).map(([name, { status, headers, body }]) => [
    name,
    {
      status,
      ...(name === 'not-acceptable' ? {} : { when: NEVER_FORCED }),
      ...(headers ? { headers } : {}),
      contentType: PROBLEM_TYPE,
      body,
      evidence: NO_EVIDENCE,
    },
  ]);
  return {
    sources: { document: { title: `OpenAPI document ${displayed}` } },
    callers: { credentials: Object.fromEntries(credentials) },
    accounts: { fact: 'account', plan: 'unlimited', evidence: NO_EVIDENCE },
    plans: { unlimited: { title: 'No limits', evidence: NO_EVIDENCE } },
    policies: {},
    errors: Object.fromEntries(errors),
    answers: {
      notFound: 'not-found',
      methodNotAllowed: 'method-not-allowed',
      tooLarge: 'too-large',
      clientError: 'client-error',
      serverError: 'server-error',
    },
    validation: invalidRequestRules(document, INVALID),
  };
}

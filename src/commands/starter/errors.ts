/**
 * Derives the errors of a starter profile: from the examples of the document, and defaults where it has none and the profile needs one.
 * @module
 */

import type { OpenApiDocument } from '../../openapi/document/document.js';
import { isObject, type Json } from '../../openapi/document/json.js';
import { sampleContent, sampleResponse } from '../../openapi/response/sample.js';

/** An error of a starter profile. */
export interface StarterError {
  readonly name: string;
  readonly status: number;
  /** Media type; `undefined` for JSON. */
  readonly contentType: string | undefined;
  readonly body: Json | undefined;
  /** Level of evidence. */
  readonly level: 'documented' | 'inferred' | 'assumed';
  /** Remark for the evidence. */
  readonly note: string | undefined;
}

/** Statuses for which a profile needs an error. */
export const ROLES = {
  invalid: 400,
  unauthorized: 401,
  notFound: 404,
  methodNotAllowed: 405,
  tooLarge: 413,
  rateLimited: 429,
  serverError: 500,
} as const;

const NAMES: Readonly<Record<number, string>> = {
  400: 'bad-request',
  401: 'unauthorized',
  402: 'payment-required',
  403: 'forbidden',
  404: 'not-found',
  405: 'method-not-allowed',
  406: 'not-acceptable',
  409: 'conflict',
  410: 'gone',
  412: 'precondition-failed',
  413: 'too-large',
  415: 'unsupported-media-type',
  422: 'unprocessable',
  429: 'rate-limited',
  500: 'server-error',
  501: 'not-implemented',
  502: 'bad-gateway',
  503: 'unavailable',
  504: 'gateway-timeout',
};

/** Message templates for errors that the document does not show. */
const MESSAGES: Readonly<Record<number, string>> = {
  400: '${violation.field} ${violation.message}',
  401: 'The credential is missing or not valid',
  404: 'There is nothing at ${request.path}',
  405: 'This path does not take ${request.method}',
  413: 'The request is too large',
  429: 'Too many requests; try again in ${retryAfter} s',
  500: 'Something went wrong',
};

/** All errors that the document shows or a profile needs, by status. */
export function errorsOf(document: OpenApiDocument): StarterError[] {
  const documented = statusesOf(document);
  // A document that answers invalid requests with 422 needs no 400.
  const needed = Object.values(ROLES).filter((status) => status !== ROLES.invalid || !documented.includes(422));
  const statuses = [...new Set([...documented, ...needed])].sort((a, b) => a - b);
  return statuses.map((status) => errorOf(document, status));
}

/** Name of the error for a status: `not-found` for 404. */
export function errorName(status: number): string {
  return NAMES[status] ?? `error-${status}`;
}

function statusesOf(document: OpenApiDocument): number[] {
  const statuses = document.operations.flatMap(({ pointer }) => {
    const responses = document.at(`${pointer}/responses`);
    return isObject(responses) ? Object.keys(responses).map(Number) : [];
  });
  return statuses.filter((status) => Number.isInteger(status) && status >= 400 && status <= 599);
}

function errorOf(document: OpenApiDocument, status: number): StarterError {
  const name = errorName(status);
  const best = firstSample(document, status);
  if (best) {
    const { id, contentType, body } = best;
    return {
      name,
      status,
      contentType: special(contentType),
      body: plain(body),
      level: 'documented',
      note: `as ${id} shows it`,
    };
  }
  const fallback = defaultAnswer(document);
  if (fallback) return { name, status, ...fallback, level: 'inferred', note: "the document's default response" };
  const body = { error: { code: name, message: MESSAGES[status] ?? name } };
  return { name, status, contentType: undefined, body, level: 'assumed', note: 'the document does not show it' };
}

/** The first sample with a status, one with a body if there is any. Samples of large documents take long to make, so no more are made than necessary. */
function firstSample(
  document: OpenApiDocument,
  status: number,
): { id: string; contentType: string | undefined; body: Json | undefined } | undefined {
  let bodiless: ReturnType<typeof firstSample>;
  for (const operation of document.operations) {
    const sample = attempt(() => sampleResponse(document, operation, { status }));
    if (sample === undefined) continue;
    const { contentType, body, content } = sample;
    // Content that is not JSON is a text.
    const found = { id: operation.id, contentType, body: typeof content === 'string' ? content : body };
    if (found.body !== undefined) return found;
    bodiless ??= found;
  }
  return bodiless;
}

/** The default response of the document, if it is an error: then another response is listed for success. */
function defaultAnswer(
  document: OpenApiDocument,
): { contentType: string | undefined; body: Json | undefined } | undefined {
  for (const operation of document.operations) {
    const responses = document.at(`${operation.pointer}/responses`);
    if (!isObject(responses) || !Object.hasOwn(responses, 'default')) continue;
    if (!Object.keys(responses).some((key) => key.startsWith('2'))) continue;
    const sample = attempt(() => sampleContent(document, document.canonical(`${operation.pointer}/responses/default`)));
    if (sample?.body !== undefined) return { contentType: special(sample.contentType), body: plain(sample.body) };
  }
  return undefined;
}

/** The result of `work`; `undefined` where it throws: some schemas allow no sample. */
function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

function special(contentType: string | undefined): string | undefined {
  return contentType === 'application/json' ? undefined : contentType;
}

/** Escapes placeholders: text of a document is literal. */
function plain(value: Json | undefined): Json | undefined {
  return value === undefined ? undefined : (JSON.parse(JSON.stringify(value).replaceAll('${', '$ {')) as Json);
}

/**
 * Derives the errors of a starter profile: from the examples of the document, and defaults where it has none and the profile needs one.
 * @module
 */

import type { OpenApiDocument } from '../../openapi/document/document.js';
import { isObject, type Json } from '../../openapi/document/json.js';
import { sampleContent, sampleResponse } from '../../openapi/response/sample.js';
import { PROBLEM_TYPE, PROBLEMS } from '../../profile/document/problems.js';
import { describingBody } from './describing.js';

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

/** Templates of what is wrong with the request, for the errors that the mock sends by itself. */
const TEXTS: Readonly<Record<number, string>> = {
  400: '${violation.text}',
  401: 'The credential is missing or not valid. Send ${credential.expected}',
  404: 'There is nothing at ${request.path}',
  405: 'This path does not take ${request.method}',
  413: 'The request is too large',
  422: '${violation.text}',
};

/** Errors that are sent for a reason that the sample of a document may well describe. */
const AS_SHOWN: readonly number[] = [ROLES.unauthorized, ROLES.rateLimited, ROLES.serverError];

const RATE_LIMITED = {
  type: 'about:blank',
  title: 'Too Many Requests',
  status: 429,
  detail: 'Too many requests; try again in ${retryAfter} s',
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
  const shown = best ? { ...best, note: `as ${best.id} shows it` } : defaultAnswer(document);
  const level = best ? 'documented' : 'inferred';
  if (shown) {
    const { note } = shown;
    const contentType = special(shown.contentType);
    const text = TEXTS[status];
    const body = text === undefined ? undefined : describingBody(plain(shown.body), status, text);
    if (body) return { name, status, contentType, body, level, note: `${note}, with a text about the request` };
    if (isAsShown(status, shown.body)) return { name, status, contentType, body: plain(shown.body), level, note };
  }
  const body = problemOf(name, status);
  const note = best ? `${best.id} shows no body that describes the request` : 'the document does not show it';
  return { name, status, contentType: PROBLEM_TYPE, body, level: 'assumed', note };
}

/** Whether the sample is sent as it is: for an error that only faults send, or that the sample describes rightly. */
function isAsShown(status: number, body: Json | undefined): boolean {
  const isNeeded = status === 422 || (Object.values(ROLES) as number[]).includes(status);
  return !isNeeded || (AS_SHOWN.includes(status) && body !== undefined);
}

/** The error as a problem (RFC 9457) that describes the request. */
function problemOf(name: string, status: number): Json {
  if (status === ROLES.rateLimited) return RATE_LIMITED;
  const known = Object.values(PROBLEMS).find((one) => one.status === status);
  if (status < 500 && known) return { ...known.body };
  return { type: 'about:blank', title: name.replaceAll('-', ' '), status };
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
): { contentType: string | undefined; body: Json | undefined; note: string } | undefined {
  for (const operation of document.operations) {
    const responses = document.at(`${operation.pointer}/responses`);
    if (!isObject(responses) || !Object.hasOwn(responses, 'default')) continue;
    if (!Object.keys(responses).some((key) => key.startsWith('2'))) continue;
    const sample = attempt(() => sampleContent(document, document.canonical(`${operation.pointer}/responses/default`)));
    if (sample?.body !== undefined) return { ...sample, note: "the document's default response" };
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

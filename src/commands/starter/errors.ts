/**
 * A starter profile's errors: as the document shows them, and made up where it is silent and the profile must have one.
 * @module
 */
import { isObject, type Json, type OpenApiDocument } from '../../openapi/document.js';
import { sampleContent, sampleResponse } from '../../openapi/examples.js';

export interface StarterError {
  readonly name: string;
  readonly status: number;
  readonly contentType: string | undefined;
  readonly body: Json | undefined;
  readonly level: 'documented' | 'inferred' | 'assumed';
  readonly note: string | undefined;
}

/** Statuses that a profile needs an answer for. */
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

/** Templates of bodies for what no document shows. */
const MESSAGES: Readonly<Record<number, string>> = {
  400: '${violation.field} ${violation.message}',
  401: 'The credential is missing or not valid',
  404: 'There is nothing at ${request.path}',
  405: 'This path does not take ${request.method}',
  413: 'The request is too large',
  429: 'Too many requests; try again in ${retryAfter} s',
  500: 'Something went wrong',
};

/** Every error that the document shows, and those that a profile needs, by status. */
export function errorsOf(document: OpenApiDocument): StarterError[] {
  const documented = statusesOf(document);
  // A document that answers what does not fit it with 422 says nothing by not having a 400.
  const needed = Object.values(ROLES).filter((status) => status !== ROLES.invalid || !documented.includes(422));
  const statuses = [...new Set([...documented, ...needed])].sort((a, b) => a - b);
  return statuses.map((status) => errorOf(document, status));
}

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
  const shown = document.operations.flatMap((operation) => {
    const sample = attempt(() => sampleResponse(document, operation, status));
    return sample ? [{ id: operation.id, ...sample }] : [];
  });
  const best = shown.find(({ body }) => body !== undefined) ?? shown[0];
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

/** What the document answers where no status of its own is listed, if that is an error: something else is listed for success. */
function defaultAnswer(
  document: OpenApiDocument,
): { contentType: string | undefined; body: Json | undefined } | undefined {
  for (const operation of document.operations) {
    const responses = document.at(`${operation.pointer}/responses`);
    if (!isObject(responses) || !Object.hasOwn(responses, 'default')) continue;
    if (!Object.keys(responses).some((key) => key.startsWith('2'))) continue;
    const sample = attempt(() => sampleContent(document, responses['default']));
    if (sample?.body !== undefined) return { contentType: special(sample.contentType), body: plain(sample.body) };
  }
  return undefined;
}

/** Schemas can be such that nothing can be made of them. */
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

/** A document's text means what it says: it holds no placeholders. */
function plain(value: Json | undefined): Json | undefined {
  return value === undefined ? undefined : (JSON.parse(JSON.stringify(value).replaceAll('${', '$ {')) as Json);
}

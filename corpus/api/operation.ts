/**
 * An operation as the corpus needs it, the same for every version of OpenAPI.
 * @module
 */
import type { Json, JsonObject } from './json.js';

/** A place of parameters. */
export type Place = 'path' | 'query' | 'header' | 'cookie';
/** How a parameter is serialised. */
export type Style =
  | 'simple'
  | 'label'
  | 'matrix'
  | 'form'
  | 'spaceDelimited'
  | 'pipeDelimited'
  | 'tabDelimited'
  | 'deepObject';

/** A parameter of an operation. */
export interface Parameter {
  readonly name: string;
  readonly in: Place;
  readonly required: boolean;
  readonly style: Style;
  readonly explode: boolean;
  readonly schema: Json;
  /** Where the value is written as a document of this media type. */
  readonly mediaType?: string;
  readonly examples: readonly Json[];
}

/** A media type of a body. */
export interface Content {
  readonly mediaType: string;
  readonly schema: Json | undefined;
  /** By property: how it is written in a form. */
  readonly encoding: JsonObject;
  readonly examples: readonly Json[];
}

/** The body of a request. */
export interface Body {
  readonly required: boolean;
  readonly contents: readonly Content[];
}

/** A documented answer. */
export interface Answer {
  /** `200`, `2XX` or `default`. */
  readonly status: string;
  readonly contents: readonly Content[];
  /** Names of the documented headers, without those that the transport sets. */
  readonly headers: readonly string[];
}

const OF_THE_TRANSPORT = new Set([
  'content-type',
  'content-length',
  'content-encoding',
  'transfer-encoding',
  'connection',
  'keep-alive',
  'trailer',
  'upgrade',
]);

/** The documented headers that a tool can be asked to send: how a body is framed and coded is not the document's to say. */
export function askedHeaders(headers: JsonObject): string[] {
  return Object.keys(headers).filter((name) => !OF_THE_TRANSPORT.has(name.toLowerCase()));
}

/** How a request carries a credential. */
export type Credential =
  | { readonly kind: 'apiKey'; readonly in: 'header' | 'query' | 'cookie'; readonly name: string }
  | { readonly kind: 'authorization'; readonly scheme: string }
  | { readonly kind: 'unknown'; readonly type: string };

/** An operation, in the form that all versions of OpenAPI are read to. */
export interface Operation {
  /** `GET /pets/{id}`: the base path left out. */
  readonly id: string;
  readonly method: string;
  readonly path: string;
  /** Of its first server: `/v1`, or an empty string. */
  readonly basePath: string;
  readonly parameters: readonly Parameter[];
  readonly body: Body | undefined;
  readonly answers: readonly Answer[];
  /** Alternatives: each is a list of credentials that are sent together. Empty where the operation asks for none. */
  readonly security: readonly (readonly Credential[])[];
}

/** The answer that the document has for a status: the exact one, else the range, else `default`. */
export function answerFor(operation: Operation, status: number): Answer | undefined {
  const find = (wanted: string) => operation.answers.find((one) => one.status.toUpperCase() === wanted);
  return find(String(status)) ?? find(`${Math.floor(status / 100)}XX`) ?? find('DEFAULT');
}

/** Whether the document shows any answer that a valid request could be given. */
export function hasSuccess(operation: Operation): boolean {
  return operation.answers.some(({ status }) => /^(?:[23]|default$)/i.test(status));
}

/** Whether the status is a documented success. `default` counts for 2xx where the document names no success of its own. */
export function isSuccess(operation: Operation, status: number): boolean {
  if (status < 200 || status > 399) return false;
  const own = operation.answers.filter(({ status: key }) => /^[23]/.test(key));
  if (own.length === 0) return status < 300 && operation.answers.some(({ status: key }) => key === 'default');
  return own.some(({ status: key }) => key === String(status) || key.toUpperCase() === `${Math.floor(status / 100)}XX`);
}

/**
 * Features of OpenAPI, each with a document that has it and requests that show what becomes of it. docs/openapi.md is made from them.
 * @module
 */
import type { Json, JsonObject } from '../../../src/openapi/document/json.js';

/** What becomes of a feature. `ignored`: with a warning if it could have changed an answer. */
export type Handling = 'served' | 'checked' | 'ignored';

/** A request, and what its answer must be. */
export interface Step {
  /** `GET /a?x=1` */
  readonly request: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** A text or bytes as they are sent; anything else as JSON. */
  readonly body?: Json | Uint8Array;
  readonly status: number;
  /** Headers of the answer, by name in lower case: the value, or a part of it. */
  readonly answers?: Readonly<Record<string, string | RegExp>>;
  /** The body of the answer: a text, a part of it, or a value that the JSON matches. */
  readonly content?: string | RegExp | Json;
  /** Fields that the refusal names. */
  readonly fields?: readonly string[];
}

/** A feature of OpenAPI. */
export interface Feature {
  readonly name: string;
  readonly handling: Handling;
  /** What the table says besides. */
  readonly note?: string;
  /** Added to a document with the version, info and paths. */
  readonly document?: JsonObject;
  /** Default: 3.0.3. */
  readonly version?: string;
  readonly paths?: JsonObject;
  readonly steps: readonly Step[];
  /** Codes of the warnings that loading gives. */
  readonly warnings?: readonly string[];
}

/** Features of one part of OpenAPI. */
export interface FeatureGroup {
  readonly title: string;
  readonly features: readonly Feature[];
}

/** An answer without content. */
export const OK: JsonObject = { responses: { 200: { description: 'ok' } } };

/** A path with one operation. */
export function path(key: string, method: string, operation: JsonObject = {}): JsonObject {
  return { [key]: { [method]: { ...OK, ...operation } } };
}

/** `GET /a` with one parameter. */
export function withParameter(parameter: JsonObject, key = '/a'): JsonObject {
  return path(key, 'get', { parameters: [parameter] });
}

/** `POST /a` with a body of one media type. */
export function withBody(mediaType: string, media: JsonObject, required = true): JsonObject {
  return path('/a', 'post', { requestBody: { required, content: { [mediaType]: media } } });
}

/** `GET /a` whose answer has one media type. */
export function withAnswer(mediaType: string, media: JsonObject, status = '200'): JsonObject {
  return path('/a', 'get', { responses: { [status]: { description: 'ok', content: { [mediaType]: media } } } });
}

/** `GET /a` whose JSON answer is made from a schema. */
export function withSchema(schema: JsonObject): JsonObject {
  return withAnswer('application/json', { schema });
}

/**
 * Small documents for the tests of the corpus.
 * @module
 */
import type { JsonObject } from '../../corpus/api/json.js';
import type { Operation } from '../../corpus/api/operation.js';
import { operationsOf } from '../../corpus/api/operations.js';
import { Source } from '../../corpus/api/source.js';
import type { Tools } from '../../corpus/requests/valid.js';
import { Checks } from '../../corpus/schema/checks.js';
import { Random } from '../../fuzz/random.js';

/** An OpenAPI document with these paths. */
export function sourceOf(paths: JsonObject, rest: JsonObject = {}): Source {
  return new Source({ openapi: '3.0.3', info: { title: 'Pets', version: '1' }, paths, ...rest });
}

/** The only operation of a document: `POST /pets` with these keys. */
export function postOf(operation: JsonObject, rest: JsonObject = {}): { source: Source; operation: Operation } {
  const source = sourceOf({ '/pets': { post: { responses: { 201: { description: 'made' } }, ...operation } } }, rest);
  const [only] = operationsOf(source);
  return { source, operation: only! };
}

/** What requests to a document are made with. */
export function toolsOf(source: Source, seed = 1): Tools {
  return { source, checks: new Checks(source, 'request'), random: new Random(seed) };
}

/** A request body of JSON with a schema. */
export function jsonBody(schema: JsonObject): JsonObject {
  return { required: true, content: { 'application/json': { schema } } };
}

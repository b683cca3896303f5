/**
 * Requests to an operation as far as its document looks at them: some fit, most do nearly, and some not at all.
 * @module
 */
import { createRequire } from 'node:module';
import fc from 'fast-check';
import type { OpenApiDocument } from '../../src/openapi/document/document.js';
import { isObject, type Json, type JsonObject } from '../../src/openapi/document/json.js';
import type { Operation } from '../../src/openapi/document/operation.js';
import type { ValidationInput } from '../../src/openapi/request/validation.js';

const require = createRequire(import.meta.url);

const UUID = '550e8400-e29b-41d4-a716-446655440000';
const TEXTS = ['', ' ', '0', '1', '-1', '2.5', '1e3', '101', 'true', 'false', 'null', 'x', 'xyz', '2026-01-01', UUID];
const junk: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom<Json>(null, true, 0, -1, 2.5, 1e9, [], {}, [1, 1], { a: null }, 'https://example.com/'),
  fc.constantFrom<Json>(
    ...TEXTS,
    'é'.repeat(40),
    'x'.repeat(5_000),
    '+15551234567',
    '2026-01-01T00:00:00Z',
    'http:// ',
  ),
);

/** An arbitrary of requests to the operation. Parameters and bodies follow their schemas more or less, and any of them may be missing. */
export function incoming(document: OpenApiDocument, operation: Operation): fc.Arbitrary<ValidationInput> {
  const named = (place: string) => operation.parameters.filter((parameter) => parameter.in === place);
  const texts = (pointer: string | undefined) => text(document, pointer === undefined ? {} : document.at(pointer));
  const one = (place: string) => fc.record(Object.fromEntries(named(place).map((p) => [p.name, texts(p.schema)])));
  const query = fc.record(
    Object.fromEntries(named('query').map(({ name, schema }) => [name, fc.array(texts(schema), { maxLength: 2 })])),
  );
  const types = Object.entries(operation.body?.content ?? {});
  const body = fc.oneof(
    { weight: 1, arbitrary: fc.constant(undefined) },
    ...types.map(([, { schema }]) => ({
      weight: 6,
      arbitrary: value(document, document.at(schema ?? '#/none') ?? {}, 5),
    })),
  );
  return fc
    .record({
      params: one('path'),
      query,
      headers: fc.record(Object.fromEntries(named('header').map((p) => [p.name, fc.option(texts(p.schema))]))),
      body,
      bodyType: fc.constantFrom(undefined, ...types.map(([type]) => type)),
    })
    .map(({ params, query, headers, body, bodyType }) => ({
      params,
      query: new URLSearchParams(
        Object.entries(query).flatMap(([name, all]) => all.map((one): [string, string] => [name, one])),
      ),
      header: (name) => headers[name] ?? undefined,
      // As the wire brings it.
      body: body === undefined ? undefined : (JSON.parse(JSON.stringify(body)) as Json),
      bodyType,
    }));
}

function text(document: OpenApiDocument, schema: Json | undefined): fc.Arbitrary<string> {
  const fitting = isObject(schema) ? [sampled(document, schema), ...members(schema)] : [];
  return fc.oneof(fc.constantFrom(...fitting.map(String), 'x'), fc.constantFrom(...TEXTS));
}

function members(schema: JsonObject): Json[] {
  return [schema['enum'], schema['examples']].flatMap((list) => (Array.isArray(list) ? list : []));
}

/** What another generator makes of a schema, valid or not. */
function sampled(document: OpenApiDocument, schema: Json): Json | undefined {
  const sampler = require('openapi-sampler') as { sample(schema: Json, options: object, spec: JsonObject): Json };
  return sampler.sample(schema, { quiet: true, maxSampleDepth: 8 }, document.root);
}

/** Mostly of the schema's shape; each part may be missing or something else. */
function value(document: OpenApiDocument, given: Json, depth: number): fc.Arbitrary<Json> {
  const schema = document.follow(given);
  if (!isObject(schema) || depth === 0) return junk;
  const inner = (one: Json) => value(document, one, depth - 1);
  const shapes: { weight: number; arbitrary: fc.Arbitrary<Json> }[] = [{ weight: 1, arbitrary: junk }];
  const add = (weight: number, arbitrary: fc.Arbitrary<Json>) => shapes.push({ weight, arbitrary });
  const sample = sampled(document, schema);
  if (sample !== undefined) add(3, fc.constant(sample));
  if (members(schema).length > 0) add(4, fc.constantFrom(...members(schema)));
  if (isObject(schema['properties'])) {
    const properties = Object.entries(schema['properties']).map(([name, one]) => [name, inner(one)] as const);
    const required = Array.isArray(schema['required']) ? schema['required'].map(String) : [];
    const known = Object.fromEntries(properties);
    // What is required is there more often than not.
    const full = fc.record(known, { requiredKeys: required.filter((name) => Object.hasOwn(known, name)) });
    const partly = fc.record({ ...known, unknown: junk }, { requiredKeys: [] });
    add(6, full as fc.Arbitrary<Json>);
    add(2, partly as fc.Arbitrary<Json>);
  }
  if (schema['items'] !== undefined) add(6, fc.array(inner(schema['items']), { maxLength: 3 }));
  for (const how of ['oneOf', 'anyOf', 'allOf']) {
    const parts = schema[how];
    if (Array.isArray(parts)) for (const part of parts) add(4, inner(part));
  }
  return fc.oneof(...shapes);
}

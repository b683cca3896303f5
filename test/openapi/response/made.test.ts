/**
 * Made data is valid by its schema, as plain Ajv sees it, and no schema makes it hang.
 */
import { createRequire } from 'node:module';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { OpenApiDocument } from '../../../src/openapi/document/document.js';
import type { Json, JsonObject } from '../../../src/openapi/document/json.js';
import { madeDataOf } from '../../../src/openapi/made/made.js';
import { scaled } from '../../properties/agree.js';
import { CASES, DEFINITIONS } from './made-cases.js';

const require = createRequire(import.meta.url);

function documentOf(schemas: Readonly<Record<string, Json>>, version = '3.1.0'): OpenApiDocument {
  return new OpenApiDocument({
    openapi: version,
    info: { title: 'T', version: '1' },
    paths: {},
    components: { schemas },
  } as JsonObject);
}

function madeFor(schema: Json, version?: string) {
  return madeDataOf(documentOf({ ...DEFINITIONS, Made: schema }, version)).at('#/components/schemas/Made');
}

/** The errors of plain Ajv; none for a valid value. */
function errorsOf(schema: Json, value: Json): string {
  const { Ajv2020 } = require('ajv/dist/2020.js') as typeof import('ajv/dist/2020.js');
  const addFormats = require('ajv-formats') as (ajv: object) => void;
  const ajv = new Ajv2020({ strict: false, logger: false, validateSchema: false });
  addFormats(ajv);
  const root = {
    $id: 'root',
    components: { schemas: { ...DEFINITIONS, Made: schema } },
    $ref: '#/components/schemas/Made',
  };
  return ajv.validate(root, value) ? '' : ajv.errorsText(ajv.errors);
}

describe('made data is valid', () => {
  test.each(Object.entries(CASES))('%s', (_name, schema) => {
    const { value, problem } = madeFor(schema);
    expect({ problem, errors: errorsOf(schema, value), value }).toEqual({ problem: undefined, errors: '', value });
  });
});

test('an optional property whose schema is a reference with `nullable` is left out where the recursion ends', () => {
  const parts: JsonObject = {
    Person: {
      type: 'object',
      properties: { name: { type: 'string' }, boss: { $ref: '#/components/schemas/Person', nullable: true } },
    },
  };
  const { value } = madeDataOf(documentOf(parts, '3.0.3')).at('#/components/schemas/Person');
  expect(JSON.stringify(value)).not.toContain('null');
});

/** Schemas that have a valid value by construction: what is combined cannot contradict itself. */
const { schema: satisfiable } = fc.letrec<{ schema: Json; scalar: Json; object: JsonObject }>((tie) => ({
  schema: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    tie('scalar'),
    tie('object'),
    fc.record({ items: tie('schema'), least: fc.nat(3), more: fc.option(fc.nat(2)) }).map(({ items, least, more }) => ({
      type: 'array',
      items,
      minItems: least,
      ...(more !== null && { maxItems: least + more }),
    })),
    fc
      .record({
        items: fc.constantFrom<Json>(
          { type: 'integer' },
          { type: 'string', minLength: 2 },
          { type: 'number', minimum: 0, exclusiveMaximum: 1 },
        ),
        least: fc.nat(5),
      })
      .map(({ items, least }) => ({ type: 'array', items, uniqueItems: true, minItems: least })),
    fc
      .array(tie('schema'), { minLength: 1, maxLength: 3 })
      .map((some) => ({ type: 'array', prefixItems: some, items: false, minItems: some.length })),
    // A tag tells the alternatives apart.
    fc
      .array(tie('object'), { minLength: 1, maxLength: 3 })
      .map((some) => ({ oneOf: some.map((one, i) => tagged(one, `t${i}`)) })),
    fc.array(tie('schema'), { minLength: 1, maxLength: 3 }).map((some) => ({ anyOf: [false, ...some] })),
    tie('schema').map((one) => ({ allOf: [one, { description: 'the same' }] })),
    tie('schema').map((one) => ({ type: 'array', items: { anyOf: [{ type: 'null' }, one] }, contains: one })),
  ) as fc.Arbitrary<Json>,
  scalar: fc.oneof<fc.Arbitrary<Json>[]>(
    fc
      .record({ least: fc.nat(12), more: fc.nat(8) })
      .map(({ least, more }) => ({ type: 'string', minLength: least, maxLength: least + more })),
    fc
      .constantFrom<Json[]>('^[a-z]{2,8}$', '^\\d{4}-\\d\\d$', '[A-Z]+', '^(?:on|off)$', '^[^@]+@[^@]+$', '^\\S.*\\S$')
      .map((pattern) => ({ type: 'string', pattern })),
    fc
      .constantFrom<Json[]>('date', 'date-time', 'email', 'uri', 'uuid', 'ipv4', 'hostname')
      .map((format) => ({ type: 'string', format })),
    fc
      .record({ low: fc.integer({ min: -1_000, max: 1_000 }), width: fc.nat(50), of: fc.integer({ min: 1, max: 30 }) })
      .map(({ low, width, of }) => ({ type: 'integer', minimum: low, maximum: low + width + of, multipleOf: of })),
    fc
      .record({ low: fc.integer({ min: -1_000, max: 1_000 }), width: fc.integer({ min: 1, max: 9 }) })
      .map(({ low, width }) => ({ type: 'number', exclusiveMinimum: low / 10, exclusiveMaximum: (low + width) / 10 })),
    fc
      .record({ low: fc.nat(1_000), of: fc.constantFrom(0.01, 0.1, 0.25, 2.5) })
      .map(({ low, of }) => ({ type: 'number', minimum: low / 7, multipleOf: of })),
    fc
      .uniqueArray(fc.jsonValue({ maxDepth: 1 }), {
        minLength: 1,
        maxLength: 4,
        selector: (value) => JSON.stringify(value),
      })
      .map((values) => ({ enum: values as Json[] })),
    fc.constantFrom<Json[]>(
      { type: 'boolean' },
      { type: ['string', 'null'] },
      { not: { type: ['string', 'object'] } },
      { type: 'string', not: { const: 'string' } },
    ),
  ),
  object: fc
    .record({
      properties: fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), tie('schema'), { maxKeys: 4 }),
      unlisted: fc.subarray(['zz1', 'zz2']),
      closed: fc.boolean(),
      extra: fc.nat(3),
      all: fc.boolean(),
      dependent: fc.boolean(),
    })
    .map(({ properties, unlisted, closed, extra, all, dependent }): JsonObject => {
      const names = Object.keys(properties);
      const required = [...(all ? names : names.slice(0, 1)), ...(closed ? [] : unlisted)];
      return {
        type: 'object',
        properties: { ...properties },
        required,
        ...(closed ? { additionalProperties: false } : { minProperties: required.length + extra }),
        ...(dependent && names.length > 1 && { dependentRequired: { [names[0]!]: names.slice(1) } }),
      };
    }),
}));

function tagged({ properties, required, ...rest }: JsonObject, tag: string): JsonObject {
  return {
    ...rest,
    properties: { ...(properties as JsonObject), tag: { const: tag } },
    required: [...(required as Json[]), 'tag'],
  };
}

test('made data is valid for any schema that has a valid value by construction', () => {
  fc.assert(
    fc.property(satisfiable, (schema) => {
      const { value, problem } = madeFor(schema);
      expect({ problem, errors: errorsOf(schema, value), value }).toEqual({ problem: undefined, errors: '', value });
      // The same schema makes the same data.
      expect(madeFor(schema).value).toEqual(value);
    }),
    { numRuns: scaled(150) },
  );
});

describe('schemas without bounds, or without a valid value, have the nearest one', () => {
  const exponential = Object.fromEntries(
    Array.from({ length: 40 }, (_, i) => {
      const next = i === 39 ? { type: 'string' } : { $ref: `#/components/schemas/E${i + 1}` };
      return [`E${i}`, { type: 'object', required: ['a', 'b'], properties: { a: next, b: next } }] as const;
    }),
  );
  const composed = Object.fromEntries(
    ['allOf', 'oneOf', 'anyOf'].flatMap((keyword) =>
      Array.from({ length: 40 }, (_, i) => {
        const next = i === 39 ? { type: 'string', const: 'end' } : { $ref: `#/components/schemas/${keyword}${i + 1}` };
        return [`${keyword}${i}`, { [keyword]: [next, { ...next }, { ...next, description: 'again' }] }] as const;
      }),
    ),
  );
  let deep: Json = { type: 'string' };
  for (let i = 0; i < 10_000; i++) deep = { type: 'object', required: ['a'], properties: { a: deep } };
  const hostile: Readonly<Record<string, Json>> = {
    'many items': { type: 'array', items: { type: 'string' }, minItems: 50_000_000 },
    'many unique items': { type: 'array', items: { type: 'integer' }, minItems: 50_000_000, uniqueItems: true },
    'many contained items': { type: 'array', contains: { type: 'integer' }, minContains: 50_000_000 },
    'long text': { type: 'string', minLength: 1_000_000_000 },
    'long text by pattern': { type: 'string', pattern: '^(a{1000}){1000000}$' },
    'long text by format': { type: 'string', format: 'email', minLength: 1_000_000_000 },
    'many properties': { type: 'object', minProperties: 50_000_000, additionalProperties: { type: 'string' } },
    'deep nesting': deep,
    'exponential size': { $ref: '#/components/schemas/E0' },
    'exponential allOf': { $ref: '#/components/schemas/allOf0' },
    'exponential oneOf': { $ref: '#/components/schemas/oneOf0' },
    'exponential anyOf': { $ref: '#/components/schemas/anyOf0' },
    'endless recursion': { $ref: '#/components/schemas/Endless' },
    itself: { $ref: '#/components/schemas/Self' },
    contradiction: {
      allOf: [{ type: 'object', required: ['x'], properties: { x: { type: 'string' } } }, { type: 'string' }],
    },
    false: false,
    'many alternatives that all fail': {
      allOf: Array.from({ length: 30 }, (_, i) => ({ anyOf: [{ required: [`a${i}`] }, { required: [`b${i}`] }] })),
      not: {},
    },
    'huge multiple': { type: 'integer', multipleOf: 1e300, minimum: 1 },
  };
  const schemas = {
    ...exponential,
    ...composed,
    Endless: { type: 'object', required: ['next'], properties: { next: { $ref: '#/components/schemas/Endless' } } },
    Self: { allOf: [{ $ref: '#/components/schemas/Self' }] },
  };

  test.each(Object.entries(hostile))('%s', (_name, schema) => {
    const { value } = madeDataOf(documentOf({ ...schemas, Made: schema })).at('#/components/schemas/Made');
    expect(JSON.stringify(value).length).toBeLessThan(3_000_000);
  });
});

describe('what is answered', () => {
  const at = (schema: Json, version?: string) => madeFor(schema, version).value;

  test('has what is only read, and not what is only written', () => {
    const user = {
      type: 'object',
      required: ['id', 'password', 'name'],
      properties: {
        id: { type: 'integer', readOnly: true },
        name: { type: 'string', example: 'Ada' },
        password: { type: 'string', writeOnly: true },
      },
    };
    expect(at(user)).toEqual({ id: 1, name: 'Ada' });
    expect(at({ ...user, example: { id: 7, name: 'Grace', password: 'hush' } })).toEqual({ id: 7, name: 'Grace' });
  });

  test('follows the dialect of OpenAPI 3.0', () => {
    expect(at({ type: 'integer', minimum: 10, exclusiveMinimum: true, maximum: 12 }, '3.0.3')).toBe(11);
    const chain = {
      type: 'object',
      required: ['next'],
      properties: { next: { nullable: true, allOf: [{ $ref: '#/components/schemas/Made' }] } },
    };
    expect(errorsOf({ type: 'object', required: ['next'] }, at(chain, '3.0.3'))).toBe('');
  });

  test('has the value of the discriminator', () => {
    const document = documentOf({
      Pet: {
        oneOf: [{ $ref: '#/components/schemas/Cat' }, { $ref: '#/components/schemas/Dog' }],
        discriminator: { propertyName: 'kind', mapping: { meow: '#/components/schemas/Cat' } },
      },
      Cat: {
        type: 'object',
        required: ['kind', 'lives'],
        properties: { kind: { type: 'string' }, lives: { type: 'integer' } },
      },
      Dog: { type: 'object', required: ['kind'], properties: { kind: { type: 'string' } } },
    });
    // A meow without lives would be a dog as well, as far as its schema says.
    expect(madeDataOf(document).at('#/components/schemas/Pet').value).toMatchObject({ kind: 'meow', lives: 1 });
  });

  test('is of one alternative only, if that is possible', () => {
    const document = documentOf({
      Pet: {
        oneOf: [{ $ref: '#/components/schemas/Cat' }, { $ref: '#/components/schemas/Dog' }],
        discriminator: { propertyName: 'kind' },
      },
      Cat: { type: 'object', required: ['kind'], properties: { kind: { type: 'string' }, lives: { type: 'integer' } } },
      Dog: { type: 'object', required: ['kind'], properties: { kind: { type: 'string' }, bark: { type: 'string' } } },
    });
    const { value } = madeDataOf(document).at('#/components/schemas/Pet');
    expect(value).toMatchObject({ kind: 'Cat' });
    expect(typeof (value as JsonObject)['bark']).not.toBe('string');
    expect(value).toHaveProperty('bark');
  });

  test('is natural where names tell', () => {
    const properties = Object.fromEntries(
      ['email', 'created_at', 'homepageUrl', 'phoneNumber', 'currency', 'lat'].map((name) => [
        name,
        name === 'lat' ? { type: 'number' } : { type: 'string' },
      ]),
    );
    expect(at({ type: 'object', properties })).toEqual({
      email: 'ada.lovelace@example.com',
      created_at: '2026-01-15T09:30:00Z',
      homepageUrl: 'https://example.com/1',
      phoneNumber: '+14155550101',
      currency: 'USD',
      lat: 52.52,
    });
  });
});

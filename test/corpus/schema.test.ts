/**
 * The corpus reads the schemas of each version as that version defines them, and the values that it makes for them are valid.
 */
import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '../../corpus/api/json.js';
import { Source } from '../../corpus/api/source.js';
import { Checks, compilePattern } from '../../corpus/schema/checks.js';
import { Maker } from '../../corpus/schema/make.js';
import { Random } from '../../fuzz/random.js';

function documentOf(version: string, schemas: JsonObject = {}): Source {
  return new Source({ openapi: version, components: { schemas } });
}

const older = documentOf('3.0.3');
const newer = documentOf('3.1.0');

describe('checks', () => {
  const cases: readonly [string, Source, JsonObject, unknown, boolean][] = [
    [
      'nullable beside a reference',
      documentOf('3.0.3', { Pet: { type: 'object' } }),
      { $ref: '#/components/schemas/Pet', nullable: true },
      null,
      true,
    ],
    ['nullable', older, { type: 'string', nullable: true }, null, true],
    ['nullable beside enum', older, { type: 'string', nullable: true, enum: ['a'] }, null, true],
    ['nullable is nothing in 3.1', newer, { type: 'string', nullable: true }, null, false],
    ['a list of types', newer, { type: ['string', 'null'] }, null, true],
    ['exclusiveMinimum as a flag', older, { type: 'number', minimum: 1, exclusiveMinimum: true }, 1, false],
    ['exclusiveMinimum as a flag that is off', older, { type: 'number', minimum: 1, exclusiveMinimum: false }, 1, true],
    ['exclusiveMinimum as a number', newer, { type: 'number', exclusiveMinimum: 1 }, 1, false],
    ['const in 3.1', newer, { const: 1 }, 2, false],
    ['const is no keyword of 3.0', older, { const: 1 }, 2, true],
    ['a format', older, { type: 'string', format: 'date-time' }, 'yesterday', false],
    ['a format that nobody knows', older, { type: 'string', format: 'colour' }, 'yesterday', true],
    ['a pattern that is none', older, { type: 'string', pattern: '[' }, 'x', true],
    ['a reference to nothing', older, { $ref: '#/components/schemas/None' }, 5, true],
    ['multiples of a decimal fraction', older, { type: 'number', multipleOf: 0.01 }, 19.99, true],
    ['an id in an example', older, { type: 'object', example: { $id: 'x', $ref: 'y' } }, {}, true],
  ];
  test.each(cases)('%s', (_what, source, schema, value, valid) => {
    expect(new Checks(source, 'request').errors(schema, value)?.length === 0).toBe(valid);
  });

  test('readOnly properties are not asked of requests, and writeOnly ones not of answers', () => {
    const schema: JsonObject = {
      type: 'object',
      required: ['id', 'secret'],
      properties: { id: { type: 'integer', readOnly: true }, secret: { type: 'string', writeOnly: true } },
    };
    expect(new Checks(older, 'request').isValid(schema, { secret: 's' })).toBe(true);
    expect(new Checks(older, 'request').isInvalid(schema, { id: 1 })).toBe(true);
    expect(new Checks(older, 'answer').isValid(schema, { id: 1 })).toBe(true);
    expect(new Checks(older, 'answer').isInvalid(schema, { secret: 's' })).toBe(true);
  });

  test('keywords beside a reference count from 3.1 on', () => {
    const schemas: JsonObject = { Name: { type: 'string' } };
    const schema: JsonObject = { $ref: '#/components/schemas/Name', minLength: 3 };
    expect(new Checks(documentOf('3.0.0', schemas), 'request').isValid(schema, 'a')).toBe(true);
    expect(new Checks(documentOf('3.1.0', schemas), 'request').isInvalid(schema, 'a')).toBe(true);
  });

  test('a schema may hold itself', () => {
    const schemas: JsonObject = {
      Tree: {
        type: 'object',
        required: ['name'],
        properties: { name: { type: 'string' }, child: { $ref: '#/components/schemas/Tree' } },
      },
    };
    const checks = new Checks(documentOf('3.0.0', schemas), 'request');
    const schema: JsonObject = { $ref: '#/components/schemas/Tree' };
    expect(checks.isValid(schema, { name: 'a', child: { name: 'b' } })).toBe(true);
    expect(checks.isInvalid(schema, { name: 'a', child: { name: 1 } })).toBe(true);
  });

  test('patterns are read without the u flag first', () => {
    expect(compilePattern('^\\-$').test('-')).toBe(true);
    expect(compilePattern('^\\p{L}$').flags).toBe('');
  });
});

describe('made values', () => {
  const schemas: JsonObject = {
    Cat: {
      type: 'object',
      required: ['kind', 'lives'],
      properties: { kind: { type: 'string' }, lives: { type: 'integer', minimum: 1, maximum: 9 } },
    },
    Dog: {
      type: 'object',
      required: ['kind', 'bark'],
      properties: { kind: { type: 'string' }, bark: { type: 'boolean' } },
    },
    Tree: { type: 'object', properties: { children: { type: 'array', items: { $ref: '#/components/schemas/Tree' } } } },
    Endless: { type: 'object', required: ['next'], properties: { next: { $ref: '#/components/schemas/Endless' } } },
  };
  const source = documentOf('3.0.3', schemas);
  const makerOf = (seed: number) => new Maker(source, new Checks(source, 'request'), new Random(seed));
  const kinds: readonly [string, JsonObject][] = [
    ['a pattern with a length', { type: 'string', pattern: '^[a-z0-9]{26}$' }],
    [
      'a range without room',
      { type: 'number', minimum: 1, maximum: 2, exclusiveMinimum: true, exclusiveMaximum: true },
    ],
    ['a step', { type: 'integer', multipleOf: 25, minimum: 30 }],
    ['negative numbers', { type: 'integer', maximum: -10 }],
    [
      'different items',
      { type: 'array', items: { type: 'string', enum: ['a', 'b', 'c'] }, minItems: 3, uniqueItems: true },
    ],
    [
      'formats',
      {
        type: 'object',
        required: ['a', 'b'],
        properties: { a: { type: 'string', format: 'uuid' }, b: { type: 'string', format: 'date-time' } },
      },
    ],
    [
      'allOf',
      {
        allOf: [
          { type: 'object', required: ['a'] },
          { type: 'object', properties: { a: { type: 'integer' } } },
        ],
      },
    ],
    ['required beyond the properties', { type: 'object', required: ['a'] }],
    ['minProperties', { type: 'object', additionalProperties: { type: 'integer' }, minProperties: 2 }],
    ['recursion', { $ref: '#/components/schemas/Tree' }],
  ];
  test.each(kinds)('fit %s', (_what, schema) => {
    for (let seed = 1; seed <= 20; seed++) {
      const value = makerOf(seed).valid(schema, 0.5);
      expect(value).toBeDefined();
      expect(new Checks(source, 'request').isValid(schema, value)).toBe(true);
    }
  });

  test('have the name that the discriminator asks for', () => {
    const schema: JsonObject = {
      oneOf: [{ $ref: '#/components/schemas/Cat' }, { $ref: '#/components/schemas/Dog' }],
      discriminator: { propertyName: 'kind', mapping: { dog: '#/components/schemas/Dog' } },
    };
    const kindsMade = new Set<Json | undefined>();
    for (let seed = 1; seed <= 20; seed++) kindsMade.add((makerOf(seed).valid(schema, 0) as JsonObject)['kind']);
    expect(kindsMade).toEqual(new Set(['Cat', 'dog']));
  });

  test('are not made where none is found', () => {
    expect(makerOf(1).valid({ $ref: '#/components/schemas/Endless' }, 0)).toBeUndefined();
    expect(makerOf(1).valid({ type: 'string', minLength: 1_000_000_000 }, 0)).toBeUndefined();
    expect(makerOf(1).valid({ type: 'array', items: { type: 'string' }, minItems: 50_000_000 }, 0)).toBeUndefined();
    expect(makerOf(1).valid({ type: 'string', enum: [1, 2] }, 0)).toBeUndefined();
  });

  test('are not made where they would be too large', () => {
    // 100 million strings.
    let schema: JsonObject = { type: 'string' };
    for (let level = 0; level < 8; level++) schema = { type: 'array', items: schema, minItems: 10 };
    expect(makerOf(1).valid(schema, 0)).toBeUndefined();
  });

  test('are the same for the same seed', () => {
    const schema: JsonObject = { type: 'array', items: { type: 'string', format: 'uuid' }, minItems: 3 };
    expect(makerOf(7).valid(schema, 1)).toEqual(makerOf(7).valid(schema, 1));
    expect(makerOf(7).valid(schema, 1)).not.toEqual(makerOf(8).valid(schema, 1));
  });
});

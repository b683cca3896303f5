/** What is said about a value that no alternative of its schema accepts: few violations, which name the field. */
import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../src/openapi/document/json.js';
import { bodyReaderOf } from './read-request.js';

const SCHEMAS = {
  Cat: {
    type: 'object',
    required: ['kind', 'lives'],
    properties: { kind: { const: 'cat' }, lives: { type: 'integer' } },
  },
  Dog: {
    type: 'object',
    required: ['kind', 'name'],
    properties: { kind: { enum: ['dog'] }, name: { type: 'string' }, owner: { $ref: '#/components/schemas/Owner' } },
  },
  Owner: { oneOf: [{ type: 'string' }, { $ref: '#/components/schemas/Person' }] },
  Person: { type: 'object', required: ['age'], properties: { age: { type: 'integer' } }, additionalProperties: false },
  Pet: { oneOf: [{ $ref: '#/components/schemas/Cat' }, { $ref: '#/components/schemas/Dog' }] },
  Tagged: {
    ...{ oneOf: [{ $ref: '#/components/schemas/Cat' }, { $ref: '#/components/schemas/Dog' }] },
    discriminator: {
      propertyName: 'kind',
      mapping: { cat: '#/components/schemas/Cat', dog: '#/components/schemas/Dog' },
    },
  },
};
const ref = (name: keyof typeof SCHEMAS): Json => ({ $ref: `#/components/schemas/${name}` });

const CASES: readonly (readonly [schema: Json, body: Json, ...faults: string[]])[] = [
  [ref('Pet'), { kind: 'cat', lives: 'x' }, 'body lives type', 'body oneOf'],
  [ref('Pet'), { kind: 'dog' }, 'body name required', 'body oneOf'],
  [ref('Pet'), { kind: 'cow' }, 'body kind enum', 'body oneOf'],
  [ref('Pet'), 7, 'body type', 'body oneOf'],
  [
    ref('Pet'),
    { kind: 'dog', name: 'a', owner: { age: 'x' } },
    'body owner.age type',
    'body owner oneOf',
    'body oneOf',
  ],
  [
    ref('Pet'),
    { kind: 'dog', name: 'a', owner: { age: 1, x: 1 } },
    'body owner.x additionalProperties',
    'body owner oneOf',
    'body oneOf',
  ],
  [ref('Pet'), { kind: 'dog', name: 'a', owner: [] }, 'body owner type', 'body owner oneOf', 'body oneOf'],
  [ref('Tagged'), { kind: 'cow' }, 'body kind enum'],
  [ref('Tagged'), {}, 'body kind required'],
  [ref('Tagged'), { kind: 'cat', lives: 'x' }, 'body lives type'],
  [
    { type: 'array', items: ref('Pet') },
    [{ kind: 'cat', lives: 1 }, { kind: 'cat' }],
    'body [1].lives required',
    'body [1] oneOf',
  ],
  [
    { oneOf: [{ oneOf: [{ properties: { a: { enum: ['x'] }, b: { enum: ['y'] } } }] }, { type: 'string' }] },
    { a: 1, b: 2 },
    'body a enum',
    'body b enum',
    'body oneOf',
    'body oneOf',
  ],
  [
    { properties: { a: { anyOf: [{ type: 'null' }, { type: 'string', enum: ['x'] }] } } },
    { a: 'y' },
    'body a enum',
    'body a anyOf',
  ],
  [
    { properties: { a: { anyOf: [{ type: 'string' }, { type: 'integer' }] } }, required: ['b'] },
    { a: true },
    'body b required',
    'body a type',
    'body a anyOf',
  ],
  [{ oneOf: [{ required: ['a'] }, { required: ['b'] }] }, { a: 1, b: 2 }, 'body oneOf'],
  // What `nullable` becomes is no keyword of the document.
  [{ nullable: true, oneOf: [ref('Cat'), ref('Dog')] }, { kind: 'cat', lives: 'x' }, 'body lives type', 'body oneOf'],
  [{ nullable: true, anyOf: [ref('Cat'), ref('Dog')] }, { kind: 'cat', lives: 'x' }, 'body lives type', 'body anyOf'],
  [{ nullable: true, type: 'string', enum: ['x'] }, 'y', 'body enum'],
  // biome-ignore lint/suspicious/noThenProperty: the keyword of JSON Schema.
  [{ if: { required: ['a'] }, then: { required: ['b'] } }, { a: 1 }, 'body b required'],
  [{ type: 'object', additionalProperties: false, properties: { a: {} } }, { b: 1 }, 'body b additionalProperties'],
  [{ type: 'object', dependentRequired: { a: ['b'] } }, { a: 1 }, 'body b dependentRequired'],
];

describe('a value that no alternative accepts', () => {
  it.each(CASES.map((one) => [one] as const))('%j', ([schema, body, ...faults]) => {
    const read = bodyReaderOf(
      { 'application/json': { schema } },
      { more: { components: { schemas: SCHEMAS } } as JsonObject },
    );
    expect([...read(JSON.stringify(body), 'application/json').faults].sort()).toEqual([...faults].sort());
  });

  it('is told with what would be accepted', () => {
    const read = bodyReaderOf(
      { 'application/json': { schema: ref('Pet') } },
      { more: { components: { schemas: SCHEMAS } } as JsonObject },
    );
    expect(read('{"kind":"cow"}').violations[0]).toMatchObject({ field: 'kind', expected: ['cat', 'dog'] });
    expect(read('{"kind":"cat","lives":"x"}').violations[0]).toMatchObject({ field: 'lives', expected: 'integer' });
  });

  it('within a long list is told as often as it may help', () => {
    const read = bodyReaderOf(
      { 'application/json': { schema: { type: 'array', items: ref('Pet') } } },
      { more: { components: { schemas: SCHEMAS } } as JsonObject },
    );
    const list = JSON.stringify(Array.from({ length: 2_000 }, () => ({ kind: 'cat' })));
    const { violations, faults } = read(list, 'application/json');
    expect(violations.length).toBeLessThanOrEqual(1_000);
    expect(faults.slice(0, 2)).toEqual(['body [0].lives required', 'body [0] oneOf']);
  });
});

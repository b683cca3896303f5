import { describe, expect, it } from 'vitest';
import { OpenApiDocument } from '../../src/openapi/document/document.js';
import type { Json, JsonObject } from '../../src/openapi/document/json.js';
import { readDocument } from '../../src/openapi/document/read-document.js';
import { SchemaCompiler } from '../../src/openapi/schema/compiler.js';
import { safePatterns } from '../../src/openapi/schema/patterns.js';
import { type Direction, Schemas } from '../../src/openapi/schema/schemas.js';

type Version = '3.0.3' | '3.1.0';

function documentOf(version: Version, schemas: JsonObject): OpenApiDocument {
  return new OpenApiDocument({
    openapi: version,
    info: { title: 'T', version: '1' },
    paths: {},
    components: { schemas },
  });
}

/** Checks values by the schema `S` of a document with these schemas. */
function checker(version: Version, schemas: JsonObject, direction: Direction = 'request', uncheckable: string[] = []) {
  const document = documentOf(version, schemas);
  const all = new Schemas(document);
  const compiler = new SchemaCompiler(all, {
    converts: false,
    patterns: safePatterns(document.dialect),
    onUncheckable: (pointer, problem) => uncheckable.push(`${pointer}: ${problem}`),
  });
  return compiler.compileAt(all.addressOf('#/components/schemas/S', direction));
}

interface Case {
  readonly name: string;
  readonly version?: Version;
  readonly schemas: JsonObject;
  readonly direction?: Direction;
  readonly valid: readonly Json[];
  readonly invalid: readonly Json[];
}

const REF = { $ref: '#/components/schemas/R' };
const OBJECT = { type: 'object', required: ['id'], properties: { id: { type: 'integer' } } };

const CASES: readonly Case[] = [
  {
    name: 'nullable with a type',
    schemas: { S: { type: 'string', nullable: true } },
    valid: ['x', null],
    invalid: [1],
  },
  { name: 'nullable without a type', schemas: { S: { nullable: true } }, valid: ['x', null, 1], invalid: [] },
  { name: 'nullable: false', schemas: { S: { type: 'string', nullable: false } }, valid: ['x'], invalid: [null] },
  {
    name: 'nullable beside an enum that lacks null',
    schemas: { S: { type: 'string', enum: ['a'], nullable: true } },
    valid: ['a', null],
    invalid: ['b'],
  },
  {
    name: 'nullable beside allOf',
    schemas: { S: { nullable: true, allOf: [REF] }, R: OBJECT },
    valid: [null, { id: 1 }],
    invalid: [{}, 1],
  },
  {
    name: 'nullable beside a type and allOf',
    schemas: { S: { type: 'object', nullable: true, allOf: [REF] }, R: OBJECT },
    valid: [null, { id: 1 }],
    invalid: [{}],
  },
  {
    name: 'nullable beside oneOf',
    schemas: { S: { nullable: true, oneOf: [{ type: 'string' }, { type: 'integer' }] } },
    valid: [null, 'x', 1],
    invalid: [true],
  },
  {
    name: 'nullable beside $ref',
    schemas: { S: { ...REF, nullable: true }, R: OBJECT },
    valid: [null, { id: 1 }],
    invalid: [{}],
  },
  {
    name: 'other keywords beside $ref are ignored in 3.0',
    schemas: { S: { ...REF, required: ['more'] }, R: OBJECT },
    valid: [{ id: 1 }],
    invalid: [{}],
  },
  {
    name: 'other keywords beside $ref count in 3.1',
    version: '3.1.0',
    schemas: { S: { ...REF, required: ['more'] }, R: OBJECT },
    valid: [{ id: 1, more: 2 }],
    invalid: [{ id: 1 }, { more: 2 }],
  },
  {
    name: 'exclusive bounds as flags',
    schemas: { S: { type: 'number', minimum: 1, exclusiveMinimum: true, maximum: 3, exclusiveMaximum: false } },
    valid: [2, 3],
    invalid: [1, 3.5],
  },
  { name: 'an exclusive flag without a bound', schemas: { S: { exclusiveMinimum: true } }, valid: [0], invalid: [] },
  {
    name: 'exclusive bounds as numbers',
    version: '3.1.0',
    schemas: { S: { exclusiveMinimum: 1 } },
    valid: [2],
    invalid: [1],
  },
  {
    name: 'multiples of 0.01',
    schemas: { S: { multipleOf: 0.01 } },
    valid: [19.99, 1.1, 0.07],
    invalid: [0.001, 19.999],
  },
  {
    name: 'patterns that are only valid without the u flag',
    schemas: { S: { type: 'string', pattern: '^[\\w-\\.]+\\@x$' } },
    valid: ['a.b-c@x'],
    invalid: ['a b@x'],
  },
  {
    name: 'patterns that need the u flag',
    schemas: { S: { type: 'string', pattern: '^\\p{L}+$' } },
    valid: ['né'],
    invalid: ['p{L}', '1'],
  },
  {
    name: 'examples and defaults with $id are data',
    schemas: {
      S: { type: 'object', properties: { $id: { type: 'string' } }, example: { $id: 'a' }, default: { $id: 'a' } },
      T: { type: 'object', example: { $id: 'a' }, enum: [{ $id: 'a' }] },
    },
    valid: [{ $id: 'b' }],
    invalid: [{ $id: 1 }],
  },
  {
    name: 'keywords of other versions of JSON Schema',
    schemas: {
      S: { type: 'array', items: [{ type: 'string' }, { type: 'integer' }], additionalItems: false, id: 'x' },
    },
    valid: [['a', 1], []],
    invalid: [[1], ['a', 1, 2]],
  },
  {
    name: 'numbers that are written as texts',
    schemas: { S: { type: 'string', maxLength: '3' } },
    valid: ['abc'],
    invalid: ['abcd'],
  },
  {
    name: 'values that no keyword can have are ignored',
    schemas: { S: { type: 'date', required: true, enum: [], minimum: 'low', properties: { a: 'text' }, allOf: [] } },
    valid: [1, 'x', { a: 1 }],
    invalid: [],
  },
  {
    name: 'type: file beside one that is known',
    schemas: { S: { type: ['file', 'string'] } },
    valid: ['x'],
    invalid: [1],
  },
  {
    name: 'a request need not have what is read only',
    schemas: {
      S: { allOf: [{ $ref: '#/components/schemas/R' }, { required: ['name', 'id'] }] },
      R: { type: 'object', required: ['id'], properties: { id: { readOnly: true }, name: { type: 'string' } } },
    },
    valid: [{ name: 'x' }],
    invalid: [{}],
  },
  {
    name: 'a response must have what is read only, and nothing that is written only',
    direction: 'response',
    schemas: {
      S: {
        type: 'object',
        required: ['id', 'secret'],
        properties: { id: { type: 'integer', readOnly: true }, secret: { type: 'string', writeOnly: true } },
      },
    },
    valid: [{ id: 1 }],
    invalid: [{}, { id: 1, secret: 'x' }],
  },
  {
    name: 'a discriminator with a mapping selects the alternative',
    schemas: {
      S: {
        oneOf: [{ $ref: '#/components/schemas/Cat' }, { $ref: '#/components/schemas/Dog' }],
        discriminator: { propertyName: 'kind', mapping: { feline: '#/components/schemas/Cat', canine: 'Dog' } },
      },
      Cat: { type: 'object', properties: { kind: { type: 'string' }, lives: { type: 'integer' } } },
      Dog: { type: 'object', properties: { kind: { type: 'string' }, barks: { type: 'boolean' } } },
    },
    valid: [
      { kind: 'feline', lives: 9 },
      { kind: 'canine', barks: true },
    ],
    invalid: [{ kind: 'feline', lives: 'nine' }, { kind: 'bird' }, { lives: 9 }],
  },
  {
    name: 'beside a mapping, the names of the schemas select them, unless the mapping has them',
    schemas: {
      S: {
        oneOf: [{ $ref: '#/components/schemas/Cat' }, { $ref: '#/components/schemas/Dog' }],
        discriminator: { propertyName: 'kind', mapping: { feline: 'Cat', Dog: 'Cat', canine: 'Dog' } },
      },
      Cat: { type: 'object', properties: { kind: { type: 'string' }, lives: { type: 'integer' } } },
      Dog: {
        type: 'object',
        required: ['barks'],
        properties: { kind: { type: 'string' }, barks: { type: 'boolean' } },
      },
    },
    valid: [
      { kind: 'Cat', lives: 9 },
      { kind: 'Dog', lives: 9 },
      { kind: 'canine', barks: true },
    ],
    invalid: [{ kind: 'Cat', lives: 'nine' }, { kind: 'Dog', lives: 'nine' }, { kind: 'canine' }],
  },
  {
    name: 'of a base with a mapping, the names of extensions select them as well',
    schemas: {
      S: {
        type: 'object',
        properties: { kind: { type: 'string' } },
        discriminator: { propertyName: 'kind', mapping: { feline: 'Cat' } },
      },
      Cat: { allOf: [{ $ref: '#/components/schemas/S' }, { type: 'object', required: ['lives'] }] },
      Dog: { allOf: [{ $ref: '#/components/schemas/S' }, { type: 'object', required: ['barks'] }] },
    },
    valid: [
      { kind: 'Cat', lives: 9 },
      { kind: 'feline', lives: 9 },
      { kind: 'Dog', barks: 1 },
    ],
    invalid: [{ kind: 'Cat' }, { kind: 'feline' }, { kind: 'Dog' }],
  },
  {
    name: 'a discriminator without a mapping uses the names of the schemas',
    schemas: {
      S: { anyOf: [{ $ref: '#/components/schemas/Cat' }], discriminator: { propertyName: 'kind' } },
      Cat: { type: 'object', properties: { lives: { type: 'integer' } } },
    },
    valid: [{ kind: 'Cat', lives: 9 }],
    invalid: [{ kind: 'Dog' }],
  },
  {
    name: 'recursion',
    schemas: {
      S: { type: 'object', properties: { kids: { type: 'array', items: { $ref: '#/components/schemas/S' } } } },
    },
    valid: [{ kids: [{ kids: [] }] }],
    invalid: [{ kids: [{ kids: 1 }] }],
  },
  {
    name: 'a reference into a schema',
    schemas: { S: { $ref: '#/components/schemas/R/properties/id' }, R: OBJECT },
    valid: [1],
    invalid: ['x'],
  },
  {
    name: 'a reference to nothing, and one to itself',
    schemas: {
      S: { properties: { a: { $ref: '#/components/schemas/None' }, b: { $ref: '#/components/schemas/Loop' } } },
      Loop: { $ref: '#/components/schemas/Loop' },
    },
    valid: [{ a: 1, b: 2 }],
    invalid: [],
  },
  {
    name: 'unevaluated properties across references',
    version: '3.1.0',
    schemas: { S: { allOf: [REF], properties: { more: true }, unevaluatedProperties: false }, R: OBJECT },
    valid: [{ id: 1, more: 2 }],
    invalid: [{ id: 1, other: 2 }],
  },
];

describe('schemas', () => {
  it.each(CASES)('$name', ({ version = '3.0.3', schemas, direction, valid, invalid }) => {
    const uncheckable: string[] = [];
    const check = checker(version, schemas, direction, uncheckable);
    expect(valid.filter((value) => !check(value))).toEqual([]);
    expect(invalid.filter((value) => check(value))).toEqual([]);
    expect(uncheckable).toEqual([]);
  });

  it('that contain themselves without an end accept every value, and say so', () => {
    const uncheckable: string[] = [];
    const schemas = {
      S: { oneOf: [{ $ref: '#/components/schemas/Dog' }] },
      Dog: { allOf: [{ $ref: '#/components/schemas/S' }] },
    };
    expect(checker('3.0.3', schemas, 'request', uncheckable)({})).toBe(true);
    expect(uncheckable).toEqual(['#/components/schemas/S: Maximum call stack size exceeded']);
  });

  it.each(['allOf', 'anyOf', 'oneOf'])('that would take exponential time by %s are not checked', (keyword) => {
    const ref = (i: number) => ({ $ref: `#/components/schemas/${i === 0 ? 'S' : `S${i}`}` });
    const nested = (steps: number): JsonObject => ({
      [`S${steps}`]: OBJECT,
      ...Object.fromEntries(
        Array.from({ length: steps }, (_, i) => [i === 0 ? 'S' : `S${i}`, { [keyword]: [ref(i + 1), ref(i + 1)] }]),
      ),
    });
    const uncheckable: string[] = [];
    expect(checker('3.0.3', nested(4), 'request', uncheckable)({})).toBe(false);
    expect(uncheckable).toEqual([]);
    expect(checker('3.0.3', nested(40), 'request', uncheckable)({})).toBe(true);
    expect(uncheckable).toEqual([
      '#/components/schemas/S: its parts refer to each other so often that one value takes more than 1000000 steps',
    ]);
  });

  it('resolve dynamic references by the outermost schema', () => {
    const schemas: JsonObject = {
      S: {
        $defs: { item: { $dynamicAnchor: 'item', type: 'integer' } },
        $ref: '#/components/schemas/List',
      },
      List: {
        $defs: { item: { $dynamicAnchor: 'item' } },
        type: 'array',
        items: { $dynamicRef: '#item' },
      },
      Texts: { $defs: { item: { $dynamicAnchor: 'item', type: 'string' } }, $ref: '#/components/schemas/List' },
    };
    // Anchors are per schema resource, which an $id starts.
    for (const [name, schema] of Object.entries(schemas)) (schema as JsonObject)['$id'] = `https://x.example/${name}`;
    const document = readDocument(
      { openapi: '3.1.0', info: {}, paths: {}, components: { schemas } },
      { url: 'file:///doc.yaml', read: () => ({ problem: 'is not read', fix: 'none' }) },
    );
    expect(document.notices).toEqual([]);
    const all = new Schemas(document);
    const compiler = new SchemaCompiler(all, { converts: false });
    const check = (name: string) => compiler.compileAt(all.addressOf(`#/components/schemas/${name}`, 'request'));
    expect([[1], ['x'], []].map((value) => check('S')(value))).toEqual([true, false, true]);
    expect([[1], ['x'], []].map((value) => check('Texts')(value))).toEqual([false, true, true]);
    expect([[1], ['x'], [null]].map((value) => check('List')(value))).toEqual([true, true, true]);
  });

  it('tell what is ignored, with its place', () => {
    const document = readDocument(
      {
        openapi: '3.0.3',
        paths: { '/a': { get: { parameters: [{ name: 'q', in: 'query', schema: { type: 'date' } }], responses: {} } } },
        components: {
          schemas: {
            S: {
              properties: { type: { type: 'text' }, enum: { enum: [] }, required: { type: 'string', required: true } },
            },
          },
        },
      },
      { url: 'file:///doc.yaml', read: () => ({ problem: '', fix: '' }) },
    );
    expect(document.notices.map(({ code, at, problem }) => `${code} ${at.join('.')}: ${problem}`)).toEqual([
      'openapi/keyword paths./a.get.parameters.0.schema.type: type is "date", so it is ignored',
      'openapi/keyword components.schemas.S.properties.type.type: type is "text", so it is ignored',
      'openapi/keyword components.schemas.S.properties.enum.enum: enum is [], so it is ignored',
      'openapi/keyword components.schemas.S.properties.required.required: required is true, so it is ignored',
    ]);
  });
});

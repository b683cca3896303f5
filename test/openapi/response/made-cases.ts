/**
 * Schemas for which a valid value exists, by what is hard about them.
 */
import type { Json, JsonObject } from '../../../src/openapi/document/json.js';

const text = { type: 'string' };
const integer = { type: 'integer' };

/** Nested objects, each required by the one above. */
function nested(levels: number): JsonObject {
  return levels === 0
    ? { type: 'string', const: 'leaf' }
    : { type: 'object', required: ['a'], properties: { a: nested(levels - 1) } };
}

/** By name: a schema (JSON Schema 2020-12), which may refer to `#/components/schemas/<name>` of `DEFINITIONS`. */
export const CASES: Readonly<Record<string, Json>> = {
  empty: {},
  true: true,
  pattern: { type: 'string', pattern: '^[A-Z]{3}-\\d{4,}$' },
  'pattern with length': { type: 'string', pattern: '^[a-z-]+$', minLength: 20, maxLength: 22 },
  'pattern with look-aheads': { type: 'string', pattern: '^(?=.*[A-Z])(?=.*\\d)(?=.*[a-z]).{8,}$' },
  'pattern that is not anchored': { type: 'string', pattern: 'x', minLength: 12 },
  'pattern with a back reference': { type: 'string', pattern: '^(ab|cd)-\\1$' },
  'pattern of letters': { type: 'string', pattern: '^\\p{Lu}\\p{Ll}+$' },
  'pattern with alternatives of fixed length': { type: 'string', pattern: '^(?:[A-Z]{2}|\\d{5})$', minLength: 5 },
  'two patterns': { allOf: [{ type: 'string', pattern: '^[a-z]+\\d' }, { pattern: '9$' }] },
  'pattern for an ARN': { type: 'string', pattern: '^arn:aws:[a-z]+:[a-z0-9-]*:\\d{12}:.+$' },
  'pattern of a version': { type: 'string', pattern: '^v?\\d+\\.\\d+\\.\\d+(?:-[0-9A-Za-z.-]+)?$' },
  'short text': { type: 'string', maxLength: 2 },
  'empty text': { type: 'string', maxLength: 0 },
  'long text': { type: 'string', minLength: 300 },
  integer: { type: 'integer', minimum: 10, exclusiveMaximum: 12 },
  'negative integer': { type: 'integer', maximum: -3 },
  'exclusive bounds': { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 0.001 },
  'multiple of an integer': { type: 'integer', multipleOf: 7, minimum: 10 },
  'multiple of a decimal': { type: 'number', multipleOf: 0.01, minimum: 19.985 },
  'two multiples': {
    allOf: [
      { type: 'integer', multipleOf: 6 },
      { multipleOf: 4, minimum: 1 },
    ],
  },
  'fraction only': { type: 'number', not: { type: 'integer' } },
  int32: { type: 'integer', format: 'int32', maximum: 9_000_000_000, minimum: -5 },
  ...Object.fromEntries(
    [
      ...['date', 'time', 'date-time', 'iso-time', 'iso-date-time', 'duration', 'uri', 'uri-reference', 'uri-template'],
      ...['url', 'email', 'hostname', 'ipv4', 'ipv6', 'regex', 'uuid', 'json-pointer', 'json-pointer-uri-fragment'],
      ...['relative-json-pointer', 'byte', 'password', 'binary'],
    ].map((format) => [`format ${format}`, { type: 'string', format }]),
  ),
  'email with length': { type: 'string', format: 'email', minLength: 30 },
  'short email': { type: 'string', format: 'email', maxLength: 6 },
  'email with pattern': { type: 'string', format: 'email', pattern: '@example\\.com$' },
  'uri with pattern': { type: 'string', format: 'uri', pattern: '^ftp://' },
  'long host name': { type: 'string', format: 'hostname', minLength: 150 },
  'unique dates': { type: 'array', items: { type: 'string', format: 'date' }, minItems: 50, uniqueItems: true },
  enum: { enum: ['a', 'b'] },
  'enum and bounds': { type: 'string', enum: ['long one', 'ab'], maxLength: 3 },
  'two enums': { allOf: [{ enum: [1, 2, 3] }, { enum: [3, 4] }] },
  const: { const: { a: [1, null] } },
  'list of types': { type: ['null', 'integer'], minimum: 5 },
  null: { type: 'null' },
  'allOf of objects': {
    allOf: [
      { type: 'object', required: ['a'], properties: { a: text } },
      { type: 'object', required: ['b'], properties: { b: integer } },
    ],
  },
  'allOf of one property': {
    allOf: [
      { properties: { a: { type: 'integer', minimum: 5 } } },
      { properties: { a: { maximum: 5 } }, required: ['a'] },
    ],
    type: 'object',
  },
  'oneOf of overlapping numbers': { oneOf: [{ type: 'integer' }, { type: 'number', minimum: 5 }] },
  'oneOf of overlapping texts': {
    oneOf: [
      { type: 'string', maxLength: 5 },
      { type: 'string', minLength: 3 },
    ],
  },
  'oneOf of short text and integer': { oneOf: [{ type: 'string', maxLength: 2 }, { type: 'integer' }] },
  'oneOf by required': {
    type: 'object',
    properties: { a: text, b: text },
    oneOf: [{ required: ['a'] }, { required: ['b'] }],
  },
  'oneOf of open objects': {
    oneOf: [
      { type: 'object', properties: { a: integer } },
      { type: 'object', properties: { b: integer } },
    ],
  },
  'oneOf of subset objects': {
    oneOf: [
      { type: 'object', required: ['a'], properties: { a: text } },
      { type: 'object', required: ['a', 'b'], properties: { a: text, b: text } },
    ],
  },
  'oneOf in a property': {
    type: 'object',
    required: ['x'],
    properties: {
      x: {
        oneOf: [
          { type: 'object', properties: { a: { type: 'string', maxLength: 4 } } },
          { type: 'object', properties: { a: { type: 'string', minLength: 2 } } },
        ],
      },
    },
  },
  anyOf: { anyOf: [false, { type: 'string', minLength: 3 }] },
  'anyOf with base': {
    type: 'object',
    properties: { a: text, b: text },
    anyOf: [{ required: ['b'] }, { required: ['c'] }],
  },
  'not a type': { not: { type: 'string' } },
  'not a value': { type: 'string', not: { enum: ['string'] } },
  'not with a property': { type: 'object', properties: { a: text, b: text }, not: { required: ['a'] } },
  'not some text': { type: 'string', not: { maxLength: 10 } },
  if: {
    type: 'object',
    required: ['country', 'zip'],
    properties: { country: { enum: ['US', 'NL'] }, zip: text },
    if: { properties: { country: { const: 'US' } } },
    // biome-ignore lint/suspicious/noThenProperty: the keyword of JSON Schema.
    then: { properties: { zip: { pattern: '^\\d{5}$' } } },
    else: { properties: { zip: { pattern: '^\\d{4} [A-Z]{2}$' } } },
  },
  'if that must not hold': {
    type: 'object',
    properties: { a: { type: 'boolean' } },
    required: ['a'],
    if: { properties: { a: { const: true } } },
    // biome-ignore lint/suspicious/noThenProperty: the keyword of JSON Schema.
    then: false,
  },
  dependentRequired: {
    type: 'object',
    properties: { a: text, b: text, c: text },
    dependentRequired: { a: ['b', 'd'], b: ['c'] },
  },
  'dependentRequired that is impossible': {
    type: 'object',
    properties: { a: text, z: false },
    dependentRequired: { a: ['z'] },
  },
  dependentSchemas: {
    type: 'object',
    properties: { a: text },
    dependentSchemas: { a: { required: ['n'], properties: { n: { const: 4 } } } },
  },
  minItems: { type: 'array', items: text, minItems: 7 },
  maxItems: { type: 'array', items: text, maxItems: 0 },
  'unique booleans': { type: 'array', items: { type: 'boolean' }, uniqueItems: true, minItems: 2 },
  'unique objects': {
    type: 'array',
    items: { type: 'object', required: ['a'], properties: { a: { enum: ['x', 'y', 'z'] } } },
    uniqueItems: true,
    minItems: 3,
  },
  'unique integers within bounds': {
    type: 'array',
    items: { type: 'integer', minimum: 3, maximum: 6 },
    uniqueItems: true,
    minItems: 4,
  },
  'unique texts by pattern': {
    type: 'array',
    items: { type: 'string', pattern: '^[a-c]$' },
    uniqueItems: true,
    minItems: 3,
  },
  prefixItems: { type: 'array', prefixItems: [integer, text, { const: null }], items: false, minItems: 3 },
  contains: { type: 'array', items: integer, contains: { minimum: 100 }, minContains: 2, maxContains: 2, minItems: 4 },
  'contains with others': {
    type: 'array',
    contains: { type: 'string', const: 'x' },
    prefixItems: [integer],
    minItems: 2,
  },
  'required beyond the properties': { type: 'object', required: ['a', 'b'], properties: { a: text } },
  'required by additionalProperties': {
    type: 'object',
    required: ['a'],
    additionalProperties: { type: 'integer', minimum: 9 },
  },
  minProperties: { type: 'object', properties: { a: text }, minProperties: 4 },
  'minProperties of a map': { type: 'object', additionalProperties: integer, minProperties: 3 },
  maxProperties: { type: 'object', properties: { a: text, b: text, c: text }, required: ['c'], maxProperties: 2 },
  patternProperties: {
    type: 'object',
    patternProperties: { '^x-[a-z]+$': integer },
    additionalProperties: false,
    minProperties: 3,
  },
  propertyNames: {
    type: 'object',
    propertyNames: { pattern: '^[A-Z]{2}$' },
    additionalProperties: integer,
    minProperties: 2,
  },
  ...Object.fromEntries(
    (
      [
        [2, { pattern: '^x_' }],
        [2, { pattern: '^x_[ab]$' }],
        [40, { pattern: '^x_[a-z]{1,3}$' }],
        [3, { enum: ['a', 'b', 'c', 'd'], not: { const: 'b' } }],
        [3, { anyOf: [{ const: 'a' }, { const: 'b' }, { pattern: '^q$' }] }],
        [20, { minLength: 1, maxLength: 1 }],
        [4, { minLength: 30, maxLength: 30 }],
        [30, { format: 'date' }],
        [5, { format: 'email' }],
      ] as [number, JsonObject][]
    ).map(([minProperties, propertyNames]) => [
      `${minProperties} properties named by ${JSON.stringify(propertyNames)}`,
      { type: 'object', minProperties, propertyNames, additionalProperties: { type: 'boolean' } },
    ]),
  ),
  'names that both propertyNames and patternProperties allow': {
    type: 'object',
    propertyNames: { pattern: '^x_' },
    patternProperties: { _y$: integer },
    additionalProperties: false,
    minProperties: 2,
  },
  'many names by a short pattern': {
    type: 'object',
    patternProperties: { '^[a-z]{2}$': integer },
    additionalProperties: false,
    minProperties: 200,
  },
  'unique items by a pattern': {
    type: 'array',
    items: { type: 'string', pattern: '^x_[a-z]$' },
    minItems: 20,
    uniqueItems: true,
  },
  'unique items by an enum': { type: 'array', items: { enum: ['a', 'b', 'c'] }, minItems: 3, uniqueItems: true },
  'propertyNames by enum': { type: 'object', propertyNames: { enum: ['a', 'b'] }, minProperties: 2 },
  'closed object': { type: 'object', properties: { a: text }, additionalProperties: false },
  unevaluatedProperties: {
    allOf: [{ properties: { a: text } }],
    type: 'object',
    properties: { b: text },
    required: ['a', 'b'],
    unevaluatedProperties: false,
  },
  unevaluatedItems: { type: 'array', prefixItems: [text], unevaluatedItems: false, minItems: 1 },
  'property without a value': { type: 'object', properties: { a: false, b: text } },
  __proto__: { type: 'object', required: ['constructor', 'toString'], properties: { constructor: text } },
  deep: nested(9),
  'very deep': nested(60),
  tree: { $ref: '#/components/schemas/Tree' },
  'list of itself': { $ref: '#/components/schemas/Chain' },
  'recursion by nullable': { $ref: '#/components/schemas/Linked' },
  'recursion by anyOf': { $ref: '#/components/schemas/Expression' },
  'recursion by a map': {
    type: 'object',
    additionalProperties: { $ref: '#/components/schemas/Tree' },
    minProperties: 1,
  },
  'shared base': { $ref: '#/components/schemas/Order' },
  'wide and recursive': { $ref: '#/components/schemas/Wide' },
  'faulty example': { type: 'string', format: 'date-time', examples: ['2020-01-01'] },
  'faulty default': { type: 'string', enum: ['a', 'b'], default: 'zzz' },
  'example in a composed schema': {
    allOf: [{ $ref: '#/components/schemas/Stamp' }, { description: 'when it was made' }],
  },
};

const wide = Object.fromEntries(
  Array.from({ length: 30 }, (_, i) => [`p${i}`, { $ref: '#/components/schemas/Wide' }] as const),
);

/** The schemas that cases refer to. */
export const DEFINITIONS: Readonly<Record<string, Json>> = {
  Tree: {
    type: 'object',
    required: ['id', 'kids'],
    properties: { id: integer, kids: { type: 'array', items: { $ref: '#/components/schemas/Tree' } } },
  },
  Chain: { type: 'array', items: { $ref: '#/components/schemas/Chain' } },
  Linked: {
    type: 'object',
    required: ['next'],
    properties: { next: { anyOf: [{ $ref: '#/components/schemas/Linked' }, { type: 'null' }] } },
  },
  Expression: {
    anyOf: [
      { type: 'object', required: ['not'], properties: { not: { $ref: '#/components/schemas/Expression' } } },
      {
        type: 'object',
        required: ['left', 'right'],
        properties: {
          left: { $ref: '#/components/schemas/Expression' },
          right: { $ref: '#/components/schemas/Expression' },
        },
      },
      { type: 'number' },
    ],
  },
  Base: { type: 'object', required: ['id'], properties: { id: { type: 'string', format: 'uuid' } } },
  Line: { allOf: [{ $ref: '#/components/schemas/Base' }, { required: ['count'], properties: { count: integer } }] },
  Order: {
    allOf: [
      { $ref: '#/components/schemas/Base' },
      {
        required: ['lines', 'main'],
        properties: {
          main: { $ref: '#/components/schemas/Line' },
          lines: { type: 'array', minItems: 1, items: { $ref: '#/components/schemas/Line' } },
        },
      },
    ],
  },
  Wide: { type: 'object', required: ['p0'], properties: { ...wide, p0: text } },
  Stamp: { type: 'string', format: 'date-time' },
};

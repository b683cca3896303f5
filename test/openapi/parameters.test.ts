/** Parameters: each style, exploded or not, in each place; which texts have which values, and which are refused where. */
import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../src/openapi/document/json.js';
import { readerOf } from './read-request.js';

const INTEGERS: Json = { type: 'array', items: { type: 'integer' } };
const TEXTS: Json = { type: 'array', items: { type: 'string' } };
const POINT: Json = {
  type: 'object',
  required: ['lat'],
  properties: { lat: { type: 'number' }, lng: { type: 'number' }, tag: { type: 'string' } },
};
const UNION: Json = { oneOf: [{ type: 'string', pattern: '^[a-z]+$' }, { type: 'integer' }] };

interface Case {
  readonly parameter: JsonObject;
  /** What is sent: the segment of the path, the query, the header or the cookie. */
  readonly sent: string;
  /** The value of a valid request. */
  readonly value?: Json;
  /** The violations of an invalid one. */
  readonly faults?: readonly string[];
}

const valid = (parameter: JsonObject, sent: string, value: Json): Case => ({ parameter, sent, value });
const invalid = (parameter: JsonObject, sent: string, ...faults: string[]): Case => ({ parameter, sent, faults });
const query = (schema: Json, more: JsonObject = {}): JsonObject => ({ name: 'p', in: 'query', schema, ...more });

const QUERY: readonly Case[] = [
  valid(query({ type: 'integer' }), 'p=3', 3),
  valid(query({ type: 'boolean' }), 'p=true', true),
  valid(query({ type: 'string' }), 'p=3', '3'),
  valid(query({ type: 'string' }), 'p=a+b%20c', 'a b c'),
  invalid(query({ type: 'integer' }), 'p=x', 'query p type'),
  invalid(query({ type: 'integer' }), 'p=', 'query p type'),
  invalid(query({ type: 'integer' }), 'p=1&p=2', 'query p type'),
  invalid(query({ type: 'boolean' }), 'p=maybe', 'query p type'),
  invalid(query({ type: 'string', enum: ['a'] }), 'p=b', 'query p enum'),
  invalid(query({ type: 'string', pattern: '^a$' }), 'p=b', 'query p pattern'),
  invalid(query({ type: 'integer', minimum: 3 }), 'p=2', 'query p minimum'),
  invalid(query({ type: 'string', format: 'date' }), 'p=today', 'query p format'),
  invalid(query({ type: 'string' }, { required: true }), 'q=1', 'query p required'),
  invalid(query({ type: 'string', default: 'a' }, { required: true }), 'q=1', 'query p required'),
  valid(query({ type: 'integer', default: 7 }), 'q=1', 7),
  valid(query({ type: 'integer', default: 'odd' }), 'q=1', 'odd'),
  // Types that cannot be converted without the schema.
  valid(query(UNION), 'p=abc', 'abc'),
  valid(query(UNION), 'p=12', 12),
  invalid(
    query({
      oneOf: [
        { type: 'string', maxLength: 1 },
        { type: 'integer', maximum: 9 },
      ],
    }),
    'p=123',
    'query p maximum',
    'query p oneOf',
  ),
  valid(query({ anyOf: [{ type: 'boolean' }, { type: 'integer' }] }), 'p=1', 1),
  valid(query({ anyOf: [{ type: 'boolean' }, { type: 'string' }] }), 'p=true', true),
  valid(query({ type: ['integer', 'null'] }), 'p=', null),
  valid(query({ type: ['string', 'null'] }), 'p=', ''),
  valid(query({ enum: [1, 2] }), 'p=2', 2),
  valid(query({ enum: ['1', 2] }), 'p=1', '1'),
  valid(query({ const: true }), 'p=true', true),
  valid(query({ allOf: [{ type: 'integer' }, { enum: [1, 2] }] }), 'p=2', 2),
  invalid(query({ allOf: [{ type: 'integer' }, { enum: [1, 2] }] }), 'p=3', 'query p enum'),
  valid(query({ $ref: '#/components/schemas/Alias' }), 'p=5', 5),
  valid(query({ allOf: [{ $ref: '#/components/schemas/Alias' }] }), 'p=5', 5),
  // Lists.
  valid(query(INTEGERS), 'p=1&p=2', [1, 2]),
  valid(query(INTEGERS), 'p=1', [1]),
  valid(query(INTEGERS), 'p=', []),
  invalid(query(INTEGERS), 'p=1,2', 'query p[0] type'),
  valid(query(TEXTS), 'p=a,b&p=c', ['a,b', 'c']),
  valid(query(INTEGERS, { explode: false }), 'p=1,2', [1, 2]),
  valid(query(INTEGERS, { explode: false }), 'p=1%2C2', [1, 2]),
  valid(query(TEXTS, { explode: false }), 'p=a%2Cb,c', ['a,b', 'c']),
  invalid(query(INTEGERS, { explode: false }), 'p=1&p=2', 'query p style'),
  invalid(
    query({ type: 'array', items: { type: 'integer' }, maxItems: 2 }, { explode: false }),
    'p=1,2,3',
    'query p maxItems',
  ),
  valid(query(INTEGERS, { style: 'spaceDelimited', explode: false }), 'p=1%202+3', [1, 2, 3]),
  valid(query(INTEGERS, { style: 'pipeDelimited', explode: false }), 'p=1|2%7C3', [1, 2, 3]),
  valid(query(INTEGERS, { style: 'pipeDelimited', explode: true }), 'p=1&p=2', [1, 2]),
  valid(query({ anyOf: [{ type: 'string' }, TEXTS] }), 'p=a&p=b', ['a', 'b']),
  valid(query({ type: 'array', items: { oneOf: [{ type: 'integer' }, { type: 'string' }] } }), 'p=1&p=a', [1, 'a']),
  valid({ name: 'p[]', in: 'query', schema: INTEGERS }, 'p%5B%5D=1&p[]=2', [1, 2]),
  // Objects.
  valid(query(POINT), 'lat=1&lng=2&other=3', { lat: 1, lng: 2 }),
  invalid(query(POINT), 'lng=2', 'query p.lat required'),
  valid(query(POINT, { explode: false }), 'p=lat,1,lng,2', { lat: 1, lng: 2 }),
  invalid(query(POINT, { explode: false }), 'p=lat,x', 'query p.lat type'),
  invalid(query(POINT, { explode: false }), 'p=lat', 'query p style'),
  valid(query(POINT, { style: 'pipeDelimited', explode: false }), 'p=lat|1|tag|a', { lat: 1, tag: 'a' }),
  valid(query(POINT, { style: 'deepObject' }), 'p[lat]=1&p%5Btag%5D=a%26b', { lat: 1, tag: 'a&b' }),
  invalid(query(POINT, { style: 'deepObject' }), 'p[lat]=x', 'query p.lat type'),
  invalid(query(POINT, { style: 'deepObject' }), 'p[tag]=x', 'query p.lat required'),
  invalid(query(POINT, { style: 'deepObject', required: true }), 'q=1', 'query p required'),
  valid(
    query(
      { type: 'object', properties: { a: { type: 'object', properties: { b: INTEGERS } } } },
      { style: 'deepObject' },
    ),
    'p[a][b][]=1&p[a][b][]=2',
    { a: { b: [1, 2] } },
  ),
  valid(query({ type: 'object', additionalProperties: { type: 'integer' } }, { style: 'deepObject' }), 'p[x]=1', {
    x: 1,
  }),
  valid(query({ type: 'array', items: { type: 'integer' } }, { style: 'deepObject' }), 'p[1]=2&p[0]=1', [1, 2]),
  // Other media types, empty values.
  valid({ name: 'p', in: 'query', content: { 'application/json': { schema: POINT } } }, 'p=%7B%22lat%22%3A1%7D', {
    lat: 1,
  }),
  invalid({ name: 'p', in: 'query', content: { 'application/json': { schema: POINT } } }, 'p={', 'query p json'),
  invalid(
    { name: 'p', in: 'query', content: { 'application/json': { schema: POINT } } },
    'p={}',
    'query p.lat required',
  ),
  valid(query({ type: 'integer' }, { allowEmptyValue: true }), 'p=', ''),
  valid(query({ type: 'integer' }, { allowEmptyValue: true }), 'p', ''),
  valid(query({ type: 'string' }, { allowReserved: true }), 'p=/a?b=c:d', '/a?b=c:d'),
];

const path = (schema: Json, more: JsonObject = {}): JsonObject => ({
  name: 'p',
  in: 'path',
  required: true,
  schema,
  ...more,
});
const PATH: readonly Case[] = [
  valid(path({ type: 'integer' }), '3', 3),
  invalid(path({ type: 'integer' }), 'x', 'path p type'),
  valid(path(INTEGERS), '1,2', [1, 2]),
  invalid(path(INTEGERS), '1,x', 'path p[1] type'),
  valid(path(TEXTS), 'a%2Cb,c', ['a,b', 'c']),
  valid(path(POINT), 'lat,1,tag,a', { lat: 1, tag: 'a' }),
  valid(path(POINT, { explode: true }), 'lat=1,tag=a', { lat: 1, tag: 'a' }),
  valid(path({ type: 'integer' }, { style: 'label' }), '.3', 3),
  invalid(path({ type: 'integer' }, { style: 'label' }), '3', 'path p style'),
  valid(path(INTEGERS, { style: 'label' }), '.1,2', [1, 2]),
  valid(path(INTEGERS, { style: 'label', explode: true }), '.1.2', [1, 2]),
  valid(path(POINT, { style: 'label' }), '.lat,1,tag,a', { lat: 1, tag: 'a' }),
  valid(path(POINT, { style: 'label', explode: true }), '.lat=1.tag=a', { lat: 1, tag: 'a' }),
  valid(path({ type: 'integer' }, { style: 'matrix' }), ';p=3', 3),
  valid(path({ type: 'integer' }, { style: 'matrix', explode: true }), ';p=3', 3),
  valid(path(INTEGERS, { style: 'matrix' }), ';p=1,2', [1, 2]),
  valid(path(INTEGERS, { style: 'matrix', explode: true }), ';p=1;p=2', [1, 2]),
  valid(path(POINT, { style: 'matrix' }), ';p=lat,1,tag,a', { lat: 1, tag: 'a' }),
  valid(path(POINT, { style: 'matrix', explode: true }), ';lat=1;tag=a', { lat: 1, tag: 'a' }),
  invalid(path(INTEGERS, { style: 'matrix' }), '1,2', 'path p style'),
  valid({ name: 'p', in: 'path', content: { 'application/json': { schema: INTEGERS } } }, '%5B1%5D', [1]),
];

const header = (schema: Json, more: JsonObject = {}): JsonObject => ({ name: 'X-P', in: 'header', schema, ...more });
const HEADER: readonly Case[] = [
  valid(header({ type: 'integer' }), '3', 3),
  invalid(header({ type: 'integer' }), 'x', 'header X-P type'),
  valid(header(INTEGERS), '1, 2', [1, 2]),
  valid(header(TEXTS), 'a%2C,b', ['a%2C', 'b']),
  valid(header(POINT), 'lat,1,tag,a', { lat: 1, tag: 'a' }),
  valid(header(POINT, { explode: true }), 'lat=1,tag=a', { lat: 1, tag: 'a' }),
  invalid(header(POINT, { explode: true }), 'lat=x', 'header X-P.lat type'),
];

const cookie = (schema: Json, more: JsonObject = {}): JsonObject => ({ name: 'p', in: 'cookie', schema, ...more });
const COOKIE: readonly Case[] = [
  valid(cookie({ type: 'integer' }), 'a=b; p=3', 3),
  invalid(cookie({ type: 'integer' }), 'p=x', 'cookie p type'),
  invalid(cookie({ type: 'integer' }, { required: true }), 'a=b', 'cookie p required'),
  valid(cookie(INTEGERS, { explode: false }), 'p=1,2', [1, 2]),
  valid(cookie(INTEGERS), 'p=1; p=2', [1, 2]),
  valid(cookie(POINT, { explode: false }), 'p=lat,1,tag,a%20b', { lat: 1, tag: 'a b' }),
];

/** The document's own description of a value that was read: a check that accepts only that value. */
function check({ parameter, sent, value, faults }: Case): void {
  const place = parameter['in'];
  const route = place === 'path' ? '/x/{p}' : '/x';
  const read = readerOf({ [route]: { get: { parameters: [parameter], responses: {} } } } as JsonObject, {
    components: { schemas: { Alias: { $ref: '#/components/schemas/Number' }, Number: { type: 'integer' } } },
  });
  const target = place === 'path' ? `/x/${sent}` : place === 'query' ? `/x?${sent}` : '/x';
  const headers = place === 'header' ? { 'x-p': sent } : place === 'cookie' ? { cookie: sent } : {};
  const { faults: found, parameters } = read({ target, headers: headers as Record<string, string> });
  expect(found).toEqual(faults ?? []);
  if (value !== undefined) expect(parameters[String(parameter['name'])]).toEqual(value);
}

const titled = (cases: readonly Case[]) =>
  cases.map((one) => {
    const { name: _, in: place, ...rest } = one.parameter;
    return [`${place} ${one.sent} of ${JSON.stringify(rest)}`, one] as const;
  });

describe('a parameter', () => {
  it.each(titled([...QUERY, ...PATH, ...HEADER, ...COOKIE]))('%s', (_, one) => check(one));

  it('that is the whole query is read by its media type', () => {
    const of = (content: Json) =>
      readerOf(
        { '/x': { get: { parameters: [{ name: 'p', in: 'querystring', content }], responses: {} } } } as JsonObject,
        {},
        '3.2.0',
      );
    const form = of({ 'application/x-www-form-urlencoded': { schema: POINT } });
    expect(form({ target: '/x?lat=1&tag=a' }).parameters['p']).toEqual({ lat: 1, tag: 'a' });
    expect(form({ target: '/x?tag=a' }).faults).toEqual(['query lat required']);
    const json = of({ 'application/json': { schema: POINT } });
    expect(json({ target: '/x?%7B%22lat%22:1%7D' }).parameters['p']).toEqual({ lat: 1 });
  });

  it('of several in one place takes only what is its own', () => {
    const read = readerOf({
      '/x': {
        get: {
          parameters: [
            { name: 'filter', in: 'query', schema: { type: 'object', additionalProperties: { type: 'integer' } } },
            { name: 'near', in: 'query', style: 'deepObject', schema: POINT },
            { name: 'page', in: 'query', schema: { type: 'integer' } },
          ],
          responses: {},
        },
      },
    } as JsonObject);
    const { parameters, faults } = read({ target: '/x?a=1&near[lat]=2&page=3' });
    expect(faults).toEqual([]);
    expect(parameters).toEqual({ filter: { a: 1 }, near: { lat: 2 }, page: 3 });
  });

  it('may have any name, also where they are read together', () => {
    const parameters = ['__proto__', 'constructor', 'toString', 'page'].map((name) => ({
      name,
      in: 'query',
      schema: { type: 'integer' },
    }));
    const read = readerOf({ '/x': { get: { parameters, responses: {} } } } as JsonObject);
    expect(read({ target: '/x?page=1' }).faults).toEqual([]);
    expect(read({ target: '/x?constructor=1&toString=x' }).faults).toEqual(['query toString type']);
    expect(read({ target: '/x?__proto__=x' }).faults).toEqual(['query __proto__ type']);
  });

  it('may have any name', () => {
    const read = readerOf({
      '/x': {
        get: {
          parameters: ['__proto__', 'constructor', 'toString'].map((name) => ({
            name,
            in: 'query',
            explode: false,
            schema: INTEGERS,
          })),
          responses: {},
        },
      },
    } as JsonObject);
    expect(read({ target: '/x' }).faults).toEqual([]);
    expect(read({ target: '/x?constructor=1&toString=x' }).faults).toEqual(['query toString[0] type']);
  });
});

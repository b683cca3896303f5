/** Bodies by media type: which bytes have which value, and which are refused where. */
import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../src/openapi/document/json.js';
import { bodyReaderOf, readerOf } from './read-request.js';

const ORDER: Json = {
  type: 'object',
  required: ['to'],
  properties: {
    to: { type: 'string' },
    n: { type: 'integer', minimum: 1 },
    ok: { type: 'boolean' },
    tags: { type: 'array', items: { type: 'string' } },
    ids: { type: 'array', items: { type: 'integer' } },
    at: {
      type: 'object',
      properties: { lat: { type: 'number' }, near: { type: 'object', properties: { m: { type: 'integer' } } } },
    },
    mixed: { oneOf: [{ type: 'integer' }, { type: 'string', enum: ['all'] }] },
    none: { type: ['integer', 'null'] },
  },
};
const CLOSED: Json = { type: 'object', additionalProperties: false, properties: { a: { type: 'integer' } } };

type Row = readonly [body: string, value: Json | undefined, ...faults: string[]];

const FORM: readonly Row[] = [
  ['to=a&n=3', { to: 'a', n: 3 }],
  ['to=%2B49+1', { to: '+49 1' }],
  ['n=3', undefined, 'body to required'],
  ['to=a&n=x', undefined, 'body n type'],
  ['to=a&n=0', undefined, 'body n minimum'],
  ['to=a&to=b', undefined, 'body to type'],
  ['to=a&ok=true', { to: 'a', ok: true }],
  ['to=1', { to: '1' }],
  ['to=a&tags=x&tags=y', { to: 'a', tags: ['x', 'y'] }],
  ['to=a&tags=x', { to: 'a', tags: ['x'] }],
  ['to=a&tags[]=x&tags%5B%5D=y', { to: 'a', tags: ['x', 'y'] }],
  ['to=a&tags[1]=y&tags[0]=x', { to: 'a', tags: ['x', 'y'] }],
  ['to=a&ids=1&ids=x', undefined, 'body ids[1] type'],
  ['to=a&at[lat]=1.5&at[near][m]=2', { to: 'a', at: { lat: 1.5, near: { m: 2 } } }],
  ['to=a&at[lat]=x', undefined, 'body at.lat type'],
  ['to=a&at=%7B%22lat%22:1%7D', { to: 'a', at: { lat: 1 } }],
  ['to=a&mixed=all', { to: 'a', mixed: 'all' }],
  ['to=a&mixed=7', { to: 'a', mixed: 7 }],
  ['to=a&none=', { to: 'a', none: null }],
  ['to=a&other=1&other=2', { to: 'a', other: ['1', '2'] }],
  ['to', { to: '' }],
  ['&&to=a&', { to: 'a' }],
  ['to=%E0%A4%A', { to: '\uFFFD%A' }],
];

const XML: Json = {
  type: 'object',
  required: ['id'],
  xml: { name: 'order', namespace: 'https://example.com/', prefix: 'o' },
  properties: {
    id: { type: 'integer', xml: { attribute: true } },
    name: { type: 'string', xml: { name: 'label' } },
    price: { type: 'number' },
    open: { type: 'boolean' },
    tags: { type: 'array', xml: { wrapped: true, name: 'labels' }, items: { type: 'string', xml: { name: 'one' } } },
    lines: { type: 'array', items: { $ref: '#/components/schemas/Line' } },
    none: { type: ['string', 'null'] },
  },
};
const COMPONENTS: JsonObject = {
  components: {
    schemas: {
      Line: {
        type: 'object',
        required: ['sku'],
        xml: { name: 'line' },
        properties: { sku: { type: 'string' }, n: { type: 'integer' } },
      },
    },
  },
} as JsonObject;

const XMLS: readonly Row[] = [
  ['<order id="7"/>', { id: 7 }],
  [
    '<?xml version="1.0"?><o:order xmlns:o="https://example.com/" id="7"><o:label>a</o:label></o:order>',
    { id: 7, name: 'a' },
  ],
  ['<order id="7"><label> a &lt;b&gt; &#65;&amp;#x42; </label></order>', { id: 7, name: ' a <b> A&#x42; ' }],
  ['<order id="7"><label><![CDATA[<x>]]></label></order>', { id: 7, name: '<x>' }],
  ['<order id="7"><price> 1.5 </price><open>true</open></order>', { id: 7, price: 1.5, open: true }],
  ['<order id="7"><labels><one>1</one></labels></order>', { id: 7, tags: ['1'] }],
  ['<order id="7"><labels><one>1</one><one>b</one></labels></order>', { id: 7, tags: ['1', 'b'] }],
  ['<order id="7"><labels/></order>', { id: 7, tags: [] }],
  ['<order id="7"><line><sku>1</sku><n>2</n></line></order>', { id: 7, lines: [{ sku: '1', n: 2 }] }],
  [
    '<order id="7"><line><sku>1</sku></line><line><sku>2</sku></line></order>',
    { id: 7, lines: [{ sku: '1' }, { sku: '2' }] },
  ],
  ['<order id="7"><line><n>2</n></line></order>', undefined, 'body lines[0].sku required'],
  ['<order id="7"><line><sku>a</sku><n>x</n></line></order>', undefined, 'body lines[0].n type'],
  [
    '<order id="7"><none xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true"/></order>',
    { id: 7, none: null },
  ],
  ['<order/>', undefined, 'body id required'],
  ['<order id="x"/>', undefined, 'body id type'],
  ['<order id="7"><extra><a>1</a><a>2</a></extra></order>', { id: 7, extra: { a: ['1', '2'] } }],
  ['<order id="7">', undefined, 'body xml'],
  ['order', undefined, 'body xml'],
  [
    '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><order id="7"><label>&b;</label></order>',
    { id: 7, name: '&b;' },
  ],
];

const JSONS: readonly Row[] = [
  ['{"to":"a"}', { to: 'a' }],
  ['{}', undefined, 'body to required'],
  ['{"to":1}', undefined, 'body to type'],
  ['{"to":', undefined, 'body json'],
  ['"x"', undefined, 'body type'],
  ['{"to":"a","n":0,"ok":1}', undefined, 'body n minimum', 'body ok type'],
];

const LINES: readonly Row[] = [
  ['{"a":1}\n{"a":2}\n', [{ a: 1 }, { a: 2 }]],
  ['{"a":1}\r\n\r\n{"a":2}', [{ a: 1 }, { a: 2 }]],
  ['{"a":1}\n{"a":"x"}', undefined, 'body [1].a type'],
  ['{"a":1}\n{"b":1}', undefined, 'body [1].b additionalProperties'],
  ['{"a":1}\n{', undefined, 'body [1] json'],
];

const TABLES: readonly (readonly [type: string, media: JsonObject, rows: readonly Row[]])[] = [
  ['application/x-www-form-urlencoded', { schema: ORDER }, FORM],
  ['application/xml', { schema: XML }, XMLS],
  ['application/vnd.example+xml', { schema: XML }, XMLS.slice(0, 3)],
  ['application/json', { schema: ORDER }, JSONS],
  ['application/vnd.example+json', { schema: ORDER }, JSONS],
  ['application/x-ndjson', { itemSchema: CLOSED }, LINES],
  ['application/x-ndjson', { schema: { type: 'array', items: CLOSED } }, LINES],
  ['application/x-ndjson', { schema: CLOSED }, LINES],
  ['application/json-seq', { itemSchema: CLOSED }, [['\x1e{"a":1}\n\x1e{"a":2}\n', [{ a: 1 }, { a: 2 }]]]],
  [
    'text/plain',
    { schema: { type: 'string', maxLength: 3 } },
    [
      ['abc', 'abc'],
      ['abcd', undefined, 'body maxLength'],
      ['12', '12'],
    ],
  ],
  [
    'text/plain',
    { schema: { type: 'integer' } },
    [
      ['12', 12],
      ['x', undefined, 'body type'],
    ],
  ],
  ['text/csv', { schema: { type: 'string' } }, [['a,b\n1,2', 'a,b\n1,2']]],
  ['application/octet-stream', { schema: { type: 'string', format: 'binary' } }, [['{', '{']]],
  // Bytes are not the base64 that stands for them in JSON, and not the object that they may mean.
  ['application/octet-stream', { schema: { type: 'string', format: 'byte' } }, [['%{', '%{']]],
  ['application/octet-stream', { schema: { type: 'object', required: ['name'] } }, [['%{', '%{']]],
  ['application/octet-stream', { schema: { type: 'string', maxLength: 1 } }, [['%{', undefined, 'body maxLength']]],
  ['image/png', {}, [['\x89PNG', undefined]]],
];

describe.each(TABLES)('%s by %j', (type, media, rows) => {
  const read = bodyReaderOf({ [type]: media } as Json, { more: COMPONENTS });

  it.each(rows.map((row) => [row] as const))('%j', ([body, value, ...faults]) => {
    const checked = read(body, type);
    expect(checked.faults).toEqual(faults);
    if (value !== undefined) expect(checked.body).toEqual(value);
  });

  it('is refused when it is missing, and only then', () => {
    expect(read('', type).faults.length).toBeGreaterThan(0);
    expect(bodyReaderOf({ [type]: media } as Json, { required: false, more: COMPONENTS })('', type).faults).toEqual([]);
  });

  it('is read by its type if the request names none', () => {
    const [body, value, ...faults] = rows[0]!;
    const checked = read(body);
    expect(checked.faults).toEqual(faults);
    if (value !== undefined) expect(checked.body).toEqual(value);
  });
});

describe('a missing body', () => {
  it.each([
    ['application/json', { schema: ORDER }, 'body to required'],
    ['application/json', { schema: { type: 'object', properties: {} } }, 'body required'],
    ['application/json', { schema: { type: 'array' } }, 'body required'],
    ['application/json', {}, 'body required'],
    ['application/x-www-form-urlencoded', { schema: ORDER }, 'body to required'],
    ['multipart/form-data', { schema: ORDER }, 'body to required'],
    ['application/octet-stream', {}, 'body required'],
    ['text/plain', { schema: { type: 'string' } }, 'body required'],
  ])('of %s is refused', (type, media, fault) => {
    expect(bodyReaderOf({ [type]: media } as Json)('', type).faults).toEqual([fault]);
  });
});

describe('a media type', () => {
  const CONTENT: Json = {
    'application/json': { schema: CLOSED },
    'application/x-www-form-urlencoded': { schema: ORDER },
    'image/*': {},
    'application/vnd.v2+json; version=2': { schema: ORDER },
  };
  it.each([
    ['application/json', '{"a":1}', []],
    ['application/json; charset=utf-8', '{"a":"x"}', ['body a type']],
    ['APPLICATION/JSON', '{"a":1}', []],
    ['application/problem+json', '{"a":1}', []],
    ['application/vnd.v2+json;version=2', '{"to":"a"}', []],
    ['application/x-www-form-urlencoded', 'to=a', []],
    ['image/png', 'x', []],
    ['text/plain', '{"a":1}', ['header Content-Type media-type']],
    ['application/xml', '<a/>', ['header Content-Type media-type']],
    ['multipart/form-data; boundary=x', 'x', ['header Content-Type media-type']],
    ['nonsense', 'x', ['header Content-Type media-type']],
  ])('%s of %s', (type, body, faults) => {
    expect(bodyReaderOf(CONTENT)(body, type).faults).toEqual(faults);
  });

  it('that the document does not have is refused with those that it has', () => {
    const [violation] = bodyReaderOf(CONTENT)('x', 'text/csv').violations;
    expect(violation).toMatchObject({ keyword: 'media-type', expected: Object.keys(CONTENT as JsonObject) });
  });

  it('does not matter for JSON if the document has nothing else', () => {
    const read = bodyReaderOf({ 'application/json': { schema: ORDER } });
    for (const type of [undefined, 'text/plain', 'application/x-www-form-urlencoded', 'application/octet-stream'])
      expect(read('{"to":"a"}', type).body).toEqual({ to: 'a' });
    expect(read('to=a', 'application/x-www-form-urlencoded').faults).toEqual(['body json']);
    expect(read('<a/>', 'application/xml').faults).toEqual(['header Content-Type media-type']);
    for (const type of ['application/xml', 'image/png'])
      expect(read('{"to":"a"}', type).faults).toEqual(['header Content-Type media-type']);
  });

  it('may be any', () => {
    const read = bodyReaderOf({ '*/*': { schema: ORDER } });
    expect(read('{"to":"a"}', 'application/json').body).toEqual({ to: 'a' });
    expect(read('to=a', 'application/x-www-form-urlencoded').body).toEqual({ to: 'a' });
  });

  it('of a request that the document gives no body is not looked at', () => {
    const read = readerOf({ '/b': { post: { responses: {} } } } as unknown as JsonObject);
    expect(read({ target: '/b', body: '<', headers: { 'content-type': 'application/xml' } }).faults).toEqual([]);
  });
});

describe('a charset', () => {
  const read = bodyReaderOf({ 'application/json': { schema: ORDER } });
  it.each([
    ['utf-16le', Buffer.from('{"to":"é"}', 'utf16le')],
    ['iso-8859-1', Buffer.from('{"to":"é"}', 'latin1')],
    ['UTF-8', Buffer.from('\ufeff{"to":"é"}')],
  ])('%s is decoded', (charset, bytes) => {
    expect(read(bytes, `application/json; charset="${charset}"`).body).toEqual({ to: 'é' });
  });

  it('that is unknown is refused', () => {
    expect(read('{}', 'application/json; charset=klingon').faults).toEqual(['header Content-Type media-type']);
  });
});

describe('encodings of a form', () => {
  const of = (encoding: Json, properties: Json) =>
    bodyReaderOf({ 'application/x-www-form-urlencoded': { schema: { type: 'object', properties }, encoding } } as Json);
  const ids: Json = { type: 'array', items: { type: 'integer' } };
  const at: Json = { type: 'object', properties: { lat: { type: 'number' }, lng: { type: 'number' } } };
  it.each([
    [{ ids: { style: 'form', explode: false } }, 'ids=1,2', { ids: [1, 2] }],
    [{ ids: { style: 'spaceDelimited', explode: false } }, 'ids=1%202', { ids: [1, 2] }],
    [{ ids: { style: 'pipeDelimited', explode: false } }, 'ids=1|2', { ids: [1, 2] }],
    [{ ids: { style: 'form', explode: true } }, 'ids=1&ids=2', { ids: [1, 2] }],
    [{ at: { style: 'deepObject' } }, 'at[lat]=1&at[lng]=2', { at: { lat: 1, lng: 2 } }],
    [{ at: { style: 'form', explode: false } }, 'at=lat,1,lng,2', { at: { lat: 1, lng: 2 } }],
    [{ at: { style: 'form', explode: true } }, 'lat=1&lng=2', { at: { lat: 1, lng: 2 } }],
    [{ at: { contentType: 'application/json' } }, 'at=%7B%22lat%22:1%7D', { at: { lat: 1 } }],
  ] as const)('%j', (encoding, body, value) => {
    const checked = of(encoding as unknown as Json, { ids, at })(body, 'application/x-www-form-urlencoded');
    expect(checked.faults).toEqual([]);
    expect(checked.body).toEqual(value);
  });

  it('that are not met are told', () => {
    const type = 'application/x-www-form-urlencoded';
    expect(of({ at: { contentType: 'application/json' } }, { at })('at={', type).faults).toEqual(['body at json']);
    expect(of({ at: { style: 'form', explode: false } }, { at })('at=lat', type).faults).toEqual(['body at style']);
  });
});

describe('defaults', () => {
  const read = (schema: Json) => bodyReaderOf({ 'application/json': { schema } });
  it.each<[string, Json, string, Json]>([
    ['are filled in', { properties: { a: { default: 1 } } }, '{}', { a: 1 }],
    [
      'that are invalid do not make a request invalid',
      { properties: { a: { type: 'integer', default: 'x' } } },
      '{}',
      { a: 'x' },
    ],
    [
      'of alternatives that do not apply do not either',
      {
        anyOf: [
          { $ref: '#/components/schemas/A' },
          { type: 'object', properties: { b: {} }, additionalProperties: false },
        ],
      },
      '{"b":1}',
      { b: 1 },
    ],
  ])('%s', (_, schema, body, value) => {
    const of = bodyReaderOf(
      { 'application/json': { schema } },
      {
        more: {
          components: {
            schemas: {
              A: {
                type: 'object',
                required: ['c'],
                properties: { a: { default: 1 }, c: { $ref: '#/components/schemas/C' } },
              },
              C: { allOf: [{ type: 'string' }, { $ref: '#/components/schemas/D' }] },
              D: { minLength: 1 },
            },
          },
        } as JsonObject,
      },
    );
    const checked = of(body, 'application/json');
    expect(checked.faults).toEqual([]);
    expect(checked.body).toMatchObject(value as object);
  });

  it('of required properties do not stand for them', () => {
    expect(read({ required: ['a'], properties: { a: { default: 1 } } })('{}', 'application/json').faults).toEqual([
      'body a required',
    ]);
  });
});

/**
 * Answers from the document on the wire: media types, headers, statuses, preferences. The same in-process and over a socket.
 */
import { afterEach, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/openapi/document/json.js';
import { closeMocks, WAYS } from '../../helpers/ways.js';
import { answering, serve } from './served.js';

afterEach(closeMocks);

const PET = { $ref: '#/components/schemas/Pet' };
const COMPONENTS: JsonObject = {
  schemas: {
    Pet: {
      type: 'object',
      required: ['id', 'name'],
      xml: { name: 'pet' },
      properties: {
        id: { type: 'integer', xml: { attribute: true } },
        name: { type: 'string', example: 'Rex & "Co"' },
      },
    },
  },
};
const content = (...types: string[]) => ({ content: Object.fromEntries(types.map((type) => [type, { schema: PET }])) });
const bytesOf = async (response: Response) => Buffer.from(await response.arrayBuffer());

describe.each(WAYS)('%s', (way) => {
  const open = (paths: JsonObject, changes?: object) => serve(way, paths, COMPONENTS, changes);

  describe('content negotiation', () => {
    const types = ['application/xml', 'text/csv', 'application/json', 'application/x-ndjson', 'text/event-stream'];
    test.each([
      [undefined, 'application/json'],
      ['*/*', 'application/json'],
      ['text/html, */*;q=0.1', 'application/json'],
      ['application/xml', 'application/xml'],
      ['application/json;q=0.2, text/csv;q=0.9', 'text/csv'],
      ['text/*', 'text/csv'],
      ['application/json; charset=utf-8', 'application/json'],
      ['application/*;q=0.5, text/event-stream', 'text/event-stream'],
    ])('Accept: %s is answered as %s', async (accept, expected) => {
      const { send } = await open({ '/pet': { get: answering(content(...types)) } });
      const response = await send('/v1/pet', accept === undefined ? {} : { headers: { accept } });
      expect([response.status, response.headers.get('content-type')]).toEqual([200, expected]);
    });

    test('what the client does not accept is 406', async () => {
      const { send } = await open({ '/pet': { get: answering(content('application/json')) } });
      const response = await send('/v1/pet', { headers: { accept: 'image/png, application/json;q=0' } });
      expect(response.status).toBe(406);
    });

    test.each([
      ['application/json', 'application/atom+xml'],
      ['application/problem+json', 'application/vnd.github+json'],
      ['text/plain', 'application/vnd.github+json'],
    ])('%s is not acceptable for Accept: %s', async (documented, accept) => {
      const { send } = await open({ '/pet': { get: answering(content(documented)) } });
      expect((await send('/v1/pet', { headers: { accept } })).status).toBe(406);
    });

    test.each([
      ['image/*', undefined, 'image/png'],
      ['image/*', 'image/jpeg', 'image/jpeg'],
      ['*/*', undefined, 'application/json'],
      ['*/*', 'application/xml', 'application/xml'],
      ['application/*', undefined, 'application/json'],
      ['text/*', undefined, 'text/plain'],
      ['application/hal+json', 'application/json', 'application/hal+json'],
      ['application/json', 'application/vnd.github+json', 'application/json'],
      ['application/json', 'application/vnd.x.v3+json; charset=utf-8', 'application/json'],
      ['application/xml', 'application/atom+xml', 'application/xml'],
    ])('%s for Accept: %s is %s', async (documented, accept, expected) => {
      const { send } = await open({ '/x': { get: answering({ content: { [documented]: {} } }) } });
      const response = await send('/v1/x', accept === undefined ? {} : { headers: { accept } });
      expect([response.status, response.headers.get('content-type')]).toEqual([200, expected]);
    });
  });

  test.each([
    [
      'application/xml',
      '<?xml version="1.0" encoding="UTF-8"?>\n<pet id="1"><name>Rex &amp; &quot;Co&quot;</name></pet>',
    ],
    ['text/csv', 'id,name\r\n1,"Rex & ""Co"""\r\n'],
    ['application/x-ndjson', '{"id":1,"name":"Rex & \\"Co\\""}\n'],
    ['application/json-seq', '\x1e{"id":1,"name":"Rex & \\"Co\\""}\n'],
    ['text/event-stream', 'data: {"id":1,"name":"Rex & \\"Co\\""}\n\n'],
    ['application/x-www-form-urlencoded', 'id=1&name=Rex+%26+%22Co%22'],
    ['application/yaml', '{\n  "id": 1,\n  "name": "Rex & \\"Co\\""\n}'],
  ])('a value is written as %s', async (type, expected) => {
    const { send } = await open({ '/pet': { get: answering(content(type)) } });
    const response = await send('/v1/pet');
    expect([response.headers.get('content-type'), await response.text()]).toEqual([type, expected]);
  });

  test.each([
    ['image/png', /^.PNG\r\n.\n.*IEND/s],
    ['image/gif', /^GIF89a/],
    ['image/jpeg', /^\xff\xd8\xff/],
    ['image/webp', /^RIFF....WEBP/s],
    ['image/svg+xml', /^<svg /],
    ['application/pdf', /^%PDF-1\.4\n.*%%EOF\n$/s],
    ['application/zip', /^PK/],
    ['application/octet-stream', /^.{16}$/s],
  ])('%s is a small file of that type', async (type, expected) => {
    const { send } = await open({
      '/file': { get: answering({ content: { [type]: { schema: { type: 'string', format: 'binary' } } } }) },
    });
    const response = await send('/v1/file');
    const bytes = await bytesOf(response);
    expect(response.headers.get('content-type')).toBe(type);
    expect(bytes.toString('latin1')).toMatch(expected);
    if (way === 'over a socket') expect(response.headers.get('content-length')).toBe(String(bytes.length));
  });

  test('streams of examples and of item schemas end', async () => {
    const events = { a: { value: [{ event: 'tick', id: '1', data: 'line 1\nline 2' }, { data: { n: 1 } }] } };
    const { send } = await open({
      '/events': { get: answering({ content: { 'text/event-stream': { examples: events } } }) },
      '/written': { get: answering({ content: { 'text/event-stream': { example: 'data: one\n\ndata: two' } } }) },
      '/items': { get: answering({ content: { 'application/jsonl': { itemSchema: PET } } }) },
    });
    expect(await (await send('/v1/events')).text()).toBe(
      'event: tick\nid: 1\ndata: line 1\ndata: line 2\n\ndata: {"n":1}\n\n',
    );
    expect(await (await send('/v1/written')).text()).toBe('data: one\n\ndata: two\n\n');
    expect(await (await send('/v1/items')).text()).toBe('{"id":1,"name":"Rex & \\"Co\\""}\n');
  });

  test('every documented header is sent', async () => {
    const headers = {
      'X-Example': { example: 'from the header', schema: { type: 'string', example: 'from the schema' } },
      'X-Named': { examples: { a: { value: 7 } } },
      'X-Schema': { schema: { type: 'integer', minimum: 5 } },
      'X-List': { schema: { type: 'array', items: { type: 'integer' }, minItems: 2 } },
      'X-Map': { schema: { type: 'object', properties: { a: { const: 1 }, b: { const: 'x' } } } },
      'X-Exploded': { explode: true, schema: { type: 'object', properties: { a: { const: 1 }, b: { const: 'x' } } } },
      'X-Json': { content: { 'application/json': { example: { a: [1] } } } },
      'X-RateLimit-Limit': { schema: { type: 'integer', example: 60 } },
      'X-Referenced': { $ref: '#/components/headers/Total' },
      'Content-Type': { schema: { type: 'string', example: 'text/none' } },
      'Set-Cookie': { schema: { type: 'array', items: { type: 'string' }, example: ['a=1; Path=/', 'b=2'] } },
      ETag: { schema: { type: 'string', example: '"v1"' } },
    };
    const { send } = await serve(
      way,
      { '/pet': { get: answering({ headers, ...content('application/json') }) } },
      {
        ...COMPONENTS,
        headers: { Total: { schema: { type: 'integer', default: 3 } } },
      },
    );
    const response = await send('/v1/pet');
    const all = Object.fromEntries(response.headers);
    expect(all).toMatchObject({
      'x-example': 'from the header',
      'x-named': '7',
      'x-schema': '5',
      'x-list': '1,2',
      'x-map': 'a,1,b,x',
      'x-exploded': 'a=1,b=x',
      'x-json': '{"a":[1]}',
      'x-ratelimit-limit': '60',
      'x-referenced': '3',
      'content-type': 'application/json',
      etag: '"v1"',
    });
    expect(response.headers.getSetCookie()).toEqual(['a=1; Path=/', 'b=2']);
  });

  test("headers that the profile sends by its own rules are not the document's", async () => {
    const headers = { 'X-Mode': { example: 'document' }, 'X-Other': { example: 'document' } };
    const changes = { headers: { 'X-Mode': { text: 'profile', evidence: { level: 'assumed', note: 'none' } } } };
    const { send } = await open({ '/pet': { get: answering({ headers }) } }, changes);
    const response = await send('/v1/pet');
    expect([response.headers.get('x-mode'), response.headers.get('x-other')]).toEqual(['profile', 'document']);
  });

  test('Location is the path of what was created, and Link that of the next page', async () => {
    const text = { schema: { type: 'string' } };
    const id = { name: 'petId', in: 'path', required: true, schema: { type: 'integer' } };
    const owner = { name: 'owner', in: 'path', required: true, schema: { type: 'string' } };
    const { send } = await open({
      '/{owner}/pets': {
        post: {
          parameters: [owner],
          ...answering({ headers: { Location: text }, ...content('application/json') }, '201'),
        },
        get: { parameters: [owner], ...answering({ headers: { Link: text } }) },
      },
      '/{owner}/pets/{petId}': {
        get: { operationId: 'getPet', parameters: [owner, id], ...answering(content('application/json')) },
      },
      '/copies': {
        post: answering(
          {
            headers: { Location: text },
            links: { it: { operationId: 'getPet', parameters: { owner: 'me', petId: '$response.body#/id' } } },
            ...content('application/json'),
          },
          '201',
        ),
      },
      '/elsewhere': {
        post: answering({ headers: { Location: { schema: { type: 'string', example: '/x' } } } }, '201'),
      },
    });
    const location = async (path: string) =>
      (await send(path, { method: 'POST' })).headers.get('location')?.replace(/^https?:\/\/[^/]+/, '');
    expect(await location('/v1/a%20b/pets')).toBe('/v1/a%20b/pets/1');
    expect(await location('/v1/copies')).toBe('/v1/me/pets/1');
    expect(await location('/v1/elsewhere')).toBe('/x');
    expect((await send('/v1/me/pets')).headers.get('link')).toMatch(/^<http[^>]+\/v1\/me\/pets\?page=2>; rel="next"$/);
  });

  test.each([
    [['201', '200', '404'], 200],
    [['404', '2XX', 'default'], 200],
    [['default', '404'], 200],
    [['default', '302'], 302],
    [['204', 'default'], 204],
    [['101', '202'], 202],
  ] as const)('of the responses %j, %i is sent', async (statuses, expected) => {
    const responses = Object.fromEntries(statuses.map((status) => [status, { description: 'x' }]));
    const { send } = await open({ '/x': { get: { responses } } });
    const response = await send('/v1/x', { redirect: 'manual' });
    expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([
      expected,
      null,
      '',
    ]);
  });

  test('HEAD has the headers of GET, and OPTIONS says what there is', async () => {
    const { send } = await open({
      '/pet': { get: answering({ headers: { 'X-A': { example: '1' } }, ...content('application/json') }) },
    });
    const head = await send('/v1/pet', { method: 'HEAD' });
    expect([head.status, head.headers.get('x-a'), head.headers.get('content-type'), await head.text()]).toEqual([
      200,
      '1',
      'application/json',
      '',
    ]);
    const options = await send('/v1/pet', { method: 'OPTIONS' });
    expect([options.status, options.headers.get('allow')]).toEqual([204, 'GET, OPTIONS']);
    expect((await send('/v1/none', { method: 'OPTIONS' })).status).toBe(404);
  });

  describe('Prefer', () => {
    const schema = { type: 'object', required: ['n'], properties: { n: { type: 'integer', minimum: 40 } } };
    const json = (examples: JsonObject) => ({ content: { 'application/json': { schema, examples } } });
    const paths: JsonObject = {
      '/x': {
        get: {
          responses: {
            '200': { description: 'ok', ...json({ one: { value: { n: 1 } }, two: { value: { n: 2 } } }) },
            '206': { description: 'part', ...json({ one: { value: { n: 206 } } }) },
            '409': { description: 'conflict', content: { 'application/json': { example: { why: 'conflict' } } } },
          },
        },
      },
    };
    test.each([
      ['example=two', 200, { n: 2 }],
      ['example="one"', 200, { n: 1 }],
      ['dynamic=true', 200, { n: 40 }],
      ['code=206', 206, { n: 206 }],
      ['code=206, example=one', 206, { n: 206 }],
      ['code=206, dynamic=true', 206, { n: 40 }],
      ['code=409', 409, { why: 'conflict' }],
      ['example=three', 404, { error: 'clientError' }],
      ['code=206, example=two', 404, { error: 'notFound' }],
      ['dynamic=false', 200, { n: 1 }],
      ['code=404', 404, { error: 'notFound' }],
      ['code=418', 418, { error: 'clientError' }],
    ])('%s', async (prefer, status, body) => {
      const { send } = await open(paths);
      const response = await send('/v1/x', { headers: { prefer } });
      expect(response.status).toBe(status);
      if (status !== 404) expect(await response.json()).toEqual(body);
    });
  });

  test('a faulty example is sent as it is', async () => {
    const media = { schema: PET, example: { id: 'not an integer' } };
    const { send } = await open({ '/pet': { get: answering({ content: { 'application/json': media } }) } });
    expect(await (await send('/v1/pet')).json()).toEqual({ id: 'not an integer' });
  });
});

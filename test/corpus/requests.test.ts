/**
 * The requests of the corpus: parameters in their style, bodies by media type, credentials; and requests with one thing broken.
 */
import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '../../corpus/api/json.js';
import type { Parameter } from '../../corpus/api/operation.js';
import { operationsOf } from '../../corpus/api/operations.js';
import { Source } from '../../corpus/api/source.js';
import { isClearBody, writeBody } from '../../corpus/requests/bodies.js';
import { brokenDrafts } from '../../corpus/requests/invalid.js';
import { isClear, pathText, plainText, queryPairs } from '../../corpus/requests/parameters.js';
import { prepare } from '../../corpus/requests/prepare.js';
import { CannotBuild, validDraft } from '../../corpus/requests/valid.js';
import { writeRequest } from '../../corpus/requests/write.js';
import { jsonBody, postOf, sourceOf, toolsOf } from './documents.js';

function parameter(given: Partial<Parameter>): Parameter {
  return {
    name: 'color',
    in: 'query',
    required: true,
    style: 'form',
    explode: true,
    schema: true,
    examples: [],
    ...given,
  };
}

const LIST = ['blue', 'black'];
const OBJECT = { R: 100, G: 200 };

describe('parameters in their styles', () => {
  const paths: readonly [Partial<Parameter>, Json, string][] = [
    [{ style: 'simple', explode: false }, LIST, 'blue,black'],
    [{ style: 'simple', explode: false }, OBJECT, 'R,100,G,200'],
    [{ style: 'simple', explode: true }, OBJECT, 'R=100,G=200'],
    [{ style: 'label', explode: false }, 'blue', '.blue'],
    [{ style: 'label', explode: true }, LIST, '.blue.black'],
    [{ style: 'label', explode: true }, OBJECT, '.R=100.G=200'],
    [{ style: 'matrix', explode: false }, LIST, ';color=blue,black'],
    [{ style: 'matrix', explode: true }, LIST, ';color=blue;color=black'],
    [{ style: 'matrix', explode: true }, OBJECT, ';R=100;G=200'],
    [{ style: 'simple', explode: false }, 'a b', 'a%20b'],
  ];
  test.each(paths)('path %j %j', (given, value, text) => {
    expect(pathText(parameter({ in: 'path', ...given }), value)).toBe(text);
  });

  const queries: readonly [string, boolean, Json, string][] = [
    ['form', true, LIST, 'color=blue&color=black'],
    ['form', false, LIST, 'color=blue,black'],
    ['form', true, OBJECT, 'R=100&G=200'],
    ['form', false, OBJECT, 'color=R,100,G,200'],
    ['spaceDelimited', false, LIST, 'color=blue%20black'],
    ['pipeDelimited', false, LIST, 'color=blue|black'],
    ['deepObject', true, OBJECT, 'color%5BR%5D=100&color%5BG%5D=200'],
    ['form', true, 'a&b', 'color=a%26b'],
  ];
  test.each(queries)('query %s, exploded %s, %j', (style, explode, value, text) => {
    expect(queryPairs('color', value, style, explode).join('&')).toBe(text);
  });

  test('headers', () => {
    expect(plainText(parameter({ in: 'header', style: 'simple', explode: false }), LIST)).toBe('blue,black');
    expect(plainText(parameter({ in: 'header', style: 'simple', explode: true }), OBJECT)).toBe('R=100,G=200');
  });

  test('values that could be read back in another way are not clear', () => {
    expect(isClear(parameter({ explode: false }), ['a,b'])).toBe(false);
    expect(isClear(parameter({}), [])).toBe(false);
    expect(isClear(parameter({}), { a: { b: 1 } })).toBe(false);
    expect(isClear(parameter({ style: 'deepObject' }), { a: [1] })).toBe(false);
    expect(isClear(parameter({ in: 'header', style: 'simple', name: '' }), 'a')).toBe(false);
    expect(isClear(parameter({ in: 'path', style: 'simple' }), 'a/b')).toBe(false);
    expect(isClear(parameter({ in: 'path', style: 'simple' }), '..')).toBe(false);
    expect(isClear(parameter({ in: 'header', style: 'simple' }), 'ü')).toBe(false);
    expect(isClear(parameter({}), 'a b&c')).toBe(true);
    expect(isClear(parameter({ style: 'deepObject' }), OBJECT)).toBe(true);
  });
});

describe('bodies', () => {
  const source = sourceOf({});
  const content = (mediaType: string, schema: JsonObject, encoding: JsonObject = {}) => ({
    mediaType,
    schema,
    encoding,
    examples: [],
  });
  const text = (mediaType: string, value: Json, encoding: JsonObject = {}, schema: JsonObject = {}) =>
    writeBody(source, content(mediaType, schema, encoding), value).bytes.toString();

  test('JSON and +json', () => {
    expect(text('application/json', { a: 1 })).toBe('{"a":1}');
    expect(writeBody(source, content('application/vnd.api+json', {}), 1).type).toBe('application/vnd.api+json');
    expect(writeBody(source, content('*/*', {}), 1).type).toBe('application/json');
  });

  test('forms', () => {
    expect(text('application/x-www-form-urlencoded', { a: 'x y', b: [1, 2] })).toBe('a=x%20y&b=1&b=2');
    const encoding = { b: { style: 'deepObject', explode: true }, c: { explode: false } };
    expect(text('application/x-www-form-urlencoded', { b: { d: 1 }, c: [1, 2] }, encoding)).toBe('b%5Bd%5D=1&c=1,2');
    expect(isClearBody(content('application/x-www-form-urlencoded', {}), { a: { b: 1 } })).toBe(false);
    expect(isClearBody(content('application/x-www-form-urlencoded', {}, encoding), { b: { d: 1 } })).toBe(true);
  });

  test('XML: names, attributes, wrapped lists', () => {
    const schema: JsonObject = {
      type: 'object',
      xml: { name: 'pet' },
      properties: {
        id: { type: 'integer', xml: { attribute: true } },
        tags: { type: 'array', xml: { wrapped: true }, items: { type: 'string', xml: { name: 'tag' } } },
        photo: { type: 'array', items: { type: 'string' } },
      },
    };
    expect(text('application/xml', { id: 1, tags: ['a', '<b>'], photo: ['x', 'y'] }, {}, schema)).toBe(
      '<?xml version="1.0" encoding="UTF-8"?><pet id="1"><tags><tag>a</tag><tag>&lt;b&gt;</tag></tags><photo>x</photo><photo>y</photo></pet>',
    );
    expect(isClearBody(content('text/xml', {}), { a: '' })).toBe(false);
    expect(isClearBody(content('text/xml', {}), { a: [1, 2] })).toBe(true);
  });

  test('multipart: files, lists, and objects as JSON', () => {
    const schema = { type: 'object', properties: { file: { type: 'string', format: 'binary' } } };
    const body = text('multipart/form-data', { file: 'bytes', tag: ['a', 'b'], meta: { x: 1 } }, {}, schema);
    expect(body).toContain(
      'name="file"; filename="file.bin"\r\nContent-Type: application/octet-stream\r\n\r\nbytes\r\n',
    );
    expect(body.match(/name="tag"/g)).toHaveLength(2);
    expect(body).toContain('name="meta"\r\nContent-Type: application/json\r\n\r\n{"x":1}\r\n');
  });
});

describe('valid requests', () => {
  test('hold what is required, and credentials', () => {
    const { source, operation } = postOf(
      {
        parameters: [
          { name: 'page', in: 'query', required: true, schema: { type: 'integer', minimum: 3, maximum: 3 } },
          { name: 'sort', in: 'query', schema: { type: 'string' } },
          { name: 'Authorization', in: 'header', required: true, schema: { type: 'integer' } },
          { name: 'session', in: 'cookie', required: true, schema: { type: 'string', enum: ['s1'] } },
        ],
        requestBody: jsonBody({
          type: 'object',
          required: ['name'],
          properties: { name: { type: 'string', enum: ['Rex'] }, age: { type: 'integer' } },
        }),
        security: [{ key: [], token: [] }],
      },
      {
        components: {
          securitySchemes: {
            key: { type: 'apiKey', in: 'query', name: 'k' },
            token: { type: 'http', scheme: 'bearer' },
          },
        },
      },
    );
    const request = writeRequest(source, validDraft(toolsOf(source), operation, 0));
    expect(request.target).toMatch(/^\/pets\?page=3&k=\S+$/);
    expect(request.headers['authorization']).toMatch(/^Bearer \S+$/);
    expect(request.headers['cookie']).toBe('session=s1');
    expect(request.headers['content-type']).toBe('application/json');
    expect(request.body?.toString()).toBe('{"name":"Rex"}');
  });

  test('leave out readOnly properties', () => {
    const body = {
      type: 'object',
      required: ['id', 'name'],
      properties: { id: { type: 'integer', readOnly: true }, name: { type: 'string' } },
    };
    const { source, operation } = postOf({ requestBody: jsonBody(body) });
    expect(Object.keys(validDraft(toolsOf(source), operation, 1).body!.value as object)).toEqual(['name']);
  });

  test('cannot be built where no value is valid, and the reason is told', () => {
    const { source, operation } = postOf({
      parameters: [{ name: 'x', in: 'query', required: true, schema: { type: 'string', enum: [1] } }],
    });
    expect(() => validDraft(toolsOf(source), operation, 0)).toThrow(CannotBuild);
    const { requests, unbuilt } = {
      requests: prepare(source, 1, 12).prepared,
      unbuilt: prepare(source, 1, 12).unbuilt,
    };
    expect(requests).toEqual([]);
    expect(unbuilt).toEqual([{ operation: 'POST /pets', why: 'no valid value for a required query parameter' }]);
  });

  test('are the same for the same seed', () => {
    const { source } = postOf({
      requestBody: jsonBody({ type: 'object', properties: { a: { type: 'string' }, b: { type: 'integer' } } }),
    });
    expect(prepare(source, 3, 12)).toEqual(prepare(source, 3, 12));
    expect(prepare(source, 3, 12)).not.toEqual(prepare(source, 4, 12));
  });
});

describe('broken requests', () => {
  const body = {
    type: 'object',
    required: ['name'],
    properties: { name: { type: 'string' }, kind: { type: 'string', enum: ['cat'] }, age: { type: 'integer' } },
  };
  const parameters = [
    { name: 'page', in: 'query', required: true, schema: { type: 'integer' } },
    { name: 'sort', in: 'query', schema: { type: 'string', enum: ['up', 'down'] } },
    { name: 'free', in: 'query', schema: { type: 'string' } },
  ];
  const faults = (operation: JsonObject) => {
    const made = postOf(operation);
    const tools = toolsOf(made.source);
    const broken = brokenDrafts(tools, validDraft(tools, made.operation, 1));
    return { tools, broken, names: broken.map(({ purpose }) => `${purpose.fault}: ${purpose.field}`) };
  };

  test('break one thing each', () => {
    expect(faults({ parameters, requestBody: jsonBody(body) }).names.sort()).toEqual([
      'required body field left out: name',
      'required body left out: body',
      'required query parameter left out: page',
      'value outside the enum of a body field: kind',
      'value outside the enum of a query parameter: sort',
      'wrong type of a body field: age',
      'wrong type of a body field: kind',
      'wrong type of a body field: name',
      'wrong type of a query parameter: page',
    ]);
  });

  test('have bodies that Ajv refuses', () => {
    const { tools, broken } = faults({ requestBody: jsonBody(body) });
    const changed = broken.filter(({ draft }) => draft.body);
    expect(changed.length).toBeGreaterThan(0);
    for (const { draft } of changed) expect(tools.checks.isInvalid(body, draft.body!.value)).toBe(true);
  });

  test('leave alone what cannot be wrong', () => {
    const loose = {
      type: 'object',
      properties: { any: {}, name: { anyOf: [{ type: 'integer' }, { type: 'string' }, { type: 'object' }] } },
    };
    const form = {
      required: false,
      content: {
        'application/x-www-form-urlencoded': { schema: { type: 'object', properties: { text: { type: 'string' } } } },
      },
    };
    expect(faults({ requestBody: { ...jsonBody(loose), required: false } }).names).toEqual([]);
    expect(faults({ requestBody: form }).names).toEqual([]);
    expect(
      faults({ parameters: [{ name: 'q', in: 'query', schema: { anyOf: [{ type: 'integer' }, { type: 'string' }] } }] })
        .names,
    ).toEqual([]);
  });
});

test('operations of Swagger 2.0 are those of OpenAPI 3', () => {
  const source = new Source({
    swagger: '2.0',
    basePath: '/v1/',
    consumes: ['application/json'],
    produces: ['application/json'],
    securityDefinitions: { key: { type: 'apiKey', in: 'header', name: 'X-Key' } },
    security: [{ key: [] }],
    definitions: { Pet: { type: 'object', required: ['name'], properties: { name: { type: 'string' } } } },
    paths: {
      '/pets/{id}': {
        parameters: [{ name: 'id', in: 'path', required: true, type: 'integer' }],
        put: {
          parameters: [
            { name: 'tags', in: 'query', type: 'array', items: { type: 'string' }, collectionFormat: 'multi' },
            { name: 'body', in: 'body', required: true, schema: { $ref: '#/definitions/Pet' } },
          ],
          responses: {
            200: { description: 'ok', schema: { $ref: '#/definitions/Pet' }, headers: { ETag: { type: 'string' } } },
          },
        },
        post: {
          consumes: ['multipart/form-data'],
          parameters: [{ name: 'photo', in: 'formData', required: true, type: 'file' }],
          responses: {},
        },
      },
    },
  });
  const [put, post] = operationsOf(source);
  expect(put).toMatchObject({
    id: 'PUT /pets/{id}',
    basePath: '/v1',
    parameters: [
      { name: 'id', in: 'path', required: true, style: 'simple', schema: { type: 'integer' } },
      { name: 'tags', in: 'query', style: 'form', explode: true },
    ],
    body: { required: true, contents: [{ mediaType: 'application/json', schema: { $ref: '#/definitions/Pet' } }] },
    answers: [{ status: '200', headers: ['ETag'], contents: [{ mediaType: 'application/json' }] }],
    security: [[{ kind: 'apiKey', in: 'header', name: 'X-Key' }]],
  });
  expect(post?.body).toMatchObject({
    contents: [{ mediaType: 'multipart/form-data', schema: { properties: { photo: { format: 'binary' } } } }],
  });
});

test('operations whose paths differ only in the names of their parameters are not asked', () => {
  const get = (name: string, type: string): JsonObject => ({
    get: {
      parameters: [{ name, in: 'path', required: true, schema: { type } }],
      responses: { 200: { description: 'an icon' } },
    },
  });
  const source = sourceOf({ '/icons/{id}': get('id', 'integer'), '/icons/{term}': get('term', 'string') });
  const { prepared, unbuilt } = prepare(source, 1, 12);
  expect(prepared).toEqual([]);
  expect(unbuilt.map(({ why }) => why)).toEqual(Array(2).fill('another operation has the same path'));
});

test('nor are those whose path does not show where one parameter ends', () => {
  const parameter = (name: string): JsonObject => ({ name, in: 'path', required: true, schema: { type: 'string' } });
  const get: JsonObject = { parameters: [parameter('id'), parameter('format')], responses: { 200: {} } };
  const { unbuilt } = prepare(sourceOf({ '/icons/{id}{format}': { get } }), 1, 12);
  expect(unbuilt.map(({ why }) => why)).toEqual(['two path parameters with nothing between them']);
});

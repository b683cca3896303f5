import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../src/openapi/document/json.js';
import { readDocument } from '../../src/openapi/document/read-document.js';

const NO_FILES = { url: 'file:///doc.yaml', read: () => ({ problem: 'is not read', fix: 'none' }) };

/** Reads a Swagger 2.0 document. */
function swagger(rest: JsonObject) {
  const document = readDocument({ swagger: '2.0', info: { title: 'T', version: '1' }, paths: {}, ...rest }, NO_FILES);
  expect(document.notices).toEqual([]);
  return document;
}

/** The operation `post` of a document whose only path has these parts. */
function post(operation: JsonObject, rest: JsonObject = {}, item: JsonObject = {}) {
  const paths = {
    '/a': { ...item, post: { operationId: 'post', responses: { 200: { description: '' } }, ...operation } },
  };
  const document = swagger({ ...rest, paths });
  const [read] = document.operations;
  const schemas = Object.fromEntries(
    Object.entries(read!.body?.content ?? {}).map(([type, { schema }]) => [type, schema && document.at(schema)]),
  );
  const media = Object.values(read!.body?.content ?? {})[0];
  return { document, operation: read!, schemas, encoding: media && document.at(`${media.pointer}/encoding`) };
}

const PET = { type: 'object', properties: { name: { type: 'string' } } };
const FORM = { consumes: ['application/x-www-form-urlencoded'] };

describe('Swagger 2.0', () => {
  it.each<[string, JsonObject, string]>([
    ['host and basePath', { host: 'api.example.com', basePath: '/v2' }, '/v2/a'],
    ['a base path without its slash', { host: 'api.example.com', basePath: 'v2/' }, '/v2/a'],
    ['basePath alone', { basePath: '/v2' }, '/v2/a'],
    ['none of them', {}, '/a'],
    ['a host with a scheme', { host: 'https://api.example.com/', basePath: '/v2', schemes: ['http'] }, '/v2/a'],
  ])('is served below %s', (_name, rest, path) => {
    expect(post({}, rest).operation.path).toBe(path);
  });

  it.each<[string, JsonObject, JsonObject, JsonObject]>([
    ['of its own', { parameters: [{ name: 'b', in: 'body', required: true, schema: PET }] }, {}, {}],
    [
      'by reference',
      { parameters: [{ $ref: '#/parameters/B' }] },
      { parameters: { B: { name: 'b', in: 'body', required: true, schema: PET } } },
      {},
    ],
    ['of the path', {}, {}, { parameters: [{ name: 'b', in: 'body', required: true, schema: PET }] }],
    [
      'of the path, by reference',
      {},
      { parameters: { B: { name: 'b', in: 'body', required: true, schema: PET } } },
      { parameters: [{ $ref: '#/parameters/B' }] },
    ],
  ])('has the body %s', (_name, own, rest, item) => {
    const { operation, schemas } = post({ consumes: ['application/json'], ...own }, rest, item);
    expect(operation.body?.required).toBe(true);
    expect(schemas).toEqual({ 'application/json': PET });
    expect(operation.parameters).toEqual([]);
  });

  it('has forms, with arrays as they are serialised', () => {
    const list = { in: 'formData', type: 'array', items: { type: 'string' } };
    const { operation, schemas, encoding } = post({
      ...FORM,
      parameters: [
        { name: 'to', in: 'formData', type: 'string', required: true },
        { name: 'csv', ...list },
        { name: 'multi', ...list, collectionFormat: 'multi' },
        { name: 'pipes', ...list, collectionFormat: 'pipes' },
      ],
    });
    const items = { type: 'array', items: { type: 'string' } };
    expect(operation.body?.required).toBe(true);
    expect(schemas).toEqual({
      'application/x-www-form-urlencoded': {
        type: 'object',
        required: ['to'],
        properties: { to: { type: 'string' }, csv: items, multi: items, pipes: items },
      },
    });
    expect(encoding).toEqual({
      csv: { style: 'form', explode: false },
      multi: { style: 'form', explode: true },
      pipes: { style: 'pipeDelimited', explode: false },
    });
  });

  it('has files', () => {
    const { schemas } = post({
      consumes: ['multipart/form-data'],
      parameters: [{ name: 'file', in: 'formData', type: 'file', required: true }],
    });
    const file: Json = { type: 'string', format: 'binary' };
    expect(schemas).toEqual({ 'multipart/form-data': { type: 'object', required: ['file'], properties: { file } } });
  });

  it.each([
    [undefined, { style: 'form', explode: false }],
    ['csv', { style: 'form', explode: false }],
    ['multi', { style: 'form', explode: true }],
    ['pipes', { style: 'pipeDelimited', explode: false }],
    ['ssv', { style: 'spaceDelimited', explode: false }],
  ])('has arrays in queries: collectionFormat %s', (collectionFormat, expected) => {
    const parameter: JsonObject = { name: 'q', in: 'query', type: 'array', items: { type: 'integer' } };
    const { operation } = post({ parameters: [collectionFormat ? { ...parameter, collectionFormat } : parameter] });
    expect(operation.parameters).toMatchObject([{ name: 'q', ...expected }]);
  });

  it('has credentials, answers with headers, and the extensions for null', () => {
    const { document, operation } = post(
      {
        produces: ['application/json'],
        responses: {
          200: {
            description: '',
            schema: { $ref: '#/definitions/P' },
            headers: { 'X-N': { type: 'integer' } },
            examples: { 'application/json': { a: 1 } },
          },
        },
      },
      {
        securityDefinitions: { key: { type: 'apiKey', in: 'header', name: 'X-Key' }, user: { type: 'basic' } },
        security: [{ key: [] }],
        definitions: {
          P: { type: 'object', discriminator: 'kind', properties: { kind: { type: 'string', 'x-nullable': true } } },
        },
      },
    );
    expect(operation.security).toEqual([['key']]);
    expect(document.at('#/components/securitySchemes/user')).toEqual({ type: 'http', scheme: 'basic' });
    const answer = `${operation.pointer}/responses/200`;
    expect(document.at(`${answer}/content/application~1json/example`)).toEqual({ a: 1 });
    expect(document.at(`${answer}/headers/X-N/schema`)).toEqual({ type: 'integer' });
    expect(document.at(`${answer}/content/application~1json/schema`)).toMatchObject({
      discriminator: { propertyName: 'kind' },
      properties: { kind: { nullable: true } },
    });
  });
});

import type { JsonObject } from '../../../src/openapi/document/json.js';
import { type Feature, type FeatureGroup, OK, path, withBody, withParameter, withSchema } from './feature.js';

const versions: Feature[] = ['3.0.0', '3.0.4', '3.1.0', '3.1.1', '3.2.0'].map((version) => ({
  name: `OpenAPI ${version}`,
  handling: 'served',
  version,
  paths: path('/a', 'get'),
  steps: [{ request: 'GET /a', status: 200 }],
}));

const servers: Feature[] = (
  [
    ['an absolute URL', { url: 'https://api.example.com/v1' }, '/v1/a'],
    ['a relative URL', { url: 'v1' }, '/v1/a'],
    ['a protocol-relative URL', { url: '//api.example.com/v1' }, '/v1/a'],
    ['a URL without a scheme', { url: 'api.example.com/v1' }, '/v1/a'],
    ['a URL with a query', { url: 'https://api.example.com/v1?x=1' }, '/v1/a'],
    [
      'variables, with their default and the values of their enum',
      {
        url: 'https://{host}/{version}',
        variables: { host: { default: 'x.example' }, version: { default: 'v1', enum: ['v1', 'v2'] } },
      },
      '/v2/a',
    ],
  ] as const
).map(([name, server, called]) => ({
  name: `servers: ${name}`,
  handling: 'served',
  document: { servers: [server as JsonObject] },
  paths: path('/a', 'get'),
  steps: [
    { request: `GET ${called}`, status: 200 },
    { request: 'GET /a', status: 404 },
  ],
}));

/** Forms of documents. */
export const documents: FeatureGroup = {
  title: 'Documents',
  features: [
    ...versions,
    {
      name: 'Swagger 2.0',
      handling: 'served',
      note: 'converted to OpenAPI 3.0 when it is read',
      version: '2.0',
      document: { host: 'api.example.com', basePath: '/v2' },
      paths: path('/a', 'get', { parameters: [{ name: 'n', in: 'query', type: 'integer' }] }),
      steps: [
        { request: 'GET /v2/a?n=1', status: 200 },
        { request: 'GET /v2/a?n=x', status: 400, fields: ['n'] },
      ],
    },
    {
      name: 'references within a document, of every kind of component',
      handling: 'served',
      document: {
        components: {
          parameters: { N: { name: 'n', in: 'query', schema: { $ref: '#/components/schemas/N' } } },
          schemas: { N: { type: 'integer' } },
          responses: {
            R: { $ref: '#/components/responses/S' },
            S: { description: 'ok', content: { 'application/json': { example: 7 } } },
          },
        },
      },
      paths: path('/a', 'get', {
        parameters: [{ $ref: '#/components/parameters/N' }],
        responses: { 200: { $ref: '#/components/responses/R' } },
      }),
      steps: [
        { request: 'GET /a', status: 200, content: 7 },
        { request: 'GET /a?n=x', status: 400, fields: ['n'] },
      ],
    },
    {
      name: 'a reference that leads nowhere',
      handling: 'ignored',
      note: 'the part is left out, with a warning; the operation is served',
      paths: withParameter({ name: 'n', in: 'query', schema: { $ref: '#/components/schemas/None' } }),
      steps: [{ request: 'GET /a?n=x', status: 200 }],
      warnings: ['openapi/dangling-ref'],
    },
    {
      name: 'operationId that is used twice',
      handling: 'ignored',
      note: 'the second operation goes by method and path, with a warning',
      paths: { ...path('/a', 'get', { operationId: 'x' }), ...path('/b', 'get', { operationId: 'x' }) },
      steps: [
        { request: 'GET /a', status: 200 },
        { request: 'GET /b', status: 200 },
      ],
      warnings: ['openapi/duplicate-operation'],
    },
    {
      name: '`$id` and `$anchor` (3.1)',
      handling: 'checked',
      version: '3.1.0',
      document: { components: { schemas: { N: { $id: 'https://x.example/n', $anchor: 'n', type: 'integer' } } } },
      paths: {
        ...withParameter({ name: 'n', in: 'query', schema: { $ref: 'https://x.example/n' } }),
        ...withParameter({ name: 'n', in: 'query', schema: { $ref: 'https://x.example/n#n' } }, '/b'),
      },
      steps: [
        { request: 'GET /a?n=x', status: 400, fields: ['n'] },
        { request: 'GET /b?n=x', status: 400, fields: ['n'] },
        { request: 'GET /b?n=1', status: 200 },
      ],
    },
    {
      name: 'servers of a path and of an operation',
      handling: 'served',
      document: { servers: [{ url: '/v1' }] },
      paths: {
        '/a': { servers: [{ url: '/v2' }], get: OK, put: { ...OK, servers: [{ url: '/v3' }] } },
        '/b': { get: OK },
      },
      steps: [
        { request: 'GET /v2/a', status: 200 },
        { request: 'PUT /v3/a', status: 200 },
        { request: 'GET /v1/b', status: 200 },
        { request: 'GET /v1/a', status: 404 },
      ],
    },
    ...servers,
    {
      name: 'webhooks and callbacks',
      handling: 'ignored',
      note: 'a profile can send webhooks (docs/profiles.md)',
      version: '3.1.0',
      document: { webhooks: { made: { post: OK } } },
      paths: path('/a', 'post', { callbacks: { done: { '{$request.body#/url}': { post: OK } } } }),
      steps: [{ request: 'POST /a', status: 200 }],
    },
    {
      name: '`additionalOperations` and the method QUERY (3.2)',
      handling: 'served',
      version: '3.2.0',
      paths: { '/a': { query: OK, additionalOperations: { LINK: OK } } },
      steps: [
        { request: 'QUERY /a', status: 200 },
        { request: 'LINK /a', status: 200 },
      ],
    },
    {
      name: 'a query or a fragment in the key of a path',
      handling: 'ignored',
      note: 'with a warning',
      paths: path('/a?x=1', 'get'),
      steps: [{ request: 'GET /a', status: 200 }],
      warnings: ['openapi/path'],
    },
  ],
};

const nullable = (schema: object) =>
  withBody('application/json', { schema: { type: 'object', properties: { p: { ...schema } } } });

/** Schemas. */
export const schemas: FeatureGroup = {
  title: 'Schemas',
  features: [
    ...(
      [
        ['`nullable` with a type', { type: 'string', nullable: true }],
        ['`nullable` beside `allOf`', { nullable: true, allOf: [{ type: 'string' }] }],
        ['`nullable` beside `enum`', { type: 'string', enum: ['a'], nullable: true }],
      ] as const
    ).map(
      ([name, schema]): Feature => ({
        name: `${name} (3.0)`,
        handling: 'checked',
        paths: nullable(schema),
        steps: [
          { request: 'POST /a', body: { p: null }, status: 200 },
          { request: 'POST /a', body: { p: 1 }, status: 400, fields: ['p'] },
        ],
      }),
    ),
    {
      name: 'boolean `exclusiveMinimum` and `exclusiveMaximum` (3.0)',
      handling: 'checked',
      paths: nullable({ type: 'integer', minimum: 0, exclusiveMinimum: true }),
      steps: [
        { request: 'POST /a', body: { p: 1 }, status: 200 },
        { request: 'POST /a', body: { p: 0 }, status: 400, fields: ['p'] },
      ],
    },
    {
      name: '`type` as a list, `const`, `prefixItems` and all of JSON Schema 2020-12 (3.1)',
      handling: 'checked',
      version: '3.1.0',
      paths: nullable({ type: ['array', 'null'], prefixItems: [{ const: 1 }], items: false }),
      steps: [
        { request: 'POST /a', body: { p: null }, status: 200 },
        { request: 'POST /a', body: { p: [1] }, status: 200 },
        { request: 'POST /a', body: { p: [2] }, status: 400, fields: ['p[0]'] },
      ],
    },
    {
      name: 'recursion',
      handling: 'checked',
      document: {
        components: {
          schemas: {
            T: { type: 'object', properties: { kids: { type: 'array', items: { $ref: '#/components/schemas/T' } } } },
          },
        },
      },
      paths: withBody('application/json', { schema: { $ref: '#/components/schemas/T' } }),
      steps: [
        { request: 'POST /a', body: { kids: [{ kids: [] }] }, status: 200 },
        { request: 'POST /a', body: { kids: [{ kids: 1 }] }, status: 400, fields: ['kids[0].kids'] },
      ],
    },
    {
      name: '`discriminator` with `mapping`',
      handling: 'checked',
      document: {
        components: {
          schemas: { Cat: { type: 'object', properties: { kind: { type: 'string' }, lives: { type: 'integer' } } } },
        },
      },
      paths: withBody('application/json', {
        schema: {
          oneOf: [{ $ref: '#/components/schemas/Cat' }],
          discriminator: { propertyName: 'kind', mapping: { feline: 'Cat' } },
        },
      }),
      steps: [
        { request: 'POST /a', body: { kind: 'feline', lives: 9 }, status: 200 },
        { request: 'POST /a', body: { kind: 'feline', lives: 'x' }, status: 400, fields: ['lives'] },
        { request: 'POST /a', body: { kind: 'canine' }, status: 400, fields: ['kind'] },
      ],
    },
    {
      name: '`discriminator` of a schema that others extend by `allOf`',
      handling: 'checked',
      note: 'a value is checked by the schema that it names; values that name none are checked by the base alone',
      document: {
        components: {
          schemas: {
            Pet: {
              type: 'object',
              required: ['kind'],
              properties: { kind: { type: 'string' } },
              discriminator: { propertyName: 'kind', mapping: { feline: '#/components/schemas/Cat' } },
            },
            Cat: {
              allOf: [
                { $ref: '#/components/schemas/Pet' },
                { type: 'object', required: ['lives'], properties: { lives: { type: 'integer' } } },
              ],
            },
          },
        },
      },
      paths: {
        ...withBody('application/json', { schema: { $ref: '#/components/schemas/Pet' } }),
        ...path('/made', 'get', {
          responses: {
            200: {
              description: 'ok',
              content: { 'application/json': { schema: { $ref: '#/components/schemas/Pet' } } },
            },
          },
        }),
      },
      steps: [
        { request: 'POST /a', body: { kind: 'feline', lives: 9 }, status: 200 },
        { request: 'POST /a', body: { kind: 'feline' }, status: 400, fields: ['lives'] },
        { request: 'POST /a', body: { kind: 'other' }, status: 200 },
        { request: 'GET /made', status: 200, content: /"kind":"feline".*"lives":\d/ },
      ],
    },
    {
      name: '`format: int64`',
      handling: 'checked',
      note: 'its range as well',
      paths: withBody('application/json', {
        schema: { type: 'object', properties: { n: { type: 'integer', format: 'int64' } } },
      }),
      steps: [
        { request: 'POST /a', body: { n: 2 ** 63 }, status: 200 },
        { request: 'POST /a', body: { n: 2 ** 64 }, status: 400, fields: ['n'] },
      ],
    },
    {
      name: '`readOnly`',
      handling: 'checked',
      note: 'not asked of requests',
      paths: withBody('application/json', {
        schema: {
          type: 'object',
          required: ['id', 'name'],
          properties: { id: { type: 'integer', readOnly: true }, name: { type: 'string' } },
        },
      }),
      steps: [
        { request: 'POST /a', body: { name: 'x' }, status: 200 },
        { request: 'POST /a', body: {}, status: 400, fields: ['name'] },
      ],
    },
    {
      name: '`writeOnly`',
      handling: 'served',
      note: 'never answered',
      paths: withSchema({
        type: 'object',
        required: ['id', 'secret'],
        properties: { id: { type: 'integer', enum: [7] }, secret: { type: 'string', writeOnly: true } },
      }),
      steps: [{ request: 'GET /a', status: 200, content: '{"id":7}' }],
    },
    {
      name: 'patterns',
      handling: 'checked',
      note: 'by ECMA-262, without the u flag first in 3.0; one that could take a server hours runs in linear time, with a warning',
      paths: withParameter({ name: 'q', in: 'query', schema: { type: 'string', pattern: '^[\\w-\\.]+\\@x$' } }),
      steps: [
        { request: 'GET /a?q=a.b%40x', status: 200 },
        { request: 'GET /a?q=nobody', status: 400, fields: ['q'] },
      ],
    },
    {
      name: 'a keyword with a value that it cannot have',
      handling: 'ignored',
      note: 'with a warning; the rest of the schema is checked',
      paths: withParameter({ name: 'q', in: 'query', schema: { type: 'date', maxLength: 3 } }),
      steps: [
        { request: 'GET /a?q=abc', status: 200 },
        { request: 'GET /a?q=abcd', status: 400, fields: ['q'] },
      ],
      warnings: ['openapi/keyword'],
    },
    {
      name: '`$id` in an example',
      handling: 'served',
      note: 'data in examples, defaults and enums is never taken for a schema',
      paths: withSchema({ type: 'object', properties: { $id: { type: 'string' } }, example: { $id: 'x' } }),
      steps: [{ request: 'GET /a', status: 200, content: '{"$id":"x"}' }],
    },
  ],
};

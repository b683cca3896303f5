import { type FeatureGroup, OK, path, withAnswer, withSchema } from './feature.js';

const JSON_AND_TEXT = {
  responses: {
    200: {
      description: 'ok',
      content: { 'application/json': { example: { a: 1 } }, 'text/plain': { example: 'one' } },
    },
    404: {
      description: 'no',
      content: {
        'application/json': { examples: { gone: { value: { code: 'gone' } }, never: { value: { code: 'never' } } } },
      },
    },
  },
};

/** Answers. */
export const answers: FeatureGroup = {
  title: 'Answers',
  features: [
    {
      name: '`example` and `examples`',
      handling: 'served',
      note: 'as they are, even if their schema refuses them, which a warning says',
      paths: withAnswer('application/json', {
        schema: { type: 'object' },
        examples: { one: { value: { a: 1 } }, two: { value: { a: 2 } } },
      }),
      steps: [
        { request: 'GET /a', status: 200, content: '{"a":1}' },
        { request: 'GET /a', headers: { prefer: 'example=two' }, status: 200, content: '{"a":2}' },
      ],
    },
    {
      name: 'made data',
      handling: 'served',
      note: 'valid by its schema, and always the same',
      paths: withSchema({
        type: 'object',
        required: ['code', 'n', 'list'],
        properties: {
          code: { type: 'string', pattern: '^[A-Z]{3}-\\d{2}$' },
          n: { type: 'integer', minimum: 7, maximum: 9, multipleOf: 4 },
          list: {
            type: 'array',
            minItems: 2,
            maxItems: 2,
            uniqueItems: true,
            items: { type: 'string', enum: ['a', 'b'] },
          },
        },
      }),
      steps: [{ request: 'GET /a', status: 200, content: /"code":"[A-Z]{3}-\d{2}","n":8,"list":\["[ab]","[ab]"\]/ }],
    },
    {
      name: 'the status of an answer',
      handling: 'served',
      note: 'the first 2xx, else a range, else `default`, else the first 3xx',
      paths: {
        ...path('/a', 'get', { responses: { 404: { description: 'no' }, 202: { description: 'ok' } } }),
        ...path('/b', 'get', { responses: { '2XX': { description: 'ok' } } }),
        ...path('/c', 'get', { responses: { 404: { description: 'no' }, default: { description: 'ok' } } }),
        ...path('/d', 'get', { responses: { 302: { description: 'elsewhere' } } }),
      },
      steps: [
        { request: 'GET /a', status: 202 },
        { request: 'GET /b', status: 200 },
        { request: 'GET /c', status: 200 },
        { request: 'GET /d', status: 302 },
      ],
    },
    {
      name: 'content negotiation: `Accept` with q and ranges',
      handling: 'served',
      paths: path('/a', 'get', JSON_AND_TEXT),
      steps: [
        { request: 'GET /a', status: 200, answers: { 'content-type': 'application/json' } },
        { request: 'GET /a', headers: { accept: 'text/*' }, status: 200, content: 'one' },
        { request: 'GET /a', headers: { accept: 'application/json;q=0.1, text/plain' }, status: 200, content: 'one' },
        {
          request: 'GET /a',
          headers: { accept: 'image/png' },
          status: 406,
          content: /must accept one of application\/json, text\/plain/,
        },
      ],
    },
    {
      name: '`Prefer: code=`, `example=`, `dynamic=true`',
      handling: 'served',
      paths: path('/a', 'get', JSON_AND_TEXT),
      steps: [
        { request: 'GET /a', headers: { prefer: 'code=404' }, status: 404, content: '{"code":"gone"}' },
        {
          request: 'GET /a',
          headers: { prefer: 'code=503' },
          status: 503,
          content: /A fault or the header Prefer asks/,
        },
        { request: 'GET /a', headers: { prefer: 'code=404, example=never' }, status: 404, content: '{"code":"never"}' },
      ],
    },
    {
      name: 'headers of answers',
      handling: 'served',
      note: 'from their example or their schema',
      paths: path('/a', 'get', {
        responses: {
          200: {
            description: 'ok',
            headers: {
              'X-Total': { schema: { type: 'integer', example: 7 } },
              Link: { example: '</a?page=2>; rel="next"' },
            },
          },
        },
      }),
      steps: [{ request: 'GET /a', status: 200, answers: { 'x-total': '7', link: '</a?page=2>; rel="next"' } }],
    },
    {
      name: '`Location` of what was made',
      handling: 'served',
      paths: {
        ...path('/things', 'post', {
          responses: { 201: { description: 'made', headers: { Location: { schema: { type: 'string' } } } } },
        }),
        ...path('/things/{id}', 'get'),
      },
      steps: [{ request: 'POST /things', status: 201, answers: { location: /\/things\/[^/]+$/ } }],
    },
    {
      name: 'XML answers',
      handling: 'served',
      note: 'with names, attributes and wrapped lists',
      paths: withAnswer('application/xml', {
        schema: {
          type: 'object',
          xml: { name: 'thing' },
          properties: {
            id: { type: 'integer', enum: [7], xml: { attribute: true } },
            name: { type: 'string', enum: ['x'] },
          },
        },
      }),
      steps: [
        {
          request: 'GET /a',
          status: 200,
          answers: { 'content-type': 'application/xml' },
          content: /<thing id="7">\s*<name>x<\/name>\s*<\/thing>/,
        },
      ],
    },
    {
      name: 'images',
      handling: 'served',
      note: 'tiny, and real',
      paths: withAnswer('image/png', { schema: { type: 'string', format: 'binary' } }),
      steps: [{ request: 'GET /a', status: 200, answers: { 'content-type': 'image/png' }, content: /^.PNG/ }],
    },
    {
      name: 'server-sent events',
      handling: 'served',
      note: 'the stream ends',
      paths: withAnswer('text/event-stream', {
        schema: { type: 'object', properties: { a: { type: 'integer', enum: [1] } } },
      }),
      steps: [
        {
          request: 'GET /a',
          status: 200,
          answers: { 'content-type': 'text/event-stream' },
          content: /^data: \{"a":1\}\n\n/,
        },
      ],
    },
    {
      name: 'server-sent events with `itemSchema` and `contentSchema` (3.2)',
      handling: 'served',
      version: '3.2.0',
      paths: withAnswer('text/event-stream', {
        itemSchema: {
          type: 'object',
          required: ['event', 'data'],
          properties: {
            event: { const: 'tick' },
            data: {
              type: 'string',
              contentMediaType: 'application/json',
              contentSchema: { type: 'object', required: ['n'], properties: { n: { const: 4 } } },
            },
          },
        },
      }),
      steps: [{ request: 'GET /a', status: 200, content: /^event: tick\ndata: \{"n":4\}\n\n/ }],
    },
    {
      name: 'NDJSON',
      handling: 'served',
      paths: withAnswer('application/x-ndjson', {
        schema: { type: 'object', properties: { a: { type: 'integer', enum: [1] } } },
      }),
      steps: [{ request: 'GET /a', status: 200, content: /^\{"a":1\}\n/ }],
    },
    {
      name: 'CSV and text',
      handling: 'served',
      paths: withAnswer('text/csv', { example: 'id,name\n1,x\n' }),
      steps: [{ request: 'GET /a', status: 200, content: 'id,name\n1,x\n' }],
    },
    {
      name: 'HEAD and OPTIONS',
      handling: 'served',
      note: 'also where the document does not list them',
      paths: path('/a', 'get'),
      steps: [
        { request: 'HEAD /a', status: 200, content: '' },
        { request: 'OPTIONS /a', status: 204, answers: { allow: /GET/ } },
      ],
    },
  ],
};

const KEYED = {
  components: {
    securitySchemes: {
      header: { type: 'apiKey', in: 'header', name: 'X-Key' },
      query: { type: 'apiKey', in: 'query', name: 'key' },
      cookie: { type: 'apiKey', in: 'cookie', name: 'sid' },
      bearer: { type: 'http', scheme: 'bearer' },
      basic: { type: 'http', scheme: 'basic' },
      oauth: { type: 'oauth2', flows: {} },
    },
  },
};
const secured = (...security: readonly Record<string, string[]>[]) => path('/a', 'get', { security: [...security] });

/** Security. */
export const security: FeatureGroup = {
  title: 'Security',
  features: [
    {
      name: '`apiKey` in header, query and cookie',
      handling: 'checked',
      document: KEYED,
      paths: secured({ header: [] }, { query: [] }, { cookie: [] }),
      steps: [
        { request: 'GET /a', headers: { 'x-key': 'k1234567' }, status: 200 },
        { request: 'GET /a?key=k1234567', status: 200 },
        { request: 'GET /a', headers: { cookie: 'sid=k1234567' }, status: 200 },
        { request: 'GET /a', status: 401 },
      ],
    },
    {
      name: '`http`: bearer and basic',
      handling: 'checked',
      document: KEYED,
      paths: secured({ bearer: [] }, { basic: [] }),
      steps: [
        { request: 'GET /a', headers: { authorization: 'Bearer token' }, status: 200 },
        { request: 'GET /a', headers: { authorization: 'Basic dXNlcjpwYXNz' }, status: 200 },
        { request: 'GET /a', headers: { authorization: 'Basic !' }, status: 401 },
        { request: 'GET /a', headers: { authorization: 'Digest x' }, status: 401 },
      ],
    },
    {
      name: '`oauth2` and `openIdConnect`',
      handling: 'checked',
      note: 'any token; scopes by fixtures of a profile',
      document: KEYED,
      paths: secured({ oauth: ['read'] }),
      steps: [
        { request: 'GET /a', headers: { authorization: 'Bearer token' }, status: 200 },
        { request: 'GET /a', status: 401 },
      ],
    },
    {
      name: 'several schemes that are all needed',
      handling: 'checked',
      document: KEYED,
      paths: secured({ header: [], bearer: [] }),
      steps: [
        { request: 'GET /a', headers: { 'x-key': 'k1234567', authorization: 'Bearer token' }, status: 200 },
        { request: 'GET /a', headers: { 'x-key': 'k1234567' }, status: 401 },
        { request: 'GET /a', headers: { authorization: 'Bearer token' }, status: 401 },
      ],
    },
    {
      name: 'optional credentials (`{}` in the list)',
      handling: 'checked',
      note: 'used if sent, 401 if bad',
      document: KEYED,
      paths: secured({ basic: [] }, {}),
      steps: [
        { request: 'GET /a', status: 200 },
        { request: 'GET /a', headers: { authorization: 'Basic dXNlcjpwYXNz' }, status: 200 },
        { request: 'GET /a', headers: { authorization: 'Basic !' }, status: 401 },
      ],
    },
    {
      name: '`security: []` of an operation',
      handling: 'checked',
      document: { ...KEYED, security: [{ header: [] }] },
      paths: { '/a': { get: { ...OK, security: [] }, post: OK } },
      steps: [
        { request: 'GET /a', status: 200 },
        { request: 'POST /a', status: 401 },
      ],
    },
  ],
};

/** Refusals of a document that is served without a profile. */
export const refusals: FeatureGroup = {
  title: 'Refusals',
  features: [
    {
      name: 'every violation, as problem+json (RFC 9457)',
      handling: 'served',
      note: 'a profile may answer in the provider’s own form instead',
      paths: path('/a', 'get', {
        parameters: [
          { name: 'n', in: 'query', schema: { type: 'integer' } },
          { name: 'x', in: 'query', required: true, schema: { type: 'string' } },
        ],
      }),
      steps: [
        {
          request: 'GET /a?n=y',
          status: 400,
          answers: { 'content-type': 'application/problem+json' },
          fields: ['n', 'x'],
        },
      ],
    },
    {
      name: '422 where an operation documents 422 and not 400',
      handling: 'served',
      paths: path('/a', 'get', {
        parameters: [{ name: 'n', in: 'query', schema: { type: 'integer' } }],
        responses: { 200: { description: 'ok' }, 422: { description: 'invalid' } },
      }),
      steps: [{ request: 'GET /a?n=y', status: 422, fields: ['n'] }],
    },
    {
      name: 'paths and methods that the document does not have',
      handling: 'served',
      paths: path('/a', 'get'),
      steps: [
        { request: 'GET /b', status: 404, answers: { 'content-type': 'application/problem+json' } },
        { request: 'DELETE /a', status: 405, answers: { allow: /GET/ } },
      ],
    },
  ],
};

import { type Feature, type FeatureGroup, path, withBody, withParameter } from './feature.js';

const INTEGERS = { type: 'array', items: { type: 'integer' } };
const POINT = { type: 'object', required: ['lat'], properties: { lat: { type: 'number' }, lng: { type: 'number' } } };

/** A parameter with one serialisation: a call that is right, and one that is not. */
function style(name: string, parameter: object, right: string, wrong: string, key = '/a'): Feature {
  return {
    name,
    handling: 'checked',
    paths: withParameter({ name: 'p', in: 'query', ...parameter }, key),
    steps: [
      { request: `GET ${right}`, status: 200 },
      { request: `GET ${wrong}`, status: 400, fields: ['p'] },
    ],
  };
}

const inPath = (rest: object) => ({ in: 'path', required: true, ...rest });

/** Parameters. */
export const parameters: FeatureGroup = {
  title: 'Parameters',
  features: [
    style('query, style form, exploded', { schema: INTEGERS }, '/a?p=1&p=2', '/a?p=1&p=x'),
    style('query, style form, not exploded', { explode: false, schema: INTEGERS }, '/a?p=1,2', '/a?p=1,x'),
    style(
      'query, style spaceDelimited',
      { style: 'spaceDelimited', explode: false, schema: INTEGERS },
      '/a?p=1%202',
      '/a?p=1%20x',
    ),
    style(
      'query, style pipeDelimited',
      { style: 'pipeDelimited', explode: false, schema: INTEGERS },
      '/a?p=1|2',
      '/a?p=1|x',
    ),
    style('query, style deepObject', { style: 'deepObject', schema: POINT }, '/a?p[lat]=1', '/a?p[lat]=x'),
    style(
      'query, an object, not exploded',
      { explode: false, schema: POINT, required: true },
      '/a?p=lat,1',
      '/a?p=lat,x',
    ),
    style('path, style simple', inPath({ schema: INTEGERS }), '/a/1,2', '/a/1,x', '/a/{p}'),
    style('path, style label', inPath({ style: 'label', schema: INTEGERS }), '/a/.1,2', '/a/.x', '/a/{p}'),
    style('path, style matrix', inPath({ style: 'matrix', schema: INTEGERS }), '/a/;p=1,2', '/a/;p=x', '/a/{p}'),
    style(
      '`content` (a parameter as JSON)',
      { content: { 'application/json': { schema: POINT } } },
      '/a?p=%7B%22lat%22:1%7D',
      '/a?p=%7B%22lat%22:%22x%22%7D',
    ),
    {
      name: 'header, style simple',
      handling: 'checked',
      paths: withParameter({ name: 'X-P', in: 'header', schema: INTEGERS }),
      steps: [
        { request: 'GET /a', headers: { 'x-p': '1,2' }, status: 200 },
        { request: 'GET /a', headers: { 'x-p': '1,x' }, status: 400, fields: ['X-P'] },
      ],
    },
    {
      name: 'cookie, style form',
      handling: 'checked',
      paths: withParameter({ name: 'p', in: 'cookie', required: true, schema: { type: 'integer' } }),
      steps: [
        { request: 'GET /a', headers: { cookie: 'q=x; p=1' }, status: 200 },
        { request: 'GET /a', headers: { cookie: 'p=x' }, status: 400, fields: ['p'] },
        { request: 'GET /a', status: 400, fields: ['p'] },
      ],
    },
    {
      name: 'header parameters named Accept, Content-Type and Authorization',
      handling: 'ignored',
      note: 'as OpenAPI says',
      paths: withParameter({ name: 'Accept', in: 'header', required: true, schema: { type: 'string', enum: ['x'] } }),
      steps: [{ request: 'GET /a', status: 200 }],
    },
    {
      name: '`required`, `default`, and schemas of every kind',
      handling: 'checked',
      paths: withParameter({
        name: 'p',
        in: 'query',
        required: true,
        schema: { oneOf: [{ type: 'integer' }, { type: 'string', enum: ['all'] }] },
      }),
      steps: [
        { request: 'GET /a?p=1', status: 200 },
        { request: 'GET /a?p=all', status: 200 },
        { request: 'GET /a?p=some', status: 400, fields: ['p'] },
        { request: 'GET /a', status: 400, fields: ['p'] },
      ],
    },
    {
      name: '`allowEmptyValue`',
      handling: 'checked',
      paths: withParameter({ name: 'p', in: 'query', allowEmptyValue: true, schema: { type: 'integer' } }),
      steps: [
        { request: 'GET /a?p=', status: 200 },
        { request: 'GET /a?p=x', status: 400, fields: ['p'] },
      ],
    },
    ...(
      [
        ['with several parameters in a segment', '/{x}...{y}', '/1...2', '/1..2'],
        ['with a suffix', '/{x}.json', '/1.json', '/1.xml'],
        ['with a verb', '/{x}:cancel', '/1:cancel', '/1:stop'],
        ['with literal * and :', '/a:b/*', '/a:b/*', '/a:b/c'],
        ['with letters beyond ASCII', '/é', '/%C3%A9', '/e'],
      ] as const
    ).map(
      ([name, key, right, wrong]): Feature => ({
        name: `paths ${name}`,
        handling: 'served',
        paths: path(key, 'get'),
        steps: [
          { request: `GET ${right}`, status: 200 },
          { request: `GET ${wrong}`, status: 404 },
        ],
      }),
    ),
    {
      name: 'concrete paths before templated ones',
      handling: 'served',
      paths: {
        ...path('/a/{id}', 'get', { responses: { 200: { description: 'one' } } }),
        ...path('/a/new', 'get', { responses: { 204: { description: 'new' } } }),
      },
      steps: [
        { request: 'GET /a/new', status: 204 },
        { request: 'GET /a/1', status: 200 },
      ],
    },
  ],
};

const TO = { type: 'object', required: ['to'], properties: { to: { type: 'string' }, n: { type: 'integer' } } };
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

/** A multipart body. */
function multipart(...parts: readonly (readonly [disposition: string, content: string])[]): string {
  const lines = parts.flatMap(([disposition, content]) => [
    '--b',
    `Content-Disposition: form-data; ${disposition}`,
    '',
    content,
  ]);
  return [...lines, '--b--', ''].join('\r\n');
}

const MULTIPART = { 'content-type': 'multipart/form-data; boundary=b' };

/** Bodies of requests. */
export const bodies: FeatureGroup = {
  title: 'Request bodies',
  features: [
    {
      name: '`application/json`, `+json`',
      handling: 'checked',
      paths: withBody('application/vnd.x+json', { schema: TO }),
      steps: [
        { request: 'POST /a', headers: { 'content-type': 'application/vnd.x+json' }, body: '{"to":"x"}', status: 200 },
        {
          request: 'POST /a',
          headers: { 'content-type': 'application/vnd.x+json' },
          body: '{"n":1}',
          status: 400,
          fields: ['to'],
        },
        { request: 'POST /a', headers: { 'content-type': 'application/vnd.x+json' }, body: '{', status: 400 },
      ],
    },
    {
      name: '`application/x-www-form-urlencoded`',
      handling: 'checked',
      note: 'values are converted to the types of the schema; profiles see the fields',
      paths: withBody('application/x-www-form-urlencoded', { schema: TO }),
      steps: [
        { request: 'POST /a', headers: FORM, body: 'to=x&n=3', status: 200 },
        { request: 'POST /a', headers: FORM, body: 'n=3', status: 400, fields: ['to'] },
        { request: 'POST /a', headers: FORM, body: 'to=x&n=y', status: 400, fields: ['n'] },
      ],
    },
    {
      name: '`encoding` of form fields',
      handling: 'checked',
      paths: withBody('application/x-www-form-urlencoded', {
        schema: { type: 'object', properties: { ids: INTEGERS, at: POINT } },
        encoding: { ids: { style: 'form', explode: false }, at: { style: 'deepObject' } },
      }),
      steps: [
        { request: 'POST /a', headers: FORM, body: 'ids=1,2&at[lat]=3', status: 200 },
        { request: 'POST /a', headers: FORM, body: 'ids=1,x', status: 400, fields: ['ids[1]'] },
        { request: 'POST /a', headers: FORM, body: 'at[lat]=x', status: 400, fields: ['at.lat'] },
      ],
    },
    {
      name: '`multipart/form-data`, with files',
      handling: 'checked',
      paths: withBody('multipart/form-data', {
        schema: {
          type: 'object',
          required: ['file'],
          properties: { file: { type: 'string', format: 'binary' }, n: { type: 'integer' } },
        },
      }),
      steps: [
        {
          request: 'POST /a',
          headers: MULTIPART,
          body: multipart(['name="file"; filename="a.bin"', 'bytes'], ['name="n"', '3']),
          status: 200,
        },
        { request: 'POST /a', headers: MULTIPART, body: multipart(['name="n"', '3']), status: 400, fields: ['file'] },
      ],
    },
    {
      name: 'XML',
      handling: 'checked',
      note: 'parsed to the shape of the schema: names, attributes, wrapped lists',
      paths: withBody('application/xml', {
        schema: {
          type: 'object',
          xml: { name: 'order' },
          required: ['id'],
          properties: {
            id: { type: 'integer', xml: { attribute: true } },
            items: { type: 'array', items: { type: 'string', xml: { name: 'item' } }, xml: { wrapped: true } },
          },
        },
      }),
      steps: [
        {
          request: 'POST /a',
          headers: { 'content-type': 'application/xml' },
          body: '<order id="1"><items><item>x</item></items></order>',
          status: 200,
        },
        {
          request: 'POST /a',
          headers: { 'content-type': 'application/xml' },
          body: '<order id="x"/>',
          status: 400,
          fields: ['id'],
        },
        { request: 'POST /a', headers: { 'content-type': 'application/xml' }, body: '<order', status: 400 },
      ],
    },
    {
      name: 'text and bytes',
      handling: 'checked',
      paths: withBody('text/plain', { schema: { type: 'string', maxLength: 3 } }),
      steps: [
        { request: 'POST /a', headers: { 'content-type': 'text/plain' }, body: 'abc', status: 200 },
        { request: 'POST /a', headers: { 'content-type': 'text/plain' }, body: 'abcd', status: 400 },
      ],
    },
    {
      name: 'a body that is required and missing',
      handling: 'checked',
      paths: withBody('application/octet-stream', { schema: { type: 'string', format: 'binary' } }),
      steps: [
        { request: 'POST /a', status: 400, content: /"detail":"The body is missing\."/ },
        {
          request: 'POST /a',
          headers: { 'content-type': 'application/octet-stream' },
          body: new Uint8Array([0, 255]),
          status: 200,
        },
      ],
    },
    {
      name: 'a media type that the document does not have',
      handling: 'checked',
      note: '415',
      paths: withBody('application/json', { schema: TO }),
      steps: [{ request: 'POST /a', headers: { 'content-type': 'application/xml' }, body: '<to>x</to>', status: 415 }],
    },
  ],
};

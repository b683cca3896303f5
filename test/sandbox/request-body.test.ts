/** The body of a request as rules and the journal see it: codings, kinds of bytes, and bodies made to do harm. */
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { OpenApiDocument } from '../../src/openapi/document/document.js';
import type { Json, JsonObject } from '../../src/openapi/document/json.js';
import { createBodyReaders } from '../../src/openapi/request/body/read-body.js';
import { ReceivedBody, TOO_LARGE } from '../../src/openapi/request/body/received.js';
import { createRouter } from '../../src/openapi/request/router.js';
import { createValidators } from '../../src/openapi/request/validation.js';
import { compileChecks } from '../../src/openapi/schema/checks.js';
import { Request } from '../../src/sandbox/exchange/request.js';

const LIMIT = 100_000;

const ITEM: Json = {
  type: 'object',
  required: ['a'],
  properties: { a: { type: 'string' }, inner: { $ref: '#/components/schemas/Item' } },
};
const content: Json = Object.fromEntries(
  [
    'application/json',
    'application/xml',
    'application/x-www-form-urlencoded',
    'multipart/form-data',
    'application/octet-stream',
    'application/x-ndjson',
    'text/plain',
  ].map((type) => [type, { schema: { $ref: '#/components/schemas/Item' } }]),
);
const document = new OpenApiDocument({
  openapi: '3.1.0',
  paths: {
    '/b': { post: { requestBody: { required: true, content }, responses: {} } },
    '/json': { post: { requestBody: { content: { 'application/json': {} } }, responses: {} } },
  },
  components: { schemas: { Item: ITEM } },
} as JsonObject);
const checks = compileChecks(document);
const router = createRouter(document.operations);
const readers = createBodyReaders(document, checks);
const validators = createValidators(checks);

function requestOf(
  body: Uint8Array | string | ReceivedBody,
  headers: Readonly<Record<string, string>> = {},
  path = '/b',
): Request {
  const received = body instanceof ReceivedBody ? body : new ReceivedBody(Buffer.from(body), LIMIT);
  const match = router.match('POST', path)!;
  const header = (name: string) => headers[name];
  return new Request(
    { method: 'POST', path, rawQuery: '', header, ip: '', body: received },
    match,
    readers(match.operation),
  );
}

const validated = (request: Request) =>
  validators(request.match!.operation)(request).violations.map(({ keyword }) => keyword);

const JSON_TYPE = { 'content-type': 'application/json' };

describe('a body with codings', () => {
  const plain = '{"a":"x"}';
  it.each<[string, Uint8Array]>([
    ['gzip', gzipSync(plain)],
    ['x-gzip', gzipSync(plain)],
    ['GZIP', gzipSync(plain)],
    ['deflate', deflateSync(plain)],
    ['deflate', deflateRawSync(plain)],
    ['br', brotliCompressSync(plain)],
    ['gzip, br', brotliCompressSync(gzipSync(plain))],
    ['identity', Buffer.from(plain)],
    ['', Buffer.from(plain)],
  ])('%s is read', (coding, bytes) => {
    const request = requestOf(bytes, { ...JSON_TYPE, 'content-encoding': coding });
    expect(request.body).toEqual({ a: 'x' });
    expect(request.decodedText).toBe(plain);
    expect(validated(request)).toEqual([]);
    expect(request.bodyTooLarge).toBe(false);
  });

  it.each<[string, Uint8Array, string]>([
    ['compress', Buffer.from(plain), 'media-type'],
    ['gzip', Buffer.from(plain), 'content-encoding'],
    ['gzip', gzipSync(plain).subarray(0, 20), 'content-encoding'],
    ['gzip,gzip,gzip,gzip,gzip,gzip', gzipSync(plain), 'media-type'],
  ])('%s is refused if it is unknown or wrong (%#)', (coding, bytes, keyword) => {
    const request = requestOf(bytes, { ...JSON_TYPE, 'content-encoding': coding });
    expect(validated(request)).toEqual([keyword]);
    expect(request.body).toBeUndefined();
  });

  it('is too large if it becomes so', () => {
    const bomb = gzipSync(Buffer.alloc(LIMIT + 1));
    expect(bomb.byteLength).toBeLessThan(1_000);
    expect(requestOf(bomb, { ...JSON_TYPE, 'content-encoding': 'gzip' }).bodyTooLarge).toBe(true);
    expect(requestOf(gzipSync(bomb), { ...JSON_TYPE, 'content-encoding': 'gzip, gzip' }).bodyTooLarge).toBe(true);
    expect(requestOf(TOO_LARGE).bodyTooLarge).toBe(true);
  });
});

describe('the text of a body', () => {
  const multipart = (boundary: string) =>
    [
      `--${boundary}\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n--${boundary}--`,
      { 'content-type': `multipart/form-data; boundary=${boundary}` },
    ] as const;

  it('is equal for equal bodies, whatever was read of them', () => {
    const [first, second] = [requestOf('{"a":"é"}', JSON_TYPE), requestOf('{"a":"é"}', JSON_TYPE)];
    expect(first.body).toEqual({ a: 'é' });
    expect(first.bodyText).toBe(second.bodyText);
  });

  it('does not depend on the boundary of a multipart body', () => {
    expect(requestOf(...multipart('one')).bodyText).toBe(requestOf(...multipart('another')).bodyText);
  });

  it('has one character for each byte of a binary body', () => {
    const request = requestOf(Buffer.from([0, 255, 195, 169]), { 'content-type': 'application/octet-stream' });
    expect(request.bodyText).toBe('\0\xff\xc3\xa9');
  });
});

describe('a body that a behaviour has changed', () => {
  it('is read again', () => {
    const request = requestOf('{"a":["x"]}', JSON_TYPE, '/json');
    (request.mutableBody() as { a: string[] }).a.push('y');
    expect(request.longestList).toBe(1);
    expect(request.body).toEqual({ a: ['x'] });
  });
});

/** None of these may take long, throw or change an object that others see. */
describe('a body made to do harm', () => {
  const long = LIMIT / 2;
  it.each<[string, string, string]>([
    ['deep JSON', 'application/json', '['.repeat(long)],
    ['deep JSON in a form', 'application/x-www-form-urlencoded', `a=${'['.repeat(long)}`],
    ['deep XML', 'application/xml', '<a>'.repeat(long / 4)],
    ['deep XML that is closed', 'application/xml', '<a>'.repeat(5_000) + '</a>'.repeat(5_000)],
    ['many attributes', 'application/xml', `<a ${Array.from({ length: 5_000 }, (_, i) => `x${i}="1"`).join(' ')}/>`],
    [
      'entities',
      'application/xml',
      `<!DOCTYPE a [<!ENTITY x "xxxxxxxxxx">${Array.from({ length: 9 }, (_, i) => `<!ENTITY x${i} "${`&x${i ? i - 1 : ''};`.repeat(10)}">`).join('')}]><a><a>&x8;</a></a>`,
    ],
    ['an unclosed comment', 'application/xml', `<a><!--${'-'.repeat(long)}`],
    [
      'names of prototypes in XML',
      'application/xml',
      '<a><__proto__><polluted>1</polluted></__proto__><constructor>1</constructor><a>1</a></a>',
    ],
    ['brackets', 'application/x-www-form-urlencoded', `a${'[b]'.repeat(long / 4)}=1`],
    ['brackets within brackets', 'application/x-www-form-urlencoded', `a${'['.repeat(long)}=1`],
    ['indices', 'application/x-www-form-urlencoded', 'a[4294967295]=1&a[99999999999999999999]=2'],
    [
      'names of prototypes',
      'application/x-www-form-urlencoded',
      '__proto__[polluted]=1&constructor[prototype][polluted]=1&a=1',
    ],
    ['many pairs', 'application/x-www-form-urlencoded', 'a&'.repeat(long / 2)],
    ['many names', 'application/x-www-form-urlencoded', Array.from({ length: 9_000 }, (_, i) => `a${i}=`).join('&')],
    ['boundaries', 'multipart/form-data; boundary=-', '-'.repeat(long)],
    ['an empty boundary', 'multipart/form-data; boundary=""', '--'],
    ['many lines', 'application/x-ndjson', '1\n'.repeat(long / 2)],
    ['a long line', 'text/plain', 'x'.repeat(long)],
    ['a content type of commas', `application/json${';a=b'.repeat(2_000)}`, '{}'],
  ])('%s', (_, type, body) => {
    const request = requestOf(body, { 'content-type': type });
    validated(request);
    void request.body;
    void request.bodyText;
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(Object.prototype).not.toHaveProperty('polluted');
  });
});

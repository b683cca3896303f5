/** Multipart bodies: parts, files, their media types and headers, and what is no multipart body. */
import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/openapi/document/json.js';
import { bodyReaderOf } from './read-request.js';

const TYPE = 'multipart/form-data; boundary=b';
const part = (name: string, value: string, more = '') =>
  `--b\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n${value}\r\n`;
const file = (name: string, value: string, type = 'application/octet-stream') =>
  part(name, value, `; filename="f"\r\nContent-Type: ${type}`);
const body = (...parts: string[]) => Buffer.from(`${parts.join('')}--b--\r\n`, 'latin1');

const UPLOAD: Json = {
  type: 'object',
  required: ['file'],
  properties: {
    file: { type: 'string', format: 'binary' },
    note: { type: 'string', maxLength: 5 },
    n: { type: 'integer' },
    tags: { type: 'array', items: { type: 'string' } },
    files: { type: 'array', items: { type: 'string', format: 'binary' }, maxItems: 2 },
    meta: { type: 'object', required: ['a'], properties: { a: { type: 'integer' } } },
    more: { type: 'array', items: { type: 'object', properties: { a: { type: 'integer' } } } },
  },
};

const read = (bytes: Uint8Array, encoding: Json = {}, schema = UPLOAD, type = TYPE) =>
  bodyReaderOf({ [type.split(';')[0]!]: { schema, encoding } } as Json)(bytes, type);

const FILE = file('file', '\x00\xff');

describe('a multipart body', () => {
  it.each<[string, Uint8Array, Json]>([
    ['has files', body(FILE), { file: '\x00\xff' }],
    ['has files without a name', body(part('file', 'x')), { file: 'x' }],
    ['has texts', body(FILE, part('note', 'a b')), { file: '\x00\xff', note: 'a b' }],
    ['has numbers', body(FILE, part('n', '7')), { file: '\x00\xff', n: 7 }],
    ['has lists', body(FILE, part('tags', 'a'), part('tags', 'b')), { file: '\x00\xff', tags: ['a', 'b'] }],
    ['has lists of one', body(FILE, part('tags', 'a')), { file: '\x00\xff', tags: ['a'] }],
    ['has lists in brackets', body(FILE, part('tags[]', 'a')), { file: '\x00\xff', tags: ['a'] }],
    ['has lists of files', body(FILE, file('files', 'a'), file('files', 'b')), { file: '\x00\xff', files: ['a', 'b'] }],
    ['has one file in a list', body(FILE, file('files', 'a')), { file: '\x00\xff', files: ['a'] }],
    [
      'has JSON',
      body(FILE, part('meta', '{"a":1}', '\r\nContent-Type: application/json')),
      { file: '\x00\xff', meta: { a: 1 } },
    ],
    ['has JSON without a type', body(FILE, part('meta', '{"a":1}')), { file: '\x00\xff', meta: { a: 1 } }],
    ['has objects in brackets', body(FILE, part('meta[a]', '1')), { file: '\x00\xff', meta: { a: 1 } }],
    [
      'has lists as JSON',
      body(FILE, part('more', '[{"a":1}]', '\r\nContent-Type: application/json')),
      { file: '\x00\xff', more: [{ a: 1 }] },
    ],
    [
      'has items as JSON',
      body(FILE, ...[1, 2].map((a) => part('more', `{"a":${a}}`, '\r\nContent-Type: application/json'))),
      { file: '\x00\xff', more: [{ a: 1 }, { a: 2 }] },
    ],
    [
      'has UTF-8',
      Buffer.concat([body(FILE).subarray(0, -7), Buffer.from(part('note', 'é')), Buffer.from('--b--\r\n')]),
      { file: '\x00\xff', note: 'é' },
    ],
    [
      'has other fields',
      body(FILE, part('__proto__', '1'), part('x', '2')),
      JSON.parse('{"file":"\\u0000\\u00ff","__proto__":"1","x":"2"}') as Json,
    ],
  ])('%s', (_, bytes, value) => {
    const checked = read(bytes);
    expect(checked.faults).toEqual([]);
    expect(checked.body).toEqual(value);
  });

  it.each<[string, Uint8Array, string]>([
    ['a missing file', body(part('note', 'a')), 'body file required'],
    ['no part', body(), 'body file required'],
    ['a long text', body(FILE, part('note', 'abcdef')), 'body note maxLength'],
    ['a wrong type', body(FILE, part('n', 'x')), 'body n type'],
    ['too many files', body(FILE, ...['a', 'b', 'c'].map((one) => file('files', one))), 'body files maxItems'],
    ['bad JSON', body(FILE, part('meta', '{', '\r\nContent-Type: application/json')), 'body meta json'],
    [
      'an invalid object',
      body(FILE, part('meta', '{"a":"x"}', '\r\nContent-Type: application/json')),
      'body meta.a type',
    ],
    ['no end', Buffer.from(FILE, 'latin1'), 'body multipart'],
    ['no boundary in it', Buffer.from('hello'), 'body multipart'],
  ])('with %s is refused', (_, bytes, fault) => {
    expect(read(bytes).faults).toEqual([fault]);
  });

  it('without a boundary in its type is refused', () => {
    expect(read(body(FILE), {}, UPLOAD, 'multipart/form-data').faults).toEqual(['body multipart']);
  });

  it('has the media types and headers of its encoding', () => {
    const encoding: Json = {
      file: { contentType: 'image/png, image/*', headers: { 'X-Sum': { required: true, schema: { type: 'string' } } } },
    };
    expect(read(body(FILE), encoding).faults).toEqual(['body file encoding', 'body file encoding']);
    const right = part('file', 'x', '; filename="f"\r\nX-Sum: 1\r\nContent-Type: image/gif');
    expect(read(body(right), encoding).faults).toEqual([]);
  });

  it('is a list if its parts have no names', () => {
    const bytes = Buffer.from(
      '--b\r\nContent-Type: application/json\r\n\r\n{"a":1}\r\n--b\r\nContent-Type: text/plain\r\n\r\nx\r\n--b--',
    );
    const checked = read(bytes, {}, { type: 'array' }, 'multipart/mixed; boundary=b');
    expect(checked.body).toEqual([{ a: 1 }, 'x']);
  });

  it('of many parts is read, or refused, in bounded time', () => {
    const many = (count: number) => body(FILE, ...Array.from({ length: count }, (_, i) => part(`x${i}`, '')));
    expect(read(many(5_000)).faults).toEqual([]);
    expect(read(many(20_000)).faults).toEqual(['body multipart']);
  });
});

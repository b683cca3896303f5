/**
 * Request targets and Host header fields, as RFC 9112 section 3 reads them.
 */
import { describe, expect, test } from 'vitest';
import { isAuthority, originOf } from '../../src/http/authority.js';
import { readRequest, refuseCoding } from '../../src/http/request-line.js';

interface Sent {
  method?: string;
  headers?: string[];
  version?: [number, number];
}

const read = (url: string, { method = 'GET', headers = ['Host', 'localhost:4290'], version = [1, 1] }: Sent = {}) =>
  readRequest({ method, url, rawHeaders: headers, httpVersionMajor: version[0], httpVersionMinor: version[1] });

const asked = (target: string, host = 'localhost:4290') => ({ target, host, refusal: undefined });

describe('a target', () => {
  test.each([
    '/',
    '/a/b?c=d&e',
    '/a?b=/c?d',
    '//host/path',
    '/a\\b',
    '/%zz',
    '/%',
    '/{id}/"<>|^`',
    '/a/../b/./c',
    `/${'x'.repeat(10_000)}`,
    '/?',
    '/http://other/',
  ])('%s is passed on as it came', (target) => {
    expect(read(target)).toEqual(asked(target));
  });

  test.each([
    ['http://other/a?b', '/a?b', 'other'],
    ['HTTP://Other:80/a', '/a', 'Other:80'],
    ['https://other/a', '/a', 'other'],
    ['http://other', '/', 'other'],
    ['http://other?a=/b', '/?a=/b', 'other'],
    ['http://[::1]:1/a', '/a', '[::1]:1'],
    ['http://other//a', '//a', 'other'],
  ])('%s is %s of %s, whatever Host says', (url, target, host) => {
    expect(read(url)).toEqual(asked(target, host));
  });

  test('* is for OPTIONS, and so is a URL without a path', () => {
    expect(read('*', { method: 'OPTIONS' })).toEqual(asked('*'));
    expect(read('http://other:1', { method: 'OPTIONS' })).toEqual(asked('*', 'other:1'));
    expect(read('http://other:1/', { method: 'OPTIONS' })).toEqual(asked('/', 'other:1'));
    expect(read('*').refusal).toMatchObject({
      status: 400,
      code: 'bad-target',
      detail: expect.stringContaining('OPTIONS'),
    });
  });

  test.each([
    ['ftp://other/a', 'ftp'],
    ['rtsp://other/a', 'rtsp'],
    ['http:///a', 'names no host'],
    ['http://:80/a', 'names no host'],
    ['http://user@other/a', 'Authorization'],
    ['http://a b/', 'not a host'],
    ['http://other:99999/', 'not a host'],
    ['http://[::g]/', 'not a host'],
    ['/a#b', '%23'],
    ['/a?b#c', '%23'],
    ['http://other/a#b', '%23'],
    ['/\u00e9', 'percent-encode'],
    ['/a b', 'percent-encode'],
    ['/\u0000', 'percent-encode'],
    ['/\u007f', 'percent-encode'],
    ['', 'starts with /'],
    ['?a=b', 'starts with /'],
    ['a/b', 'starts with /'],
    ['localhost:80', 'starts with /'],
    ['mailto:a@b', 'starts with /'],
    ['1http://other/', 'starts with /'],
  ])('%j is refused, with the fix', (target, fix) => {
    const { refusal } = read(target);
    expect(refusal).toMatchObject({ status: 400, code: 'bad-target' });
    expect(refusal!.detail).toContain(fix);
  });
});

describe('Host', () => {
  test.each([
    'a',
    'A.example:80',
    'a:',
    ':80',
    '',
    '127.0.0.1:0',
    '[::1]',
    '[::1]:',
    '[::ffff:127.0.0.1]:65535',
    'a_b~c',
    '%41',
    "a!$&'()*+,;=b",
  ])('%j may stand there', (host) => {
    expect(isAuthority(host)).toBe(true);
    expect(read('/', { headers: ['host', host] })).toEqual(asked('/', host));
  });

  test.each([
    'a b',
    'a/b',
    'a@b',
    'a:b',
    'a:65536',
    'a:80:80',
    '::1',
    '[::1',
    '[::1%25lo]',
    '[1::2::3]',
    '[]',
    '\u00e9',
    'a\\b',
    'a?',
    '%4',
    'http://a',
  ])('%j may not', (host) => {
    expect(isAuthority(host)).toBe(false);
    const { refusal } = read('/', { headers: ['Host', host] });
    expect(refusal).toMatchObject({ status: 400, code: 'bad-host' });
    expect(refusal!.detail).toContain(JSON.stringify(host.replace(/.*@/, '…@')));
    // Not in HTTP/1.0 either.
    expect(read('/', { headers: ['Host', host], version: [1, 0] }).refusal).toMatchObject({ code: 'bad-host' });
  });

  test('may be left out in HTTP/1.0 only', () => {
    expect(read('/a', { headers: [], version: [1, 0] })).toEqual(asked('/a', ''));
    expect(read('/a', { headers: ['X-Host', 'a'] }).refusal).toMatchObject({ status: 400, code: 'missing-host' });
    expect(read('http://other/a', { headers: [] }).refusal).toMatchObject({ status: 400, code: 'missing-host' });
  });

  test('may stand there once, whatever it says', () => {
    for (const version of [
      [1, 0],
      [1, 1],
    ] as [number, number][]) {
      const { refusal } = read('/', { headers: ['Host', 'a', 'X', 'y', 'hOST', 'a'], version });
      expect(refusal).toMatchObject({ status: 400, code: 'several-hosts', detail: expect.stringContaining('2 Host') });
    }
  });

  test('that is long is cut where it is shown', () => {
    expect(read('/', { headers: ['Host', `${'x'.repeat(5_000)} `.repeat(2)] }).refusal!.detail.length).toBeLessThan(
      250,
    );
  });
});

test.each([
  [0, 9],
  [2, 0],
  [3, 0],
])('HTTP/%i.%i is refused', (major, minor) => {
  expect(read('/', { version: [major, minor] }).refusal).toMatchObject({
    status: 400,
    code: 'bad-version',
    detail: expect.stringContaining('HTTP/1.1'),
  });
});

test('transfer codings besides chunked are refused', () => {
  const coding = (...values: string[]) =>
    refuseCoding({
      method: 'POST',
      url: '/',
      httpVersionMajor: 1,
      httpVersionMinor: 1,
      rawHeaders: values.flatMap((value) => ['Transfer-Encoding', value]),
    })?.code;
  expect([coding(), coding('chunked'), coding(' Chunked ')]).toEqual([undefined, undefined, undefined]);
  expect([coding('gzip, chunked'), coding('gzip', 'chunked'), coding('')]).toEqual(
    Array(3).fill('bad-transfer-encoding'),
  );
});

test.each([
  ['A:80', 'http://a'],
  ['a:', 'http://a'],
  ['a:8080', 'http://a:8080'],
  ['[::80]', 'http://[::80]'],
  ['[::1]:80', 'http://[::1]'],
])('the origin of %s is %s', (authority, origin) => {
  expect(originOf(authority)).toBe(origin);
});

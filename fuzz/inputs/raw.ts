/**
 * Request lines, hosts and header fields as no library writes them; framing that is broken; and pipelines of all of them.
 * @module
 */
import { type Generator, inPieces, request } from '../input.js';
import type { Random } from '../random.js';

const METHODS = [
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'TRACE',
  'CONNECT',
  'QUERY',
  'PURGE',
  'M-SEARCH',
  'get',
  'G\0T',
  'FOO',
  'PRI',
  '',
];

const VERSIONS = [
  'HTTP/1.1',
  'HTTP/1.0',
  'HTTP/0.9',
  'HTTP/2.0',
  'HTTP/1.2',
  'HTTP/11',
  'http/1.1',
  'RTSP/1.0',
  'ICE/1.0',
  '',
];

const HOSTS = [
  'localhost',
  '127.0.0.1',
  '127.0.0.1:',
  'localhost:99999',
  'localhost:80:80',
  '[::1]',
  '[::1]:80',
  '[::ffff:127.0.0.1]',
  '[::1%25lo]',
  '[::1',
  '::1',
  '',
  ' ',
  'a b',
  'a@b',
  'a/b',
  'a\\b',
  'a?b',
  'a#b',
  '%41',
  '%4',
  'é',
  'evil.example',
  "a!$&'()*+,;=b",
  'x'.repeat(5_000),
  '1'.repeat(400),
];

/** What may stand in a path or a query. */
const SEGMENTS = [
  'api',
  'v1',
  'klinky',
  'aiclicks',
  '__mock429',
  'health',
  '~t1',
  '~',
  '~..',
  '~a%20b',
  '..',
  '.',
  '%2e%2e',
  '',
  'a\\b',
  '%',
  '%zz',
  '%00',
  '%ff',
  '%c3%a9',
  'é',
  '{id}',
  '"<>|^`',
  ';a=b',
  '*',
  ':p0',
  '#x',
  '__proto__',
  'constructor',
  'x'.repeat(3_000),
  '\t',
  '\0',
  ' ',
  '\x7f',
];

const ODD_TARGETS = [
  '*',
  '?only',
  '',
  '/',
  '//',
  '///',
  'localhost:80',
  'a/b',
  'http://',
  'http:///x',
  'http://localhost',
  'http://localhost?x',
  'https://localhost/',
  'HTTP://LOCALHOST/',
  'ftp://x/y',
  'mailto:a@b',
  'http://a b/',
  'http://a:b@localhost/',
  'http://localhost:99999/',
  'http://[::1]/',
  'http://[::g]/',
  'javascript:alert(1)',
  'file:///etc/passwd',
  '/?',
  '/#',
  '/?a#b',
  `/${'x'.repeat(20_000)}`,
];

const HEADERS = [
  'Connection: keep-alive',
  'Connection: close',
  'Connection: upgrade',
  'Connection: close, keep-alive, \x0b',
  'Upgrade: websocket',
  'Upgrade: h2c',
  'Expect: 100-continue',
  'Expect: a miracle',
  'Expect:',
  'Transfer-Encoding: chunked',
  'Transfer-Encoding: gzip, chunked',
  'Transfer-Encoding: chunked, gzip',
  'Transfer-Encoding:',
  'Content-Length: 0',
  'Content-Length: 5',
  'Content-Length: -1',
  'Content-Length: 5, 5',
  'Content-Length: 0x5',
  'Content-Length: 99999999999999999999',
  'Content-Length: 1e3',
  'Content-Type: application/json',
  'Content-Type: multipart/form-data',
  'Content-Type: ;;;',
  'Content-Encoding: gzip',
  'Trailer: X-A',
  'TE: trailers',
  'Keep-Alive: timeout=999999',
  'X-Forwarded-For: 1.2.3.4, ::1, nonsense, 127.0.0.1',
  'Origin: null',
  'Origin: http://evil.example',
  'Access-Control-Request-Method: GET',
  'Access-Control-Request-Headers: \xff',
  'If-None-Match: *',
  'If-None-Match: W/"a", "b',
  'If-Modified-Since: yesterday',
  'Range: bytes=0-0,-1',
  'Prefer: code=999999',
  'Prefer: code=200',
  'Prefer: ;;code=abc',
  'Prefer: code=429, code=404',
  'Last-Event-ID: 99999999999999999999',
  'Last-Event-ID: x',
  'Idempotency-Key: a',
  'X-Mock429-Client: \xe9',
  'Authorization: Bearer',
  'Authorization: Bearer  ',
  'Authorization: Basic Og==',
  'Authorization: Bearer ak_\xff\xfe',
  'Cookie: a=b; __proto__=c',
  '__proto__: x',
  'constructor: y',
  ': empty',
  'X : blank',
  'X\0: nul',
  'X: nul\0',
  'X: \x01',
  ' folded',
  'nocolon',
  `X-Long: ${'y'.repeat(17_000)}`,
  ...Array.from({ length: 3 }, (_, i) => `X-${i}: ${'z'.repeat(100 * i)}`),
];

function target(random: Random): string {
  if (random.chance(0.25)) return random.pick(ODD_TARGETS);
  const path = Array.from({ length: random.between(1, 5) }, () => random.pick(SEGMENTS)).join('/');
  const query = random.chance(0.4) ? `?${random.pick(SEGMENTS)}=${random.pick(SEGMENTS)}&${random.pick(SEGMENTS)}` : '';
  const whole = `/${path}${query}`;
  return random.chance(0.1) ? `http://${random.pick(HOSTS)}${whole}` : whole;
}

function head(random: Random): string {
  const method = random.chance(0.7) ? random.pick(METHODS.slice(0, 7)) : random.pick(METHODS);
  const version = random.chance(0.85) ? 'HTTP/1.1' : random.pick(VERSIONS);
  const lines = [`${method} ${target(random)} ${version}`];
  if (!random.chance(0.1)) lines.push(`Host: ${random.chance(0.7) ? 'localhost' : random.pick(HOSTS)}`);
  if (random.chance(0.04)) lines.push(`host: ${random.pick(HOSTS)}`);
  for (let i = random.below(5); i > 0; i--) lines.push(random.pick(HEADERS));
  if (random.chance(0.01)) lines.push(...Array(3_000).fill('a:'));
  const end = random.weighted([
    [30, '\r\n'],
    [1, '\n'],
    [1, '\r'],
    [1, '\r\r\n'],
  ] as const);
  return lines.join(end) + end + end;
}

const CHUNK_SIZES = [
  '0',
  '1',
  '5',
  'a',
  'A',
  '5;ext=1',
  '5 ',
  ' 5',
  '-1',
  '0x5',
  'zz',
  'ffffffffffffffffff',
  '',
  '5;'.padEnd(20_000, 'e'),
  '00000000000000000005',
];

function body(random: Random): string {
  const chunk = () => {
    const size = random.chance(0.7) ? '5' : random.pick(CHUNK_SIZES);
    return `${size}${random.chance(0.9) ? '\r\n' : '\n'}hello${random.chance(0.9) ? '\r\n' : ''}`;
  };
  const chunks = Array.from({ length: random.below(4) }, chunk).join('');
  return (
    chunks + random.pick(['0\r\n\r\n', '0\r\nX-Trailer: a\r\n\r\n', '0\r\n', '', '0\r\nContent-Length: 5\r\n\r\n'])
  );
}

/** Anything that may be in the place of a request. */
function something(random: Random): Buffer {
  switch (random.below(8)) {
    case 0:
      return Buffer.from(head(random) + body(random), 'latin1');
    case 1:
      return Buffer.from(head(random) + random.word(random.below(40)), 'latin1');
    case 2: {
      const whole = Buffer.from(head(random), 'latin1');
      return whole.subarray(0, random.below(whole.length + 1));
    }
    case 3:
      return random.chance(0.3)
        ? random.bytes(random.between(1, 300))
        : Buffer.from('\x16\x03\x01\x02\x00\x01', 'latin1');
    case 4: {
      const flipped = Buffer.from(head(random), 'latin1');
      for (let i = random.between(1, 3); i > 0 && flipped.length > 0; i--) {
        const at = random.below(flipped.length);
        flipped[at] = flipped[at]! ^ (1 << random.below(8));
      }
      return flipped;
    }
    default:
      return Buffer.from(head(random), 'latin1');
  }
}

/** One that can be answered. */
function plain(random: Random): Buffer {
  const where = random.pick([
    '/__mock429/health',
    '/klinky/api/v1/public/links',
    '/api/v1/public/links',
    '/aiclicks/api/v1/domains',
    '/v1/tools',
    '/~t1/__mock429/in-flight',
    '/nowhere',
  ]);
  const headers = ['X-API-Key: klinky_live_a', 'Authorization: Bearer ak_live_a'];
  return random.chance(0.3)
    ? request({ method: 'POST', target: where, headers, body: '{}' })
    : request({ method: random.pick(['GET', 'GET', 'HEAD', 'OPTIONS']), target: where, headers });
}

/** A request with odd, damaged or truncated parts, or bytes that are no request. */
export const raw: Generator = (random) => ({
  pieces: inPieces(random, something(random)),
  ending: random.weighted([
    [10, 'half'],
    [1, 'abort'],
  ] as const),
});

/** Sound and broken ones one behind the other, in one write. */
export const pipeline: Generator = (random) => {
  const parts = Array.from({ length: random.between(2, 8) }, () =>
    random.chance(0.7) ? plain(random) : something(random),
  );
  return {
    pieces: inPieces(random, Buffer.concat(parts)),
    ending: random.weighted([
      [8, 'half'],
      [2, 'abort'],
      [2, 'leave'],
    ] as const),
  };
};

/** The connection ends somewhere in a request that would be sound. */
export const brokenOff: Generator = (random) => {
  const whole = request({
    method: random.pick(['POST', 'PUT', 'PATCH']),
    target: random.pick([
      '/__mock429/reset',
      '/klinky/api/v1/public/links',
      '/api/v1/public/links',
      '/__mock429/faults',
    ]),
    headers: [
      'X-API-Key: klinky_live_a',
      'Content-Type: application/json',
      ...(random.chance(0.2) ? ['Expect: 100-continue'] : []),
    ],
    body: 'x'.repeat(random.pick([10, 1_000, 70_000, 300_000])),
  });
  const pieces = inPieces(random, whole.subarray(0, random.between(1, whole.length - 1)));
  return { pieces, ending: random.pick(['half', 'abort', 'leave'] as const) };
};

/**
 * Responses that are written in one piece are, byte for byte, what node would have written.
 */
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { KEEP_ALIVE_MS, writeWhole } from '../../src/http/socket/whole-response.js';
import { scaled } from '../properties/agree.js';

interface Sent {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string | null;
}

let server: Server;
let next: Sent;
let taken: boolean | undefined;

beforeAll(async () => {
  server = createServer((request, response) => {
    try {
      taken = request.url === '/whole' && writeWhole(response, next.status, next.headers, next.body);
      if (!taken) asNodeDoes(response, next);
    } catch (error) {
      response.socket!.end(`error ${(error as NodeJS.ErrnoException).code}`);
    }
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  await once(server.listen(0, '127.0.0.1'), 'listening');
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

function asNodeDoes(response: ServerResponse, { status, headers, body }: Sent): void {
  const named = Object.keys(headers).some((name) => name.toLowerCase() === 'content-length');
  response.writeHead(
    status,
    body === null || named ? headers : { ...headers, 'Content-Length': String(Buffer.byteLength(body)) },
  );
  response.end(body ?? undefined);
}

/** All that comes back on a connection of its own, until the server closes it: it is asked to at the second request. */
async function bytes(head: string, way: '/whole' | '/node'): Promise<string> {
  const client: Socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const pieces: Buffer[] = [];
  client.on('data', (piece) => pieces.push(piece));
  await once(client, 'connect');
  const closed = once(client, 'close');
  client.write(head.replace('PATH', way));
  const first = once(client, 'data');
  await Promise.race([first, closed]);
  client.end();
  await closed;
  return Buffer.concat(pieces).toString('latin1');
}

const usual = <T>(ordinary: fc.Arbitrary<T>, ...odd: T[]) =>
  fc.oneof({ weight: 12, arbitrary: ordinary }, { weight: 1, arbitrary: fc.constantFrom(...odd) });
const name = usual(
  fc.oneof(
    fc.constantFrom('X-RateLimit-Limit', 'Retry-After', 'content-type', 'ETag'),
    fc.stringMatching(/^[A-Za-z][\w-]{0,20}$/),
  ),
  ...['Content-Length', 'Connection', 'Trailer', 'bad name', 'bad:name', ''],
);
const value = usual(
  fc.oneof(fc.stringMatching(/^[\x20-\x7e]{0,30}$/), fc.constantFrom('ümläut', 'tab\there')),
  ...['new\nline', 'nul\0', 'snow ☃', ''],
);
const sent: fc.Arbitrary<Sent> = fc.record({
  status: fc.constantFrom(200, 201, 202, 204, 304, 404, 429, 500, 599),
  headers: fc
    .tuple(usual(fc.constant(true), false), fc.dictionary(name, value, { maxKeys: 6 }))
    .map(([dated, headers]): Record<string, string> => {
      const given = Object.fromEntries(Object.entries(headers));
      return dated ? { Date: 'Tue, 12 May 2026 08:00:00 GMT', ...given } : given;
    }),
  body: fc.option(
    fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 60 }),
      fc.constantFrom('', 'x'.repeat(20_000), '☃'.repeat(9_000)),
    ),
  ),
});
const request = usual(
  fc.constant('GET PATH HTTP/1.1\r\nHost: localhost\r\n\r\n'),
  'HEAD PATH HTTP/1.1\r\nHost: localhost\r\n\r\n',
  'GET PATH HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
  'GET PATH HTTP/1.0\r\n\r\n',
  'GET PATH HTTP/1.0\r\nConnection: keep-alive\r\n\r\n',
);

/** The time of day is node's where the response has none. */
const timeless = (text: string) => text.replace(/Date: \w{3}, \d\d \w{3} (?!2026 08:00:00)[^\r]*/, 'Date: now');

test('whatever the status, the headers, the body and the request', async () => {
  let whole = 0;
  await fc.assert(
    fc.asyncProperty(sent, request, async (one, head) => {
      next = one;
      const written = await bytes(head, '/whole');
      if (taken) whole += 1;
      expect(timeless(written)).toBe(timeless(await bytes(head, '/node')));
    }),
    { numRuns: scaled(400) },
  );
  // The property would hold of a writer that never writes.
  expect(whole).toBeGreaterThan(scaled(50));
});

test('several on one connection, sent before the first is answered, come whole and in their order', async () => {
  next = { status: 200, headers: { Date: 'Tue, 12 May 2026 08:00:00 GMT' }, body: 'body' };
  const one = 'GET PATH HTTP/1.1\r\nHost: localhost\r\n\r\n';
  const three = `${one}${one}${one.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n')}`;
  const written = await bytes(three.replaceAll('PATH', '/whole'), '/whole');
  expect(written).toBe(await bytes(three.replaceAll('PATH', '/node'), '/node'));
  expect(written.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(3);
});

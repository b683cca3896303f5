/**
 * A provider's request is answered alike however its target is written, as a path or as a whole URL, and alike in-process, where it goes through the framework.
 */
import { afterEach, expect, test } from 'vitest';
import { createMock, type Mock } from '../../src/index.js';
import { exchange, responsesIn } from '../helpers/raw.js';

const START = Date.parse('2026-05-12T08:00:12.000Z');
const KEY = 'X-API-Key: klinky_live_a';
const LINKS = '/api/v1/public/links';
const mocks: Mock[] = [];
afterEach(() => Promise.all(mocks.splice(0).map((mock) => mock.close())));

async function start(profile: string | string[]): Promise<{ mock: Mock; port: number }> {
  const mock = await createMock({
    profile,
    clock: { now: START, frozen: true },
    maxBodyBytes: 400,
    trustedProxies: ['127.0.0.1'],
  });
  mocks.push(mock);
  return { mock, port: (await mock.listen({ port: 0 })).port };
}

/** Names of headers in any case and order. */
function plain(response: string): unknown {
  const [head = '', ...body] = response.split('\r\n\r\n');
  const [status, ...headers] = head.split('\r\n');
  const named = headers.map((line) => line.replace(/^[^:]*/, (name) => name.toLowerCase()));
  return { status, headers: named.sort(), body: body.join('\r\n\r\n') };
}

interface Sent {
  readonly method?: string;
  readonly target?: string;
  readonly headers?: readonly string[];
  readonly body?: string;
  readonly profile?: string | string[];
  /** Whether `fetch` can send it. */
  readonly fetched?: false;
}

const json = 'Content-Type: application/json';
const create = JSON.stringify({
  name: 'a',
  variants: [{ label: 'x', destination_url: 'https://example.com', weight: 100 }],
});
const inChunks = `${create.length.toString(16)}\r\n${create}\r\n0\r\n\r\n`;

const requests: Record<string, Sent> = {
  'what is there': {},
  'only its head': { method: 'HEAD' },
  'a query with escapes': { target: `${LINKS}?search=%2B1%20a&page=2` },
  'nothing that is there': { target: '/nowhere' },
  'a method that the path has not': { method: 'PATCH' },
  'without a key': { headers: [] },
  'two keys': { headers: [KEY, 'X-API-Key: klinky_live_b'] },
  'a key in any case': { headers: ['x-ApI-kEy: klinky_live_a'] },
  'a sandbox': { target: `/~t1${LINKS}` },
  'no name for a sandbox': { target: `/~t%201${LINKS}` },
  'a page in a browser': { headers: [KEY, 'Origin: https://example.com'] },
  'a browser that asks beforehand': {
    method: 'OPTIONS',
    headers: [
      'Origin: https://a.example',
      'Access-Control-Request-Method: GET',
      'Access-Control-Request-Headers: x-api-key',
    ],
  },
  'OPTIONS that asks for nothing': { method: 'OPTIONS' },
  'a status that it prefers': { headers: [KEY, 'Prefer: code=503'] },
  'a body': { method: 'POST', headers: [KEY, json, `Content-Length: ${create.length}`], body: create },
  'a body in chunks': { method: 'POST', headers: [KEY, json, 'Transfer-Encoding: chunked'], body: create },
  'a body that is no JSON': { method: 'POST', headers: [KEY, json, 'Content-Length: 1'], body: '{' },
  'a body that is too long': { method: 'POST', headers: [KEY, json, 'Content-Length: 401'], body: 'x'.repeat(401) },
  'no body where there should be one': { method: 'POST', headers: [KEY, json] },
  'a body where there should be none': { headers: [KEY, 'Content-Length: 2'], body: '{}', fetched: false },
  'one of several providers': { target: `/klinky${LINKS}`, profile: ['klinky', 'acrely'] },
  'none of several providers': { target: `/klinkyy${LINKS}`, profile: ['klinky', 'acrely'] },
};

/** What the journal keeps of requests, but for what differs from one time to the next. */
function kept(mock: Mock) {
  return mock
    .requests()
    .map(({ beganAt: _, leftAt, realAt: __, durationMs: ___, peer: ____, answeredAt: _____, ...entry }) => ({
      ...entry,
      left: leftAt !== null,
    }));
}

test.each(Object.entries(requests))('%s', async (_name, sent) => {
  const { method = 'GET', target = LINKS, headers = [KEY], profile = 'klinky' } = sent;
  const body = headers.includes('Transfer-Encoding: chunked') ? inChunks : (sent.body ?? '');
  const [direct, framed] = [await start(profile), await start(profile)];
  const text = (where: string) =>
    [
      `${method} ${where} HTTP/1.1`,
      'Host: localhost:4290',
      'Connection: close',
      'X-Forwarded-For: 203.0.113.9',
      ...headers,
      '',
      body,
    ].join('\r\n');
  const [one, other] = [
    await exchange(direct.port, text(target)),
    await exchange(framed.port, text(`http://localhost:4290${target}`)),
  ];
  expect(plain(one)).toEqual(plain(other));
  expect(one).toMatch(/^HTTP\/1\.1 \d\d\d /);
  expect(kept(direct.mock)).toEqual(kept(framed.mock));
});

/** Those that say how the answer is sent, and the time of the server where no provider answers. */
const OF_SENDING = ['connection', 'keep-alive', 'content-length', 'date'];

function content(headers: Iterable<[string, string]>): [string, string][] {
  return [...headers]
    .map(([name, value]): [string, string] => [name.toLowerCase(), value])
    .filter(([name]) => !OF_SENDING.includes(name))
    .sort();
}

test.each(Object.entries(requests).filter(([, { fetched }]) => fetched !== false))(
  '%s, in-process',
  async (_name, { method = 'GET', target = LINKS, headers = [KEY], body, profile = 'klinky' }) => {
    const [direct, inside] = [await start(profile), await start(profile)];
    const length = body === undefined ? [] : [`Content-Length: ${body.length}`];
    const others = headers.filter((line) => !/^(?:content-length|transfer-encoding):/i.test(line));
    const head = [`${method} ${target} HTTP/1.1`, 'Host: localhost:4290', 'Connection: close', ...others, ...length];
    const [raw] = responsesIn(await exchange(direct.port, `${head.join('\r\n')}\r\n\r\n${body ?? ''}`), {
      heads: method === 'HEAD',
    });
    const response = await inside.mock.fetch(`http://localhost:4290${target}`, {
      method,
      headers: others.map((line): [string, string] => [line.split(': ')[0]!, line.split(': ')[1]!]),
      ...(body === undefined ? {} : { body }),
    });
    expect({ status: raw!.status, headers: content(Object.entries(raw!.headers)), body: raw!.body }).toEqual({
      status: response.status,
      headers: content(response.headers),
      body: await response.text(),
    });
    expect(kept(direct.mock)).toEqual(kept(inside.mock));
  },
);

test.each([
  ['dropped', { drop: true }],
  ['broken off', { truncateBody: 5 }],
  ['with any header', { headers: { 'X-Odd': 'yes', connection: 'close' }, body: 'another' }],
] as const)('an answer that is %s', async (_how, fault) => {
  const answers = await Promise.all(
    ['', 'http://localhost:4290'].map(async (origin) => {
      const { mock, port } = await start('klinky');
      mock.faults.add(fault);
      return exchange(
        port,
        `GET ${origin}${LINKS} HTTP/1.1\r\nHost: localhost:4290\r\nConnection: close\r\n${KEY}\r\n\r\n`,
      );
    }),
  );
  expect(plain(answers[0]!)).toEqual(plain(answers[1]!));
});

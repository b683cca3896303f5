/**
 * What clients' libraries would not send, as bytes on a socket: read and answered as RFC 9112 says, one behind the other, logged, and never by a 500.
 */
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { readOn } from '../../src/http/socket/after-upgrade.js';
import { createMock, type Mock, type MockOptions } from '../../src/index.js';
import { exchange, type RawResponse, responsesIn } from '../helpers/raw.js';

const START = '2026-05-12T08:00:00.000Z';
const LINKS = '/api/v1/public/links';
const HEALTH = '/__mock429/health';
const KEY = 'X-API-Key: klinky_live_a';
const CLOSE = 'Connection: close';

const mocks: Mock[] = [];
afterEach(() => Promise.all(mocks.splice(0).map((mock) => mock.close())));

async function start(options: MockOptions = {}) {
  const logged: string[] = [];
  const mock = await createMock({
    profile: 'klinky',
    clock: { now: START, frozen: true },
    log: (_level, message) => logged.push(message),
    ...options,
  });
  mocks.push(mock);
  const { port } = await mock.listen();
  return {
    mock,
    port,
    logged,
    send: async (request: string, options?: { half?: boolean; heads?: boolean }) =>
      responsesIn(await exchange(port, request, options), options),
  };
}

/** A request's lines, and the empty one that ends its head. */
const head = (...lines: string[]) => `${lines.join('\r\n')}\r\n\r\n`;
const links = (...lines: string[]) => head(`GET ${LINKS} HTTP/1.1`, 'Host: localhost', KEY, ...lines);
const health = (...lines: string[]) => head(`GET ${HEALTH} HTTP/1.1`, 'Host: localhost', ...lines);
const statuses = (responses: readonly RawResponse[]) => responses.map(({ status }) => status);

function problemIn({ headers, body, status }: RawResponse): { code: string; detail: string } {
  expect(headers['content-type']).toBe('application/problem+json');
  const problem = JSON.parse(body);
  expect(problem).toMatchObject({
    type: `urn:mock429:problem:${problem.code}`,
    title: expect.any(String),
    status,
    detail: expect.any(String),
  });
  return problem;
}

/** For a provider and for the control API. */
const PLACES = [LINKS, HEALTH];

describe.each(PLACES)('a request for %s that is legal', (path) => {
  test.each([
    ['of HTTP/1.0 without Host', [`GET ${path} HTTP/1.0`]],
    ['of HTTP/1.0 with Host', [`GET ${path} HTTP/1.0`, 'Host: localhost']],
    ['with an empty Host', [`GET ${path} HTTP/1.1`, 'Host:']],
    ['with a Host of blanks', [`GET ${path} HTTP/1.1`, 'Host:  ']],
    ['with an empty port', [`GET ${path} HTTP/1.1`, 'Host: 127.0.0.1:']],
    ['with an IPv4 address in IPv6', [`GET ${path} HTTP/1.1`, 'Host: [::ffff:127.0.0.1]:80']],
    ['with a name in capitals', [`GET ${path} HTTP/1.1`, 'Host: LOCALHOST']],
    ['with a whole URL', [`GET http://localhost${path} HTTP/1.1`, 'Host: localhost']],
    ['with a whole URL of another Host', [`GET HTTP://localhost:80${path} HTTP/1.1`, 'Host: other.example']],
    [
      'that offers another protocol',
      [`GET ${path} HTTP/1.1`, 'Host: a.localhost', 'Upgrade: h2c', 'Connection: Upgrade'],
    ],
    [
      'that offers websockets',
      [`GET ${path} HTTP/1.1`, 'Host: localhost', 'Upgrade: websocket', 'Connection: Upgrade'],
    ],
    [
      'with 2,500 header fields in front of Host',
      [`GET ${path} HTTP/1.1`, ...Array(2_500).fill('a:'), 'Host: localhost'],
    ],
    ['with a fragment of the prototype', [`GET ${path} HTTP/1.1`, 'Host: localhost', '__proto__: a', 'constructor: b']],
  ])('%s', async (_what, lines) => {
    const { mock, send, logged } = await start();
    const [response] = await send(head(...lines, KEY, CLOSE));
    expect(response!.status).toBe(200);
    expect(mock.requests()).toHaveLength(path === LINKS ? 1 : 0);
    expect(logged.filter((line) => line.includes('refused'))).toEqual([]);
  });
});

describe.each(PLACES)('a request for %s that HTTP forbids', (path) => {
  test.each([
    ['of HTTP/1.1 without Host', [`GET ${path} HTTP/1.1`], 'missing-host'],
    ['with two Hosts', [`GET ${path} HTTP/1.1`, 'Host: localhost', 'Host: localhost'], 'several-hosts'],
    ['of HTTP/1.0 with two Hosts', [`GET ${path} HTTP/1.0`, 'Host: a', 'Host: b'], 'several-hosts'],
    ['with a blank in Host', [`GET ${path} HTTP/1.1`, 'Host: a b'], 'bad-host'],
    ['with a user in Host', [`GET ${path} HTTP/1.1`, 'Host: a@localhost'], 'bad-host'],
    ['with no port that is one', [`GET ${path} HTTP/1.1`, 'Host: localhost:99999'], 'bad-host'],
    ['with bytes beyond ASCII in Host', [`GET ${path} HTTP/1.1`, 'Host: \u00e9'], 'bad-host'],
    ['of another scheme', [`GET ftp://localhost${path} HTTP/1.1`, 'Host: localhost'], 'bad-target'],
    ['with a user in its URL', [`GET http://a:b@localhost${path} HTTP/1.1`, 'Host: localhost'], 'bad-target'],
    ['with a whole URL and no Host', [`GET http://localhost${path} HTTP/1.1`], 'missing-host'],
    ['with a URL without a host', [`GET http://${path} HTTP/1.1`, 'Host: localhost'], 'bad-target'],
    ['with a fragment', [`GET ${path}#a HTTP/1.1`, 'Host: localhost'], 'bad-target'],
    ['of HTTP/0.9', [`GET ${path}`], 'bad-version'],
    ['of HTTP/2.0', [`GET ${path} HTTP/2.0`, 'Host: localhost'], 'bad-version'],
    [
      'with another transfer coding',
      [`POST ${path} HTTP/1.1`, 'Host: localhost', 'Transfer-Encoding: gzip, chunked'],
      'bad-transfer-encoding',
    ],
    [
      'that expects something else',
      [`GET ${path} HTTP/1.1`, 'Host: localhost', 'Expect: a miracle'],
      'expectation-failed',
    ],
  ])('%s', async (_what, lines, code) => {
    const { mock, send, logged } = await start();
    const chunks = lines[0]!.startsWith('POST') ? '0\r\n\r\n' : '';
    const [response, after, ...more] = await send(head(...lines, KEY, 'X: y') + chunks + links(CLOSE));
    expect(problemIn(response!)).toMatchObject({ code });
    expect(response!.status).toBe(code === 'expectation-failed' ? 417 : 400);
    expect(logged.filter((line) => line.includes('refused'))).toEqual([
      expect.stringContaining(problemIn(response!).detail),
    ]);
    // The next request on the connection is answered, where HTTP/1.1 keeps it open.
    if (lines[0]!.endsWith('HTTP/1.1')) expect(after!.status).toBe(200);
    expect(more).toEqual([]);
    expect(mock.requests().map(({ status }) => status)).toEqual(lines[0]!.endsWith('HTTP/1.1') ? [200] : []);
  });
});

describe('targets', () => {
  test('that no operation has are what the provider says of unknown paths, and in the journal', async () => {
    const { mock, send } = await start();
    const targets = [
      '/api/v1/a\\b',
      '//api/v1/public/links',
      '/%zz',
      '/%',
      '/a/../b',
      '/<>"{}|^`',
      '/?',
      '/api/v1/public/links/',
      '/http://a/b',
    ];
    for (const target of targets) {
      const [response] = await send(head(`GET ${target} HTTP/1.1`, 'Host: localhost', KEY, CLOSE));
      expect(response!.status, target).toBe(404);
      expect(response!.headers['content-type']).toBe('application/json');
    }
    expect(mock.requests().map(({ path }) => path)).toEqual(targets.map((target) => target.split('?')[0]));
  });

  test('are not normalized on their way to the control API', async () => {
    const { send } = await start();
    for (const target of [
      '/__mock429\\health',
      '/__mock429/%68ealth%',
      '/__mock429/./health',
      '/~t1/__mock429/a\\b',
      '/__mock429//health',
    ]) {
      const [response] = await send(head(`GET ${target} HTTP/1.1`, 'Host: localhost', CLOSE));
      expect(response!.status, target).toBeLessThan(500);
    }
  });

  test.each([
    ['%s of the server as a whole', '*'],
    ['%s of a URL without a path', 'http://localhost'],
  ])('OPTIONS', async (_what, target) => {
    const { mock, send } = await start();
    const [response] = await send(head(`OPTIONS ${target} HTTP/1.1`, 'Host: localhost', CLOSE));
    expect(response).toMatchObject({ status: 204, headers: { allow: expect.stringContaining('GET') } });
    expect(mock.requests()).toEqual([]);
  });

  test('of several providers that lead nowhere are told where there is something', async () => {
    const { send } = await start({ profile: ['klinky', 'acrely'] });
    const [response] = await send(head('GET /a\\b HTTP/1.0'));
    expect(response!.status).toBe(404);
    expect(problemIn(response!)).toMatchObject({
      code: 'unknown-mount',
      detail: expect.stringContaining('/klinky, /acrely'),
    });
  });

  test.each(['?only', 'localhost:80', 'a/b', '/a\u0000b', '/a\u0001', '/\u00e9', '/a\tb', '/\u007f'])(
    '%j cannot be read',
    async (target) => {
      const { send, logged } = await start();
      const [response] = await send(head(`GET ${target} HTTP/1.1`, 'Host: localhost'));
      expect(response!.status).toBe(400);
      expect(problemIn(response!).detail).toMatch(/percent-encode|starts with \/|HTTP\/1\.1/);
      expect(logged).toHaveLength(1);
    },
  );
});

describe('Host', () => {
  test('is that of the target, for the guard of the control API', async () => {
    const { send } = await start();
    const get = (url: string, host: string) => send(head(`GET ${url} HTTP/1.1`, `Host: ${host}`, CLOSE));
    expect(statuses(await get(`http://evil.example${HEALTH}`, 'localhost'))).toEqual([403]);
    expect(statuses(await get(`http://localhost${HEALTH}`, 'evil.example'))).toEqual([200]);
    expect(statuses(await get(HEALTH, 'evil.example'))).toEqual([403]);
    expect(statuses(await get(HEALTH, '[::ffff:10.0.0.1]'))).toEqual([403]);
    expect(statuses(await get(HEALTH, '[::ffff:7f01:203]:80'))).toEqual([200]);
  });

  test.each([
    ['an absolute target', 'http://A.example:80', 'localhost', 'http://a.example'],
    ['an empty port', '', 'a.example:', 'http://a.example'],
    ['an IPv6 address', '', '[::1]:4290', 'http://[::1]:4290'],
    ['characters that no URL may have', '', 'a%20b', 'http://a%20b'],
  ])('with %s is where answers lead', async (_what, origin, host, base) => {
    const { send } = await start({ profile: 'prediction' });
    const body = JSON.stringify({ input: { prompt: 'x' } });
    const [response] = await send(
      `${head(`POST ${origin}/~t1/v1/google/nano-banana/predictions HTTP/1.1`, `Host: ${host}`, 'Authorization: Bearer sk_live_a', 'Content-Type: application/json', CLOSE, `Content-Length: ${body.length}`)}${body}`,
    );
    expect(response).toMatchObject({ body: expect.stringContaining(`${base}/~t1/v1/status/`) });
  });
});

describe('pipelines', () => {
  test('are answered in order, whoever answers', async () => {
    const { mock, send } = await start();
    const noHost = head(`GET ${LINKS} HTTP/1.1`);
    const odd = head(`GET http://localhost${LINKS} HTTP/1.1`, 'Host: a', KEY);
    const star = head('OPTIONS * HTTP/1.1', 'Host: localhost');
    expect(statuses(await send(noHost + links() + health() + star + odd + noHost + health(CLOSE)))).toEqual([
      400, 200, 200, 204, 200, 400, 200,
    ]);
    expect(mock.requests()).toHaveLength(2);
  });

  test('that begin with a request without Host do not end the server', async () => {
    const { send } = await start();
    const post = `POST ${LINKS} HTTP/1.1\r\nHost: localhost\r\n${KEY}\r\nContent-Length: 2\r\n\r\n{}`;
    expect(statuses(await send(head('GET /x HTTP/1.1') + post + links(CLOSE)))).toEqual([400, 422, 200]);
  });

  test.each([
    ['what is no HTTP', 'garbage\r\n\r\n', 400],
    [
      'a body with a bad chunk',
      `POST ${LINKS} HTTP/1.1\r\nHost: localhost\r\n${KEY}\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n`,
      400,
    ],
    ['two lengths', head(`POST ${LINKS} HTTP/1.1`, 'Host: localhost', 'Content-Length: 1', 'Content-Length: 1'), 400],
    [
      'a length and chunks',
      head(`POST ${LINKS} HTTP/1.1`, 'Host: localhost', 'Content-Length: 1', 'Transfer-Encoding: chunked'),
      400,
    ],
    [
      'chunks and a length',
      head(`POST ${LINKS} HTTP/1.1`, 'Host: localhost', 'Transfer-Encoding: chunked', 'Content-Length: 1'),
      400,
    ],
    ['a length that is none', head(`POST ${LINKS} HTTP/1.1`, 'Host: localhost', 'Content-Length: -1'), 400],
    [
      'a length beyond all bounds',
      head(`POST ${LINKS} HTTP/1.1`, 'Host: localhost', `Content-Length: ${'9'.repeat(30)}`),
      400,
    ],
    [
      'a coding that does not end with chunked',
      head(`POST ${LINKS} HTTP/1.1`, 'Host: localhost', 'Transfer-Encoding: chunked, gzip'),
      400,
    ],
    ['a blank before the colon', head('GET / HTTP/1.1', 'Host : localhost'), 400],
    ['a folded header', head('GET / HTTP/1.1', 'Host: localhost', 'X: a', ' b'), 400],
    ['no CR', 'GET / HTTP/1.1\nHost: localhost\n\n', 400],
    ['a tunnel', head('CONNECT localhost:80 HTTP/1.1', 'Host: localhost:80'), 405],
    ['HTTP/2', head('PRI * HTTP/2.0', '', 'SM', ''), 400],
    ['a long target', `GET /${'x'.repeat(20_000)} HTTP/1.1\r\n`, 414],
    ['many headers', `GET / HTTP/1.1\r\n${'X: yyyyyyyyy\r\n'.repeat(4_000)}`, 431],
  ])('that end with %s: all before it is answered, then this, and no more', async (_what, bad, status) => {
    const { mock, send, logged } = await start();
    expect(statuses(await send(bad))).toEqual([status]);
    const responses = await send(links() + health() + links() + bad + links());
    expect(statuses(responses)).toEqual([200, 200, 200, status]);
    expect(problemIn(responses[3]!).detail).toMatch(/; (?:send|end|start|use)/);
    expect(responses[3]!.headers['connection']).toBe('close');
    if (status === 405) expect(responses[3]!.headers['allow']).toContain('GET');
    expect(mock.requests().filter(({ leftAt }) => leftAt !== null)).toHaveLength(2);
    expect(logged.filter((line) => line.startsWith('refused input from 127.0.0.1: '))).toHaveLength(2);
  });

  test('that end lines without CR are told so', async () => {
    const { send } = await start();
    const [, line] = await send(`${links()}GET / HTTP/1.1\nHost: localhost\n\n`);
    expect(problemIn(line!).detail).toMatch(/^the request line does not end with CR LF after the version/);
    const [, field] = await send(`${links()}GET / HTTP/1.1\r\nHost: localhost\n\n`);
    expect(problemIn(field!).detail).toMatch(/^a line ends without CR; end each with CR LF/);
    const [other] = await send('GET / HTTP/3.7\r\n\r\n');
    expect(problemIn(other!).detail).toMatch(/^the request line does not end with a version of HTTP/);
  });

  test('behind an answer that closes the connection get none', async () => {
    const { mock, send } = await start();
    mock.faults.add({ headers: { Connection: 'close' }, times: 1 });
    const client = await send(links() + links() + links());
    expect(statuses(client)).toEqual([200]);
    expect(statuses(await send(links(CLOSE) + links() + links()))).toEqual([200]);
    expect(statuses(await send(head(`GET ${LINKS} HTTP/1.0`, KEY) + links()))).toEqual([200]);
    expect(mock.inFlight()).toEqual([]);
  });

  test('TLS is told that it is none', async () => {
    const { send } = await start();
    const [response] = await send('\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003');
    expect(problemIn(response!).detail).toContain('http://');
  });
});

describe.each(PLACES)('behind a request for %s that asks for an upgrade', (path) => {
  const upgrade = ['Connection: Upgrade', 'Upgrade: foo'];
  const get = (...lines: string[]) => head(`GET ${path} HTTP/1.1`, 'Host: localhost', KEY, ...lines);
  const post = (...lines: string[]) =>
    `${head('POST /~t1/none HTTP/1.1', 'Host: localhost', KEY, 'Content-Length: 2', ...lines)}{}`;
  const chunked = (...lines: string[]) =>
    `${head('POST /~t1/none HTTP/1.1', 'Host: localhost', KEY, 'Transfer-Encoding: chunked', ...lines)}2\r\n{}\r\n0\r\n\r\n`;

  test.each<[what: string, requests: string[], expected: number[]]>([
    ['another', [get(...upgrade), get(CLOSE)], [200, 200]],
    [
      'two more that ask for one',
      [get(...upgrade), get(...upgrade), get(...upgrade), get(CLOSE)],
      [200, 200, 200, 200],
    ],
    ['others, and before it', [get(), get(...upgrade), get(), get(CLOSE)], [200, 200, 200, 200]],
    ['one with a body', [post(...upgrade), get(...upgrade), post(), get(CLOSE)], [404, 200, 404, 200]],
    ['one with a body in chunks', [chunked(...upgrade), chunked(...upgrade), get(CLOSE)], [404, 404, 200]],
    ['CONNECT', [get(...upgrade), get(), head('CONNECT a:1 HTTP/1.1', 'Host: a:1')], [200, 200, 405]],
    ['no request', [get(...upgrade), 'GARBAGE\r\n\r\n'], [200, 400]],
    [
      'a request and then none',
      [get(...upgrade), get(...upgrade), 'GET / HTTP/1.1\r\nHost : a\r\n\r\n'],
      [200, 200, 400],
    ],
    ['one that is refused for what it expects', [get('Expect: a miracle', ...upgrade), get(CLOSE)], [417, 200]],
  ])('%s is answered, however the bytes arrive', async (_what, requests, expected) => {
    const { port, send } = await start();
    expect(statuses(await send(requests.join('')))).toEqual(expected);
    if (!expected.includes(405) && !expected.includes(400))
      expect(statuses(await send(requests.join('').replace(CLOSE, 'A: b'), { half: true }))).toEqual(expected);
    expect(statuses(responsesIn(await inParts(port, requests)))).toEqual(expected);
    const text = requests.join('');
    const cut = requests[0]!.length + 5;
    expect(statuses(responsesIn(await inParts(port, [text.slice(0, cut), text.slice(cut)])))).toEqual(expected);
  });

  /** Sends the first part, and the others once its answer has come. */
  async function inParts(port: number, parts: readonly string[]): Promise<string> {
    const client = connect(port, '127.0.0.1');
    const pieces: Buffer[] = [];
    const left = [...parts];
    client.on('error', () => {});
    client.on('data', (piece) => {
      pieces.push(piece);
      const next = left.shift();
      if (next !== undefined) client.write(next, 'latin1');
    });
    client.write(left.shift()!, 'latin1');
    await once(client, 'close');
    return Buffer.concat(pieces).toString('latin1');
  }
});

test('a parser of another form closes the connection behind a request that asks for an upgrade', () => {
  const outgoing = { shouldKeepAlive: true } as ServerResponse;
  const socket = { parser: { execute() {} } } as unknown as Socket;
  readOn(['Host', 'a'], socket, outgoing);
  expect(outgoing.shouldKeepAlive).toBe(true);
  readOn(['Upgrade', 'foo'], socket, outgoing);
  expect(outgoing.shouldKeepAlive).toBe(false);
});

describe('a client that closes its own side', () => {
  test('is answered what is answered at once', async () => {
    const { send } = await start();
    const post = `POST ${LINKS} HTTP/1.1\r\nHost: localhost\r\n${KEY}\r\nContent-Length: 2\r\n\r\n{}`;
    for (const [request, expected] of [
      [links(), [200]],
      [health(), [200]],
      [post, [422]],
      [links() + health() + post + health(), [200, 200, 422, 200]],
      [links() + post.replace('Length: 2', 'Length: 9'), [200, 400]],
      [post.replace('Length: 2', 'Length: 9\r\nConnection: upgrade\r\nUpgrade: websocket'), [400]],
      [
        links() +
          post.replace('Content-Length: 2', 'Transfer-Encoding: chunked\r\nConnection: upgrade\r\nUpgrade: h2c'),
        [200, 400],
      ],
      ['GET / HT', [400]],
      [`${links()}POST ${LINKS} HTTP/1.1\r\nHost: loc`, [200, 400]],
    ] as const)
      expect(statuses(await send(request, { half: true })), request).toEqual(expected);
  });

  test('has gone where it would have to wait', async () => {
    const { mock, send } = await start();
    mock.faults.add({ delayMs: 60_000 });
    expect(await send(links(), { half: true })).toEqual([]);
    expect(mock.inFlight()).toEqual([]);
    expect(mock.requests()).toMatchObject([{ status: 0 }]);
    expect(
      await send(head('GET /__mock429/requests?wait=60s&count=9 HTTP/1.1', 'Host: localhost'), { half: true }),
    ).toEqual([]);
    const events = await exchange((await start()).port, head('GET /__mock429/events HTTP/1.1', 'Host: localhost'), {
      half: true,
    });
    expect(events).toMatch(/^(?:HTTP\/1\.1 200 OK\r\n|$)/);
  });
});

test('what waits behind an answer ends with the connection', async () => {
  const { mock, port } = await start({ profile: 'aiclicks' });
  mock.faults.add({ delayMs: 60_000 });
  const request = head('GET /api/v1/domains HTTP/1.1', 'Host: localhost', 'Authorization: Bearer ak_live_a');
  const client = connect(port, '127.0.0.1');
  client.on('error', () => {});
  client.write(request.repeat(3));
  await once(client, 'connect');
  while (mock.inFlight().length < 3) await new Promise((resolve) => setImmediate(resolve));
  client.destroy();
  await mock.waitForRequests({ count: 3, wait: '20s' });
  expect(mock.inFlight()).toEqual([]);
  expect(mock.requests().map(({ status }) => status)).toEqual([0, 0, 0]);
});

test.each(PLACES)('100-continue is told before the answer, of %s', async (path) => {
  const { send } = await start();
  const request = (host: string[]) =>
    head(`POST ${path} HTTP/1.1`, ...host, 'Expect: 100-continue', 'Content-Length: 2', CLOSE);
  expect(statuses(await send(`${request(['Host: localhost'])}{}`))).toEqual([100, path === LINKS ? 401 : 405]);
  expect(statuses(await send(`${request([])}{}`))).toEqual([100, 400]);
});

test('HEAD gets no body, whoever answers', async () => {
  const { send } = await start();
  const request = (target: string, ...lines: string[]) => head(`HEAD ${target} HTTP/1.1`, ...lines);
  const responses = await send(
    request(LINKS, 'Host: localhost', KEY) +
      request(LINKS) +
      request(HEALTH, 'Host: localhost') +
      request('/x#y', 'Host: a', CLOSE),
    { heads: true },
  );
  expect(statuses(responses)).toEqual([200, 400, 200, 400]);
});

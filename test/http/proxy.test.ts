/**
 * The server as the client's proxy: hosts of providers are answered, in tunnels and out of them; all others are refused, or passed on.
 */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import http, { createServer } from 'node:http';
import { type AddressInfo, connect as connectTcp, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { ProxyAgent, request } from 'undici';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { createMock, type Listening, type Mock, type MockOptions, type ProxySettings } from '../../src/index.js';

const KLINKY = 'https://klinky-api.fly.dev/api/v1/public/links';
const headers = { 'x-api-key': 'klinky_live_a' };
const folder = mkdtempSync(join(tmpdir(), 'mock429-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function start(proxy: ProxySettings = {}, options: MockOptions = {}, https = false) {
  const mock = await createMock({ profile: ['klinky', 'aiclicks'], clock: 'frozen', ...options });
  onTestFinished(() => mock.close());
  const server = await mock.listen({ proxy: { folder, ...proxy }, ...(https ? { https: { folder } } : {}) });
  return { mock, server };
}

/** A request of a client that uses the proxy, and nothing else. */
async function send({ proxyUrl, ca }: Listening, url: string, more: Record<string, string> = {}) {
  const dispatcher = new ProxyAgent({ uri: proxyUrl!, requestTls: { ca } as never });
  onTestFinished(() => dispatcher.close());
  const { statusCode, body } = await request(url, { dispatcher, headers: { ...headers, ...more } });
  return { status: statusCode, text: await body.text() };
}

/** A request with a whole URL, as proxies get it for http. */
function absolute(
  { port }: Listening,
  url: string,
  host = new URL(url).host,
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const sent = http.request(
      { host: '127.0.0.1', port, path: url, headers: { ...headers, host }, agent: false },
      async (response) => {
        let text = '';
        for await (const piece of response.setEncoding('utf8')) text += piece;
        resolve({ status: response.statusCode!, text });
      },
    );
    sent.on('error', reject).end();
  });
}

/** Opens a tunnel. */
async function tunnel(
  { port }: Listening,
  authority: string,
): Promise<{ status: string; socket: Socket; rest: string }> {
  const socket = connectTcp(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  socket.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`);
  let text = '';
  while (!text.includes('\r\n\r\n')) text += String((await once(socket, 'data'))[0]);
  const [head, rest] = text.split('\r\n\r\n') as [string, string];
  return { status: head.split('\r\n')[0]!, socket, rest };
}

describe('hosts of providers', () => {
  test('are answered, each by its own, without a prefix', async () => {
    const { mock, server } = await start();
    expect((await send(server, KLINKY)).status).toBe(200);
    const domains = await send(server, 'https://api.aiclicks.io/api/v1/domains?limit=1', {
      authorization: 'Bearer ak_live_x',
    });
    expect(domains.status).toBe(200);
    expect(mock.requests().map(({ profile, path }) => [profile, path])).toEqual([
      ['klinky', '/api/v1/public/links'],
      ['aiclicks', '/api/v1/domains?limit=1'],
    ]);
  });

  test('are answered by http as well, and without TLS in a tunnel', async () => {
    const { mock, server } = await start();
    expect((await absolute(server, KLINKY.replace('https', 'http'))).status).toBe(200);
    const { status, socket } = await tunnel(server, 'klinky-api.fly.dev:80');
    expect(status).toBe('HTTP/1.1 200 Connection Established');
    socket.write('GET /api/v1/public/links HTTP/1.1\r\nHost: klinky-api.fly.dev\r\nX-API-Key: klinky_live_a\r\n\r\n');
    expect(String((await once(socket, 'data'))[0])).toMatch(/^HTTP\/1.1 200 OK/);
    expect(mock.requests()).toHaveLength(2);
  });

  test('speak HTTP/2 where the client does, with a certificate of the host', async () => {
    const { server } = await start();
    const { socket } = await tunnel(server, 'klinky-api.fly.dev:443');
    const secure = connectTls({ socket, servername: 'klinky-api.fly.dev', ca: server.ca!, ALPNProtocols: ['h2'] });
    await once(secure, 'secureConnect');
    expect([secure.authorized, secure.alpnProtocol]).toEqual([true, 'h2']);
    secure.destroy();
  });

  test('are answered on the same port as without a proxy, and on one for HTTPS', async () => {
    const { mock, server } = await start({}, {}, true);
    expect(server.url).toMatch(/^https:/);
    expect(server.proxyUrl).toMatch(/^http:/);
    expect((await send(server, KLINKY)).status).toBe(200);
    expect((await absolute(server, KLINKY.replace('https', 'http'))).status).toBe(200);
    expect(mock.requests()).toHaveLength(2);
  });

  test('that several providers have are told apart by the path', async () => {
    const document = (path: string) => ({
      openapi: '3.1.0',
      info: { title: `At ${path}`, version: '1' },
      servers: [{ url: 'https://shared.example' }],
      paths: { [path]: { get: { responses: { 200: { description: 'ok' } } } } },
    });
    const mock = await createMock({ openapi: [document('/one'), document('/two')] });
    onTestFinished(() => mock.close());
    const server = await mock.listen({ proxy: { folder } });
    await send(server, 'https://shared.example/two');
    await send(server, 'https://shared.example/one');
    expect(mock.requests().map(({ profile, status }) => [profile, status])).toEqual([
      ['at-two', 200],
      ['at-one', 200],
    ]);
  });
});

describe('the control API', () => {
  test('cannot be reached under a provider’s host', async () => {
    const { mock, server } = await start();
    expect((await send(server, 'https://klinky-api.fly.dev/__mock429/quotas')).status).toBe(404);
    expect((await absolute(server, 'http://klinky-api.fly.dev/__mock429/quotas')).status).toBe(404);
    expect((await absolute(server, 'http://klinky-api.fly.dev/~t1/__mock429/quotas', '127.0.0.1')).status).toBe(404);
    expect(mock.sandboxes()).toEqual([]);
  });

  test('is reached at the server’s own address, also by clients that use the proxy for it', async () => {
    const { server } = await start();
    expect((await absolute(server, `${server.url}/__mock429/health`)).status).toBe(200);
    const { status } = await tunnel(server, `127.0.0.1:${server.port}`);
    expect(status).toBe('HTTP/1.1 403 Forbidden');
  });
});

describe('all other hosts', () => {
  test('are refused, and the answer says which are served', async () => {
    const { mock, server } = await start();
    const refused = await absolute(server, 'http://example.com/a');
    expect(refused.status).toBe(403);
    expect(JSON.parse(refused.text)).toMatchObject({
      code: 'unknown-host',
      detail:
        'this proxy answers for https://klinky-api.fly.dev, https://api.aiclicks.io, and example.com is none of them; start mock429 with --proxy-unknown pass to have other hosts passed on, or except the host from the proxy (NO_PROXY)',
    });
    const { status, rest } = await tunnel(server, 'example.com:443');
    expect(status).toBe('HTTP/1.1 403 Forbidden');
    expect(rest).toContain('unknown-host');
    for (const authority of ['example.com', ':443', 'a b:443', 'user@klinky-api.fly.dev:443'])
      expect([authority, (await tunnel(server, authority)).status]).toEqual([authority, 'HTTP/1.1 400 Bad Request']);
    expect(mock.requests()).toEqual([]);
  });

  test('are passed on for clients on this machine, if so wished', async () => {
    const { server } = await start({ unknown: 'pass' });
    const outside = createServer(async (incoming, outgoing) => {
      let text = '';
      for await (const piece of incoming.setEncoding('utf8')) text += piece;
      outgoing.end(
        `${incoming.method} ${incoming.url} ${incoming.headers.host} ${incoming.headers['proxy-connection']} ${text}`,
      );
    });
    await new Promise<void>((resolve) => void outside.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void outside.close());
    const { port } = outside.address() as AddressInfo;
    expect(await absolute(server, `http://127.0.0.1:${port}/a?b=c`)).toEqual({
      status: 200,
      text: `GET /a?b=c 127.0.0.1:${port} undefined `,
    });
    const { socket, status } = await tunnel(server, `127.0.0.1:${port}`);
    expect(status).toBe('HTTP/1.1 200 Connection Established');
    socket.end('GET /t HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    expect(String((await once(socket, 'data'))[0])).toContain('HTTP/1.1 200 OK');
    const closed = createServer();
    await new Promise<void>((resolve) => void closed.listen(0, '127.0.0.1', resolve));
    const { port: free } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    expect((await absolute(server, `http://127.0.0.1:${free}/`)).status).toBe(502);
    expect((await tunnel(server, `127.0.0.1:${free}`)).status).toBe('HTTP/1.1 502 Bad Gateway');
  });

  test('without a proxy, CONNECT is refused as ever', async () => {
    const mock: Mock = await createMock({ profile: 'klinky' });
    onTestFinished(() => mock.close());
    const server = await mock.listen();
    expect((await tunnel(server, 'klinky-api.fly.dev:443')).status).toBe('HTTP/1.1 405 Method Not Allowed');
  });
});

/**
 * Every client of the process is led to a mock by `intercept()`: answers, delays, drops, truncation, streams and refusals come as from the real host.
 */
import http from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import https from 'node:https';
import { createRequire } from 'node:module';
import { type AddressInfo, connect as connectTcp, createServer as createNetServer } from 'node:net';
import { connect as connectTls } from 'node:tls';
import axios from 'axios';
import got from 'got';
import nodeFetch from 'node-fetch';
import { Agent as UndiciAgent, fetch as undiciFetch, request as undiciRequest } from 'undici';
import { afterEach, describe, expect, onTestFinished, test } from 'vitest';
import { createMock, type Mock, type MockOptions, UnhandledFetchError } from '../../src/index.js';

/** The package has no types. */
interface SuperagentRequest extends Promise<{ status: number; text: string; headers: Record<string, string> }> {
  set(headers: Readonly<Record<string, string>>): this;
  send(body: string | undefined): this;
  buffer(whole: boolean): this;
  ok(isOk: () => boolean): this;
}
const superagent = createRequire(import.meta.url)('superagent') as (method: string, url: string) => SuperagentRequest;

const HOST = 'klinky-api.fly.dev';
const LINKS = `https://${HOST}/api/v1/public/links`;
const headers = { 'X-API-Key': 'klinky_live_a' };

/** What a client got: the status and the whole body. @throws what the client throws */
type Send = (
  url: string,
  method?: string,
  body?: string,
) => Promise<{ status: number; text: string; remaining: string | undefined }>;

const json = { ...headers, 'Content-Type': 'application/json' };

function byNode(url: string, method = 'GET', body?: string, options: https.RequestOptions = {}): ReturnType<Send> {
  return new Promise((resolve, reject) => {
    const { request } = url.startsWith('https') ? https : http;
    const sent = request(url, { method, headers: json, ...options }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece) => {
        text += piece;
      });
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode!, text, remaining: response.headers['x-ratelimit-remaining'] as string }),
      );
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** The clients, each without retries and without errors for statuses. */
const CLIENTS: Readonly<Record<string, Send>> = {
  fetch: async (url, method = 'GET', body) => {
    const response = await fetch(url, { method, headers: json, ...(body === undefined ? {} : { body }) });
    return {
      status: response.status,
      text: await response.text(),
      remaining: response.headers.get('x-ratelimit-remaining') ?? undefined,
    };
  },
  'node:http(s)': (url, method, body) => byNode(url, method, body),
  'undici request': async (url, method = 'GET', body) => {
    const answer = await undiciRequest(url, { method: method as 'GET', headers: json, body: body ?? null });
    return {
      status: answer.statusCode,
      text: await answer.body.text(),
      remaining: answer.headers['x-ratelimit-remaining'] as string,
    };
  },
  'undici fetch': async (url, method = 'GET', body) => {
    const response = await undiciFetch(url, { method, headers: json, body: body ?? null });
    return {
      status: response.status,
      text: await response.text(),
      remaining: response.headers.get('x-ratelimit-remaining') ?? undefined,
    };
  },
  'undici with an agent of its own': async (url, method = 'GET', body) => {
    const dispatcher = new UndiciAgent({ keepAliveTimeout: 1_000 });
    onTestFinished(() => dispatcher.close());
    const answer = await undiciRequest(url, { method: method as 'GET', headers: json, body: body ?? null, dispatcher });
    return {
      status: answer.statusCode,
      text: await answer.body.text(),
      remaining: answer.headers['x-ratelimit-remaining'] as string,
    };
  },
  axios: async (url, method = 'GET', data) => {
    const answer = await axios.request({
      url,
      method,
      headers: json,
      data,
      responseType: 'text',
      validateStatus: () => true,
      transformResponse: (text) => text,
    });
    return { status: answer.status, text: answer.data, remaining: answer.headers['x-ratelimit-remaining'] };
  },
  got: async (url, method = 'GET', body) => {
    const answer = await got(url, {
      method: method as 'GET',
      headers: json,
      ...(body === undefined ? {} : { body }),
      retry: { limit: 0 },
      throwHttpErrors: false,
    });
    return {
      status: answer.statusCode,
      text: answer.body,
      remaining: answer.headers['x-ratelimit-remaining'] as string,
    };
  },
  'got over HTTP/2': async (url, method = 'GET', body) => {
    const answer = await got(url, {
      http2: true,
      method: method as 'GET',
      headers: json,
      ...(body === undefined ? {} : { body }),
      retry: { limit: 0 },
      throwHttpErrors: false,
    });
    return {
      status: answer.statusCode,
      text: answer.body,
      remaining: answer.headers['x-ratelimit-remaining'] as string,
    };
  },
  'node-fetch': async (url, method = 'GET', body) => {
    const response = await nodeFetch(url, { method, headers: json, ...(body === undefined ? {} : { body }) });
    return {
      status: response.status,
      text: await response.text(),
      remaining: response.headers.get('x-ratelimit-remaining') ?? undefined,
    };
  },
  superagent: async (url, method = 'GET', body) => {
    const answer = await superagent(method, url)
      .set(json)
      .send(body)
      .buffer(true)
      .ok(() => true);
    return { status: answer.status, text: answer.text, remaining: answer.headers['x-ratelimit-remaining'] };
  },
};

const mocks: Mock[] = [];
afterEach(async () => {
  await Promise.all(mocks.splice(0).map((mock) => mock.close()));
});

async function start(options: MockOptions = {}): Promise<Mock> {
  const mock = await createMock({ profile: 'klinky', plan: 'growth', clock: 'frozen', ...options });
  mocks.push(mock);
  return mock;
}

describe.each(Object.entries(CLIENTS))('%s', (name, send) => {
  test('gets the answers of the mock at the real URL', async () => {
    const mock = await start();
    mock.intercept({ unhandled: 'error' });
    const first = await send(LINKS);
    expect([first.status, first.remaining]).toEqual([200, '99']);
    expect(JSON.parse(first.text)).toHaveProperty('items');
    const variants = ['a', 'b'].map((label) => ({
      label,
      destination_url: `https://example.com/${label}`,
      weight: 50,
    }));
    const created = await send(LINKS, 'POST', JSON.stringify({ name: 'Made', slug: 'made', variants }));
    expect([created.status, JSON.parse(created.text).slug]).toEqual([201, 'made']);
    expect(mock.requests().map(({ method, path, status }) => `${method} ${path} ${status}`)).toEqual([
      'GET /api/v1/public/links 200',
      'POST /api/v1/public/links 201',
    ]);
  });

  test('is refused as the provider refuses', async () => {
    const mock = await start();
    mock.intercept({ unhandled: 'error' });
    mock.setQuota({ policy: 'account-hour', partition: { account: 'default' }, remaining: 0 });
    expect(await send(LINKS)).toMatchObject({ status: 429, remaining: '0' });
  });

  test('waits for a delayed answer', async () => {
    const mock = await start();
    mock.intercept();
    mock.faults.add({ delayMs: 60_000 });
    const answer = send(LINKS);
    await expect.poll(() => mock.inFlight()).toHaveLength(1);
    await mock.clock.advance('1m');
    expect((await answer).status).toBe(200);
  });

  test('meets a dropped connection', async () => {
    const mock = await start();
    mock.intercept();
    mock.faults.add({ drop: true });
    const error = await send(LINKS).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(codesOf(error)).toMatchObject(DROPPED[name] ?? ['ECONNRESET']);
  });

  test('meets a body that ends too early', async () => {
    const mock = await start();
    mock.intercept();
    mock.faults.add({ truncateBody: 10 });
    const answer = send(LINKS);
    // http2-wrapper, which got uses, takes a stream that was reset for one that has ended.
    if (name === 'got over HTTP/2') expect((await answer).text).toHaveLength(10);
    else await expect(answer).rejects.toThrow();
    expect(mock.requests()).toMatchObject([{ status: 200 }]);
  });

  test('gets no answer at a host that is not served, and is told what is', async () => {
    const mock = await start();
    mock.intercept({ unhandled: 'error' });
    const error = await send('https://example.com/a?b=c', 'PUT', 'x').then(
      () => undefined,
      (reason: unknown) => reason,
    );
    const { message } = error as Error;
    expect(`${message} ${String((error as Error).cause)}`).toContain(
      `PUT https://example.com/a?b=c: nothing is served there; served are https://${HOST} (klinky). Name https://example.com in origins, or let it pass with unhandled: 'pass'`,
    );
    expect(codesOf(error)).toContain('ERR_MOCK429_UNHANDLED');
  });

  test('reaches a port of this machine where everything else passes, and the mock’s own port always', async () => {
    const mock = await start();
    const { url } = await mock.listen();
    const server = http.createServer((_request, response) => response.end('outside'));
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const interception = mock.intercept({ unhandled: 'error' });
    if (name !== 'got over HTTP/2') expect((await send(`${url}/api/v1/public/links`)).status).toBe(200);
    interception.restore();
    mock.intercept({ unhandled: 'bypass' });
    const { port } = server.address() as AddressInfo;
    expect((await send(`http://127.0.0.1:${port}/`)).text).toBe('outside');
  });

  test('reaches the latest of several mocks, the first again once that is restored, and nothing once all are', async () => {
    const [first, second] = [await start(), await start()];
    const one = first.intercept({ origins: { 'https://nowhere.invalid': 'klinky' } });
    const other = second.sandbox('t1').intercept({ origins: { 'https://nowhere.invalid': 'klinky' } });
    const url = 'https://nowhere.invalid/api/v1/public/links';
    await send(url);
    expect([first.requests().length, second.sandbox('t1').requests().length]).toEqual([0, 1]);
    other.restore();
    await send(url);
    expect([first.requests().length, second.sandbox('t1').requests().length]).toEqual([1, 1]);
    one.restore();
    await expect(send(url)).rejects.toThrow();
    expect(first.requests()).toHaveLength(1);
  });
});

/** What clients make of a connection that is dropped, where it is not ECONNRESET. */
const DROPPED: Readonly<Record<string, readonly string[]>> = {
  fetch: ['UND_ERR_SOCKET'],
  'undici request': ['UND_ERR_SOCKET'],
  'undici fetch': ['UND_ERR_SOCKET'],
  'undici with an agent of its own': ['UND_ERR_SOCKET'],
  'got over HTTP/2': ['ERR_HTTP2_STREAM_ERROR'],
};

/** The codes of an error and of its causes. */
function codesOf(error: unknown): string[] {
  const codes: string[] = [];
  for (let at = error as (Error & { code?: string }) | undefined; at; at = at.cause as Error | undefined)
    if (typeof at.code === 'string') codes.push(at.code);
  return [...new Set(codes)];
}

describe('connections', () => {
  test('of an agent that keeps them are used again, and the journal knows it', async () => {
    const mock = await start();
    mock.intercept();
    const agent = new https.Agent({ keepAlive: true, maxSockets: 1 });
    onTestFinished(() => agent.destroy());
    const sockets = new Set<unknown>();
    agent.on('free', (socket) => sockets.add(socket));
    for (let i = 0; i < 3; i += 1) await byNode(LINKS, 'GET', undefined, { agent });
    expect(sockets.size).toBe(1);
    expect(mock.requests()).toHaveLength(3);
  });

  test('ask before a body is sent (100-continue)', async () => {
    const mock = await start();
    mock.intercept();
    const seen: string[] = [];
    await new Promise<void>((resolve, reject) => {
      const request = https.request(LINKS, { method: 'POST', headers: { ...json, Expect: '100-continue' } });
      request.on('continue', () => {
        seen.push('continue');
        request.end('{}');
      });
      request.on('response', (response) => {
        seen.push(String(response.statusCode));
        response.resume().on('end', resolve);
      });
      request.on('error', reject);
      request.flushHeaders();
    });
    expect(seen).toEqual(['continue', '422']);
  });

  test('get no body after HEAD', async () => {
    const mock = await start();
    mock.intercept();
    expect(await byNode(`${LINKS}/x`, 'HEAD')).toMatchObject({ status: 404, text: '' });
  });

  test('carry HTTP/2 of node:http2', async () => {
    const mock = await start();
    mock.intercept();
    const session = connectHttp2(`https://${HOST}`);
    onTestFinished(() => session.destroy());
    const statuses = await Promise.all(
      [1, 2].map(
        () =>
          new Promise((resolve, reject) => {
            const stream = session.request({ ':path': '/api/v1/public/links', 'x-api-key': 'klinky_live_a' });
            stream.on('response', (fields) => resolve(fields[':status']));
            stream.on('error', reject);
            stream.resume();
          }),
      ),
    );
    expect(statuses).toEqual([200, 200]);
  });

  test('are checked: the certificate is valid for the host', async () => {
    const mock = await start();
    mock.intercept();
    const socket = connectTls({ host: HOST, port: 443, servername: HOST });
    onTestFinished(() => void socket.destroy());
    await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject));
    expect(socket.authorized).toBe(true);
    expect(socket.getPeerCertificate().subjectaltname).toContain(HOST);
  });

  test('that are not of HTTP pass, whatever is unhandled', async () => {
    const mock = await start();
    mock.intercept({ unhandled: 'error' });
    const server = createNetServer((socket) => socket.end('220 ready\r\n'));
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const client = connectTcp((server.address() as AddressInfo).port, '127.0.0.1');
    let said = '';
    for await (const piece of client.setEncoding('utf8')) said += piece;
    expect(said).toBe('220 ready\r\n');
  });

  test('to a served origin on a port of its own, without TLS', async () => {
    const mock = await start();
    mock.intercept({ origins: { 'http://staging.klinky.test:8080': 'klinky', 'http://10.255.255.1': 'klinky' } });
    expect((await byNode('http://staging.klinky.test:8080/api/v1/public/links')).status).toBe(200);
    expect((await byNode('http://10.255.255.1/api/v1/public/links')).status).toBe(200);
  });

  test('are gone with the interception, and Node is as before', async () => {
    const { connect } = (await import('node:net')).Socket.prototype;
    const tls = (await import('node:tls')).default.connect;
    const mock = await start();
    const agent = new https.Agent({ keepAlive: true });
    onTestFinished(() => agent.destroy());
    const interception = mock.intercept({ origins: { 'https://nowhere.invalid': 'klinky' } });
    expect((await import('node:net')).Socket.prototype.connect).not.toBe(connect);
    await byNode('https://nowhere.invalid/api/v1/public/links', 'GET', undefined, { agent });
    interception.restore();
    expect((await import('node:net')).Socket.prototype.connect).toBe(connect);
    expect((await import('node:tls')).default.connect).toBe(tls);
    await expect(byNode('https://nowhere.invalid/', 'GET', undefined, { agent })).rejects.toThrow();
  });

  test('the error of an unhandled request is the same object in node:http', async () => {
    const mock = await start();
    mock.intercept({ unhandled: 'error' });
    await expect(byNode('http://example.com/x')).rejects.toBeInstanceOf(UnhandledFetchError);
  });
});

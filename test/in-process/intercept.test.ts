/**
 * The process's `fetch` led to a mock: what is led there and what is not, interceptions upon each other, and that all is as before in the end.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { createMock, type Mock, type MockOptions, OptionError, UnhandledFetchError } from '../../src/index.js';

const KLINKY = 'https://klinky-api.fly.dev';
const AICLICKS = 'https://api.aiclicks.io';
const LINKS = `${KLINKY}/api/v1/public/links`;
const KEY = { headers: { 'X-API-Key': 'klinky_live_a' } };

/** What went out in spite of all: a stand-in for the network. */
let outside: string[];
const network: typeof fetch = async (input, init) => {
  const { method, url } = new Request(input, init);
  outside.push(`${method} ${url}`);
  return new Response('outside');
};
const real = globalThis.fetch;
const mocks: Mock[] = [];

beforeEach(() => {
  outside = [];
  globalThis.fetch = network;
});
afterEach(async () => {
  await Promise.all(mocks.splice(0).map((mock) => mock.close()));
  globalThis.fetch = real;
});

async function start(options: MockOptions = {}): Promise<Mock> {
  const mock = await createMock({ profile: 'klinky', plan: 'growth', clock: 'frozen', ...options });
  mocks.push(mock);
  return mock;
}

describe('what is led to the mock', () => {
  test.each([
    ['a string', () => fetch(LINKS, KEY)],
    ['a URL', () => fetch(new URL(LINKS), KEY)],
    ['a Request', () => fetch(new Request(LINKS, KEY))],
    [
      'a Request with something laid over it',
      () => fetch(new Request(LINKS, { method: 'DELETE' }), { ...KEY, method: 'GET' }),
    ],
    ['a host in capitals, with its port', () => fetch('HTTPS://KLINKY-API.fly.dev:443/api/v1/public/links', KEY)],
  ])('%s with the real origin', async (_what, send) => {
    const mock = await start();
    mock.intercept();
    const response = await send();
    expect(response.status).toBe(200);
    expect(response.headers.get('x-ratelimit-remaining')).toBe('99');
    expect(response.url).toBe(LINKS);
    expect(mock.requests()).toMatchObject([{ method: 'GET', path: '/api/v1/public/links', status: 200 }]);
    expect(outside).toEqual([]);
  });

  test('each of several providers at its own origin, without a prefix', async () => {
    const mock = await start({ profile: ['klinky', 'aiclicks'], plan: [] });
    mock.intercept();
    expect((await fetch(LINKS, KEY)).status).toBe(200);
    const domains = await fetch(`${AICLICKS}/api/v1/domains?limit=1`, {
      headers: { authorization: 'Bearer ak_live_x' },
    });
    expect(domains.status).toBe(200);
    expect(mock.requests().map(({ profile, path }) => [profile, path])).toEqual([
      ['klinky', '/api/v1/public/links'],
      ['aiclicks', '/api/v1/domains?limit=1'],
    ]);
  });

  test('further origins', async () => {
    const mock = await start();
    mock.intercept({ origins: { 'https://staging.klinky.test': 'klinky', 'http://localhost:8080/': 'klinky' } });
    await fetch('https://staging.klinky.test/api/v1/public/links', KEY);
    await fetch('http://localhost:8080/api/v1/public/links', KEY);
    await fetch(LINKS, KEY);
    expect(mock.quotas()).toMatchObject([{ used: 3 }]);
    await fetch('http://localhost:8081/api/v1/public/links', KEY);
    expect(outside).toEqual(['GET http://localhost:8081/api/v1/public/links']);
  });

  test('the whole path is the provider’s: there is no control API and no sandbox at its origin', async () => {
    const mock = await start();
    mock.intercept();
    for (const path of ['/__mock429/health', '/~t1/api/v1/public/links', '/klinky/api/v1/public/links']) {
      expect((await fetch(KLINKY + path, KEY)).status).toBe(404);
    }
    expect(mock.requests().map(({ path }) => path)).toEqual([
      '/__mock429/health',
      '/~t1/api/v1/public/links',
      '/klinky/api/v1/public/links',
    ]);
  });

  test('URLs in an answer lead to the origin that was asked', async () => {
    const mock = await start({ profile: ['prediction', 'klinky'], plan: [] });
    mock.sandbox('t1').intercept();
    const headers = { authorization: 'Bearer sk_live_x', 'content-type': 'application/json' };
    const created = await fetch('https://api.deepcreativelabs.com/v1/openai/sora-2/predictions', {
      method: 'POST',
      headers,
      body: JSON.stringify({ input: { prompt: 'a lake' } }),
    });
    expect(created.status).toBe(201);
    const { urls } = (await created.json()) as { urls: { get: string } };
    expect(urls.get).toMatch(/^https:\/\/api\.deepcreativelabs\.com\/v1\/status\//);
    expect((await fetch(urls.get, { headers })).status).toBe(200);
    expect(mock.requests()).toEqual([]);
    expect(mock.sandbox('t1').requests()).toHaveLength(2);
  });
});

describe('bodies and signals', () => {
  const create = (body: string | ReadableStream, more: RequestInit = {}) =>
    fetch(LINKS, {
      method: 'POST',
      headers: { ...KEY.headers, 'content-type': 'application/json' },
      body,
      ...more,
    });
  const VARIANTS = ['a', 'b'].map((label) => ({ label, destination_url: `https://example.com/${label}`, weight: 50 }));
  const TEXT = JSON.stringify({ name: 'Streamed', slug: 'streamed', variants: VARIANTS });

  test('a streamed body is read to its end, and the answer can be streamed', async () => {
    const mock = await start();
    mock.intercept();
    const pieces = [TEXT.slice(0, 10), TEXT.slice(10)];
    const body = new ReadableStream({
      pull(controller) {
        const piece = pieces.shift();
        if (piece === undefined) controller.close();
        else controller.enqueue(new TextEncoder().encode(piece));
      },
    });
    const response = await create(body, { duplex: 'half' } as RequestInit);
    expect(response.status).toBe(201);
    const answered: string[] = [];
    for await (const piece of response.body!.pipeThrough(new TextDecoderStream())) answered.push(piece);
    expect(JSON.parse(answered.join(''))).toMatchObject({ slug: 'streamed' });
  });

  test('a Request’s body is used up, as by any fetch', async () => {
    const mock = await start();
    mock.intercept();
    const request = new Request(LINKS, {
      method: 'POST',
      headers: { ...KEY.headers, 'content-type': 'application/json' },
      body: TEXT,
    });
    expect((await fetch(request)).status).toBe(201);
    expect(request.bodyUsed).toBe(true);
    await expect(fetch(request)).rejects.toThrow(TypeError);
    expect(mock.requests()).toHaveLength(1);
  });

  test('a signal ends a request that waits', async () => {
    const mock = await start();
    mock.intercept();
    mock.faults.add({ delayMs: 1_000 });
    const client = new AbortController();
    const answer = fetch(LINKS, { ...KEY, signal: client.signal });
    expect(mock.inFlight()).toHaveLength(1);
    client.abort();
    await expect(answer).rejects.toMatchObject({ name: 'AbortError' });
    expect(mock.inFlight()).toEqual([]);
  });

  test('a signal ends a body that never would, and nothing was admitted', async () => {
    const mock = await start();
    mock.intercept();
    const client = new AbortController();
    const cancelled = withResolvers();
    const body = new ReadableStream({ cancel: () => cancelled.resolve() });
    const answer = create(body, { duplex: 'half', signal: client.signal } as RequestInit);
    client.abort();
    await expect(answer).rejects.toMatchObject({ name: 'AbortError' });
    await cancelled.promise;
    expect(mock.quotas()).toEqual([]);
    expect(mock.requests()).toEqual([]);
  });

  test('a request that cannot be made is a rejection', async () => {
    const mock = await start();
    mock.intercept();
    await expect(fetch(LINKS, { method: 'GET', body: 'no' })).rejects.toThrow(TypeError);
    await expect(mock.fetch('/api/v1/public/links', { method: 'GET', body: 'no' })).rejects.toThrow(TypeError);
  });
});

describe('everything else', () => {
  test('goes out', async () => {
    const mock = await start();
    mock.intercept();
    const response = await fetch('https://example.com/a?b=c', { method: 'PUT', body: 'x' });
    expect(await response.text()).toBe('outside');
    expect(outside).toEqual(['PUT https://example.com/a?b=c']);
    // The same host by another scheme is another origin.
    await fetch('http://klinky-api.fly.dev/api/v1/public/links', KEY);
    expect(outside).toHaveLength(2);
    expect(mock.requests()).toEqual([]);
  });

  test('or fails, with its URL and what is served', async () => {
    const mock = await start();
    mock.intercept({ unhandled: 'error', origins: { 'https://staging.klinky.test': 'klinky' } });
    const failed = fetch(new Request('https://example.com/a?b=c', { method: 'PUT' }));
    await expect(failed).rejects.toThrow(UnhandledFetchError);
    await expect(failed).rejects.toThrow(
      `PUT https://example.com/a?b=c: nothing is served there; served are https://staging.klinky.test (klinky), ${KLINKY} (klinky). Name https://example.com in origins, or let it pass with unhandled: 'pass'`,
    );
    expect(outside).toEqual([]);
    expect((await fetch(LINKS, KEY)).status).toBe(200);
  });

  test('what needs no network passes, and what is no URL fails as ever', async () => {
    globalThis.fetch = real;
    const mock = await start();
    mock.intercept({ unhandled: 'error' });
    expect(await (await fetch('data:text/plain,hello')).text()).toBe('hello');
    await expect(fetch('/relative')).rejects.toThrow('Failed to parse URL');
  });

  test('a webhook is the mock’s own request and passes', async () => {
    const mock = await start({ profile: 'prediction', plan: [] });
    const heard: string[] = [];
    const server = createServer((request, response) => {
      heard.push(`${request.method} ${request.url}`);
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    mock.intercept({ unhandled: 'error', origins: { [`http://127.0.0.1:${port}`]: 'prediction' } });
    const created = await fetch('https://api.deepcreativelabs.com/v1/openai/sora-2/predictions', {
      method: 'POST',
      headers: { authorization: 'Bearer sk_live_x', 'content-type': 'application/json' },
      body: JSON.stringify({ input: { prompt: 'a lake' }, webhook: `http://127.0.0.1:${port}/hook` }),
    });
    expect(created.status).toBe(201);
    await mock.clock.advance('1h');
    expect(heard).toEqual(['POST /hook']);
    expect(outside).toEqual([]);
  });
});

describe('interceptions upon each other', () => {
  test('the last one answers; restored in turn, those before do again', async () => {
    const [first, second] = [await start(), await start()];
    const outer = first.intercept();
    const inner = second.sandbox('t1').intercept();
    await fetch(LINKS, KEY);
    inner.restore();
    await fetch(LINKS, KEY);
    outer.restore();
    await fetch(LINKS, KEY);
    expect(second.sandbox('t1').requests()).toHaveLength(1);
    expect(first.requests()).toHaveLength(1);
    expect(outside).toEqual([`GET ${LINKS}`]);
    expect(globalThis.fetch).toBe(network);
  });

  test('restored in any order, and twice', async () => {
    const [first, second] = [await start(), await start()];
    const outer = first.intercept();
    const inner = second.intercept();
    outer.restore();
    outer.restore();
    await fetch(LINKS, KEY);
    expect(second.requests()).toHaveLength(1);
    inner.restore();
    expect(globalThis.fetch).toBe(network);
    const again = first.intercept();
    inner.restore();
    outer.restore();
    await fetch(LINKS, KEY);
    expect(first.requests()).toHaveLength(1);
    again.restore();
    expect(globalThis.fetch).toBe(network);
  });

  test('what one does not serve, another may; what none does is refused where one of them says so', async () => {
    const klinky = await start();
    const aiclicks = await start({ profile: 'aiclicks', plan: [] });
    klinky.intercept({ unhandled: 'error' });
    const inner = aiclicks.intercept({ unhandled: 'error' });
    expect((await fetch(LINKS, KEY)).status).toBe(200);
    await expect(fetch('https://example.com/')).rejects.toThrow(`${AICLICKS} (aiclicks)`);
    inner.restore();
    aiclicks.intercept();
    await expect(fetch('https://example.com/')).rejects.toThrow(`${KLINKY} (klinky)`);
    expect(outside).toEqual([]);
  });

  test('somebody else’s fetch on top stays, and lets everything through once ours is restored', async () => {
    const mock = await start();
    const interception = mock.intercept();
    const ours = globalThis.fetch;
    const wrapper: typeof fetch = (input, init) => ours(input, init);
    globalThis.fetch = wrapper;
    await fetch(LINKS, KEY);
    expect(mock.requests()).toHaveLength(1);
    interception.restore();
    expect(globalThis.fetch).toBe(wrapper);
    await fetch(LINKS, KEY);
    expect(mock.requests()).toHaveLength(1);
    expect(outside).toEqual([`GET ${LINKS}`]);
  });

  test('closing the mock restores all of its own', async () => {
    const [mock, other] = [await start(), await start({ profile: 'aiclicks', plan: [] })];
    mock.intercept();
    const others = other.intercept();
    mock.sandbox('t1').intercept();
    await mock.close();
    await fetch(LINKS, KEY);
    expect(outside).toEqual([`GET ${LINKS}`]);
    others.restore();
    expect(globalThis.fetch).toBe(network);
  });

  test('sandboxes count apart', async () => {
    const mock = await start();
    for (const name of ['t1', 't2']) {
      const interception = mock.sandbox(name).intercept();
      expect((await fetch(LINKS, KEY)).headers.get('x-ratelimit-remaining')).toBe('99');
      interception.restore();
    }
  });

  test('at the end of a block', async () => {
    const mock = await start();
    mock.intercept()[Symbol.dispose]();
    expect(globalThis.fetch).toBe(network);
    mock.intercept();
    await mock[Symbol.asyncDispose]();
    expect(globalThis.fetch).toBe(network);
  });
});

describe('options that do not fit', () => {
  test.each([
    [
      { origins: { 'https://a.test': 'klinki' } },
      'origins: "klinki" (for https://a.test) is not served; did you mean "klinky"?',
    ],
    [
      { origins: { 'https://a.test/v1': 'klinky' } },
      'origins: "https://a.test/v1" is not an origin; write scheme and host',
    ],
    [{ origins: { 'a.test': 'klinky' } }, 'origins: "a.test" is not an origin'],
    [{ origins: { 'ftp://a.test': 'klinky' } }, 'origins: "ftp://a.test" is not an origin'],
    [{ unhandled: 'ignore' as 'pass' }, 'unhandled must be "pass", "bypass" or "error", not "ignore"'],
  ])('%o', async (options, message) => {
    const mock = await start();
    expect(() => mock.intercept(options)).toThrow(OptionError);
    expect(() => mock.intercept(options)).toThrow(message);
    expect(globalThis.fetch).toBe(network);
  });
});

test('a sandbox whose name no URL can hold is not made', async () => {
  const mock = await start();
  expect(() => mock.sandbox('a/b')).toThrow('name: "a/b" cannot name a sandbox');
  expect(() => mock.sandbox('')).toThrow('cannot name a sandbox');
});

function withResolvers(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

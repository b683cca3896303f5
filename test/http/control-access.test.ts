/** Who reaches the control API over a socket, and that whoever does not leaves nothing behind. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createMock, type Mock, type MockOptions } from '../../src/index.js';

const mocks: Mock[] = [];
afterEach(() => Promise.all(mocks.splice(0).map((mock) => mock.close())));

async function start(options: MockOptions = {}) {
  const mock = await createMock({ profile: 'klinky', clock: 'frozen', ...options });
  mocks.push(mock);
  const { url, port } = await mock.listen();
  const ask = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
    raw(port, [
      `${method} ${path} HTTP/1.1`,
      ...Object.entries({ Host: `127.0.0.1:${port}`, ...headers }).map((pair) => pair.join(': ')),
    ]);
  return { mock, url, port, ask };
}

interface Reply {
  readonly status: number;
  readonly head: string;
  readonly body: string;
}

/** Headers that `fetch` would not send can be sent so. */
async function raw(port: number, lines: readonly string[]): Promise<Reply> {
  const client = connect(port, '127.0.0.1');
  const pieces: Buffer[] = [];
  client.on('data', (piece) => pieces.push(piece));
  await once(client, 'connect');
  client.write(`${[...lines, 'Connection: close'].join('\r\n')}\r\n\r\n`);
  await once(client, 'close');
  const [head = '', ...body] = Buffer.concat(pieces).toString().split('\r\n\r\n');
  return { status: Number(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1]), head, body: body.join('\r\n\r\n') };
}

const LINKS = '/api/v1/public/links';
const KEY = { 'X-API-Key': 'klinky_live_growth' };

describe('a call that is refused', () => {
  it.each([
    ['of another site', { 'Sec-Fetch-Site': 'cross-site' }, 'foreign-site'],
    ['of the same site', { 'Sec-Fetch-Site': 'same-site' }, 'foreign-site'],
    ['of another origin', { Origin: 'https://evil.example' }, 'foreign-origin'],
    ['for another host', { Host: 'evil.example' }, 'foreign-host'],
    ['of a webhook', { 'X-Mock429-Webhook': '1' }, 'webhook'],
  ])('%s makes no sandbox, and no page may read the answer', async (_what, headers, code) => {
    const { mock, ask } = await start();
    for (const [method, path] of [
      ['GET', '/~made/__mock429/clock'],
      ['POST', '/~made/__mock429/reset'],
      ['OPTIONS', '/~made/__mock429/clock'],
      ['GET', '/~made/__mock429/nowhere'],
    ] as const) {
      const { status, head, body } = await ask(path, headers, method);
      expect([status, JSON.parse(body).code]).toEqual([403, code]);
      expect(head).not.toMatch(/access-control-/i);
    }
    expect(mock.sandboxes()).toEqual([]);
  });

  it('as there is none such, makes none either', async () => {
    const { mock, ask } = await start();
    expect((await ask('/~made/__mock429/nowhere')).status).toBe(404);
    expect((await ask('/~made/__mock429/reset', {}, 'PATCH')).status).toBe(405);
    expect(mock.sandboxes()).toEqual([]);
    expect((await ask('/~made/__mock429/clock')).status).toBe(200);
    expect(mock.sandboxes()).toMatchObject([{ name: 'made' }]);
  });

  it('is none of a person who typed the address, or of the server’s own page', async () => {
    const { ask, url } = await start();
    expect((await ask('/__mock429/clock', { 'Sec-Fetch-Site': 'none' })).status).toBe(200);
    const own = await ask('/__mock429/clock', { 'Sec-Fetch-Site': 'same-origin', Origin: url });
    expect([own.status, /access-control-/i.test(own.head)]).toEqual([200, false]);
  });
});

describe('a target that is a whole URL', () => {
  it('says which host is meant, whatever Host says', async () => {
    const { mock, port } = await start();
    const foreign = await raw(port, [
      'GET http://evil.example/~made/__mock429/clock HTTP/1.1',
      `Host: 127.0.0.1:${port}`,
    ]);
    expect([foreign.status, JSON.parse(foreign.body).code]).toEqual([403, 'foreign-host']);
    expect(mock.sandboxes()).toEqual([]);
    const own = await raw(port, [`GET http://127.0.0.1:${port}/__mock429/clock HTTP/1.1`, 'Host: evil.example']);
    expect(own.status).toBe(200);
  });
});

describe('a page of another site', () => {
  it('makes no sandbox by asking a provider for one, and may use those there are', async () => {
    const { mock, ask } = await start();
    const headers = { ...KEY, 'Sec-Fetch-Site': 'cross-site', Origin: 'https://page.example' };
    const refused = await ask(`/~made${LINKS}`, headers);
    expect([refused.status, JSON.parse(refused.body).code]).toEqual([403, 'foreign-site']);
    expect(refused.head).toMatch(/access-control-allow-origin: \*/i);
    expect(mock.sandboxes()).toEqual([]);
    mock.sandbox('made').clock.now();
    expect((await ask(`/~made${LINKS}`, headers)).status).toBe(200);
    expect((await ask(LINKS, headers)).status).toBe(200);
  });

  it('of the same site makes one', async () => {
    const { mock, ask } = await start();
    expect((await ask(`/~made${LINKS}`, { ...KEY, 'Sec-Fetch-Site': 'same-site' })).status).toBe(200);
    expect(mock.sandboxes()).toMatchObject([{ name: 'made' }]);
  });
});

describe('a required token', () => {
  it('is asked of clients on this machine, and of nobody in this process', async () => {
    const { mock, ask } = await start({ controlToken: 'secret', controlTokenRequired: true });
    const without = await ask('/~made/__mock429/clock');
    expect([without.status, JSON.parse(without.body).code]).toEqual([401, 'token-needed']);
    expect(without.head).toMatch(/www-authenticate: Bearer/i);
    expect((await ask('/~made/__mock429/clock', { Authorization: 'Bearer wrong' })).status).toBe(401);
    expect(mock.sandboxes()).toEqual([]);
    expect((await ask('/__mock429/clock', { Authorization: 'Bearer secret' })).status).toBe(200);
    expect((await mock.fetch('/__mock429/clock')).status).toBe(200);
    expect((await ask(LINKS, KEY)).status).toBe(200);
  });

  it('has to be there', async () => {
    for (const options of [{ controlTokenRequired: true }, { controlTokenRequired: true, controlToken: '' }])
      await expect(createMock({ profile: 'klinky', ...options })).rejects.toThrow(
        /a control token is required and none is set/,
      );
  });
});

describe('a sandbox', () => {
  const SECRET = 'klinky_live_abcdefghijklmnopqrstuvwxyz';

  it('is not called like a credential, since its name is shown', async () => {
    const { mock, ask } = await start();
    for (const path of [`/~${SECRET}${LINKS}`, `/~${SECRET}/__mock429/clock`, `/~t1-${SECRET}${LINKS}`]) {
      const { status, body } = await ask(path, KEY);
      expect([status, JSON.parse(body).code]).toEqual([404, 'secret-sandbox-name']);
      expect(body).not.toContain('abcde');
    }
    expect(() => mock.sandbox(SECRET)).toThrow('looks like a credential');
    expect(mock.sandboxes()).toEqual([]);
  });

  it('may be called like a fixture, which is none', async () => {
    const { ask } = await start();
    expect((await ask(`/~klinky_live_growth${LINKS}`, KEY)).status).toBe(200);
  });
});

describe('behind a proxy', () => {
  const PATH = '/api/health';
  const ipOf = async (trustedProxies: string[], forwarded: string) => {
    const { mock, ask } = await start({ profile: 'acrely', trustedProxies });
    for (const target of [PATH, `http://127.0.0.1${PATH}`])
      await ask(target, { 'X-API-Key': 'sk_test_readonly', 'X-Forwarded-For': forwarded });
    return mock.quotas().flatMap(({ partition }) => partition['ip'] ?? []);
  };

  it('clients are told apart by what it says, on either way to the provider', async () => {
    expect(await ipOf(['127.0.0.0/8'], '6.6.6.6, 203.0.113.7:4711')).toEqual(['203.0.113.7']);
    expect(await ipOf(['127.0.0.1'], '[2001:DB8::1]:80')).toEqual(['2001:db8::1']);
  });

  it('that is not trusted, they are one', async () => {
    expect(await ipOf([], '203.0.113.7')).toEqual(['127.0.0.1']);
    expect(await ipOf(['10.0.0.0/8'], '203.0.113.7')).toEqual(['127.0.0.1']);
  });
});

/** Where webhooks go and where they do not, with servers that really listen, and what is logged of them. */
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { judgeTarget, listedHost, type Resolve } from '../../src/http/webhooks/target.js';
import { createDelivery } from '../../src/http/webhooks/webhooks.js';
import { createMock } from '../../src/index.js';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

interface Heard {
  readonly port: number;
  /** `METHOD path body`. */
  readonly requests: string[];
  readonly headers: NodeJS.Dict<string | string[]>[];
}

async function serve(answer: RequestListener = (_, response) => response.end(), host = '127.0.0.1'): Promise<Heard> {
  const requests: string[] = [];
  const headers: Heard['headers'] = [];
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    requests.push(`${request.method} ${request.url} ${text}`);
    headers.push(request.headers);
    answer(request, response);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  return { port: (server.address() as AddressInfo).port, requests, headers };
}

const nobody: Resolve = (name) => Promise.reject(Object.assign(new Error(`no ${name}`), { code: 'ENOTFOUND' }));

function delivery({ hosts = [], resolve = nobody }: { hosts?: readonly string[]; resolve?: Resolve } = {}) {
  const lines: string[] = [];
  const deliver = createDelivery({
    hosts: new Set(hosts),
    log: (level, line) => lines.push(`${level} ${line}`),
    resolve,
  });
  return { lines, send: (url: string) => deliver(url, { secret: 'of the body' }) };
}

describe('this machine', () => {
  it.each([
    '127.0.0.1',
    '2130706433',
    '0x7f000001',
    '0x7f.1',
    '0177.0.0.1',
    '127.1',
    '127.0.1',
    '127.8.9.10',
    '[::ffff:127.0.0.1]',
    '[0:0:0:0:0:ffff:7f00:1]',
    'localhost',
    'LOCALHOST',
    'localhost.',
    'hooks.localhost',
    'hooks.localhost.',
    '%6cocalhost',
    '①②⑦.0.0.1',
  ])('may be spelt %s', async (host) => {
    const { port, requests, headers } = await serve(undefined, '0.0.0.0');
    const { lines, send } = delivery();
    await send(`http://${host}:${port}/done`);
    expect(requests).toEqual(['POST /done {"secret":"of the body"}']);
    expect(headers).toMatchObject([{ 'content-type': 'application/json', 'user-agent': 'mock429' }]);
    expect(lines).toEqual([expect.stringMatching(/^info webhook sent to http:\/\/[\w.[\]:]+\/done: 200$/)]);
  });

  it('has an address of each family', async () => {
    const { port, requests } = await serve(undefined, '::1').catch(() => serve());
    const { send } = delivery();
    await send(`http://localhost:${port}/either`);
    expect(requests).toHaveLength(1);
  });

  it('may have other names, whose address is looked up once and used', async () => {
    const { port, requests, headers } = await serve();
    const asked: string[] = [];
    const { send } = delivery({
      resolve: async (name) => {
        asked.push(name);
        // Asked again it would lead elsewhere (DNS rebinding).
        return [{ address: asked.length === 1 ? '127.0.0.1' : '192.0.2.1', family: 4 }];
      },
    });
    await send(`http://hooks.test:${port}/named`);
    expect(asked).toEqual(['hooks.test']);
    expect(requests).toHaveLength(1);
    expect(headers[0]!['host']).toBe(`hooks.test:${port}`);
  });

  it('is the only one that is tried where a name has other addresses as well', async () => {
    const target = await judgeTarget('http://both.test/', new Set(), async () => [
      { address: '192.0.2.1', family: 4 },
      { address: '127.0.0.1', family: 4 },
      { address: '0.0.0.0', family: 4 },
    ]);
    expect(target).toMatchObject({ addresses: [{ address: '127.0.0.1' }] });
  });
});

describe('elsewhere', () => {
  it.each([
    ['http://0.0.0.0:PORT/x', '0.0.0.0 is not this machine'],
    ['http://0:PORT/x', '0.0.0.0 is not this machine'],
    ['http://[::]:PORT/x', ':: is not this machine'],
    ['http://[::ffff:0.0.0.0]:PORT/x', '::ffff:0:0 is not this machine'],
    ['http://[::127.0.0.1]:PORT/x', '::7f00:1 is not this machine'],
    ['http://169.254.169.254/latest', '169.254.169.254 is not this machine'],
    ['http://126.255.255.255/x', 'not this machine'],
    ['http://128.0.0.1/x', 'not this machine'],
    ['http://elsewhere.test:PORT/x', 'elsewhere.test is not this machine; allow it with --webhook-host elsewhere.test'],
    ['http://unspecified.test:PORT/x', 'unspecified.test is not this machine'],
    ['http://localhost.elsewhere.test:PORT/x', 'not this machine'],
    ['http://nowhere.test/x', 'nowhere.test cannot be looked up (ENOTFOUND)'],
    ['http://user:pw@127.0.0.1:PORT/x', 'contains a user or a password'],
    ['http://user@127.0.0.1:PORT/x', 'contains a user or a password'],
    ['http://@127.0.0.1:PORT/x', 'contains a user or a password'],
    ['file:///etc/passwd', 'file:// is neither http:// nor https://'],
    ['gopher://127.0.0.1:PORT/x', 'is neither http:// nor https://'],
    ['javascript:1', 'is neither http:// nor https://'],
    ['ws://127.0.0.1:PORT/x', 'is neither http:// nor https://'],
    ['http://127.0.0.1:22/', 'port 22 is blocked for webhooks, as in browsers; listen on another, such as 8080'],
    ['http://127.0.0.1:6379x/', 'not a URL'],
    ['http://127.0.0.1:0/', 'port 0 is blocked'],
    ['http://127.0.0.1:65536/', 'not a URL'],
    ['http://127.0.0.1:PORT/a\r\nX: y', 'control characters'],
    ['http://127.0.0.1:PORT/\u0000', 'control characters'],
    ['http://127.0.0.1:PORT/%0d%0aX', 'control characters'],
    ['\thttp://127.0.0.1:PORT/', 'control characters'],
    ['http:\\\\127.0.0.1:PORT\\x', 'backslashes'],
    ['/relative', 'not a URL'],
    ['', 'not a URL'],
  ])('%j is not reached', async (url, why) => {
    const { port, requests } = await serve(undefined, '0.0.0.0');
    const { lines, send } = delivery({
      resolve: async (name) => {
        if (name === 'nowhere.test') return nobody(name);
        return [{ address: name === 'unspecified.test' ? '0.0.0.0' : '192.0.2.1', family: 4 }];
      },
    });
    await send(url.replace('PORT', String(port)));
    expect(requests).toEqual([]);
    expect(lines).toEqual([expect.stringContaining(why)]);
    expect(lines[0]).toMatch(/^warn webhook not sent: /);
  });

  it('may be listed', async () => {
    const hosts = ['Hooks.Example.COM', '192.0.2.7', '2001:db8::1'].map((host) => listedHost(host)!);
    expect(hosts).toEqual(['hooks.example.com', '192.0.2.7', '2001:db8::1']);
    const resolve: Resolve = async () => [
      { address: '0.0.0.0', family: 4 },
      { address: '192.0.2.9', family: 4 },
    ];
    const judge = (url: string) => judgeTarget(url, new Set(hosts), resolve);
    expect(await judge('https://hooks.example.com./x')).toMatchObject({ addresses: [{ address: '192.0.2.9' }] });
    expect(await judge('http://192.0.2.7/x')).toMatchObject({ addresses: [{ address: '192.0.2.7' }] });
    expect(await judge('http://[2001:DB8:0::1]/x')).toMatchObject({ addresses: [{ address: '2001:db8::1' }] });
    expect(await judge('http://sub.hooks.example.com/x')).toMatchObject({ refused: expect.any(String) });
  });

  it.each(['', 'http://a', 'a:80', 'a/b', 'a b', 'user@a', '[::1]:80', 'a?b', '1.2.3.999'])(
    '%j is no host to list',
    (host) => {
      expect(listedHost(host)).toBeUndefined();
    },
  );
});

describe('an answer', () => {
  it.each([301, 302, 303, 307, 308, 300])('of %i is not followed', async (status) => {
    const sink = await serve(undefined, '0.0.0.0');
    const redirector = await serve((_, response) => {
      response.writeHead(status, { location: `http://127.0.0.1:${sink.port}/next` }).end();
    });
    const { lines, send } = delivery();
    await send(`http://127.0.0.1:${redirector.port}/first`);
    expect(redirector.requests).toHaveLength(1);
    expect(sink.requests).toEqual([]);
    const where = `http://127.0.0.1:${redirector.port}/first`;
    expect(lines).toEqual([
      `warn webhook to ${where} not delivered: it answered ${status}, and redirects are not followed`,
    ]);
  });

  it('is read no further than its status', async () => {
    const endless = await serve((_, response) => {
      response.write('the beginning');
    });
    const { lines, send } = delivery();
    await send(`http://127.0.0.1:${endless.port}/`);
    expect(lines).toEqual([`info webhook sent to http://127.0.0.1:${endless.port}/: 200`]);
  });

  it('may not come', async () => {
    const { port } = await serve((request) => request.socket.destroy());
    const { lines, send } = delivery();
    await send(`http://127.0.0.1:${port}/x`);
    expect(lines).toEqual([`warn webhook to http://127.0.0.1:${port}/x failed: ECONNRESET`]);
  });
});

describe('the log', () => {
  it('has neither query nor body, and of other hosts no path', async () => {
    const { port } = await serve();
    const { lines, send } = delivery({
      hosts: ['hooks.test'],
      resolve: async () => [{ address: '192.0.2.1', family: 4 }],
    });
    await send(`http://127.0.0.1:${port}/done?token=tell-nobody#fragment`);
    await send('http://user:tell-nobody@127.0.0.1/done');
    await send('tell-nobody');
    const text = lines.join('\n');
    expect(text).toContain(`webhook sent to http://127.0.0.1:${port}/done: 200`);
    expect(text).not.toMatch(/tell-nobody|of the body|fragment/);
    expect(
      await judgeTarget('https://hooks.test/T0/B0', new Set(['hooks.test']), async () => [
        { address: '192.0.2.1', family: 4 },
      ]),
    ).toMatchObject({ isOwn: false });
  });
});

describe('a mock', () => {
  const CREATE = { input: { prompt: 'a lake' } };
  const KEY = `sk_live_${'k'.repeat(28)}wxyz`;

  async function create(webhook: string, options: Parameters<typeof createMock>[0] = {}) {
    const lines: string[] = [];
    const mock = await createMock({
      profile: 'prediction',
      clock: 'frozen',
      log: (_, line) => lines.push(line),
      ...options,
    });
    const { url, close } = await mock.listen();
    const response = await mock.fetch('/v1/google/nano-banana/predictions', {
      method: 'POST',
      headers: { Authorization: `Bearer ${KEY}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ ...CREATE, webhook: webhook.replace('MOCK', url) }),
    });
    expect(response.status).toBe(201);
    await mock.clock.advance('10s');
    return { mock, close, lines };
  }

  it('does not steer itself by a webhook', async () => {
    const { mock, lines } = await create('MOCK/~made/__mock429/reset');
    expect(lines).toEqual([expect.stringMatching(/^webhook sent to .*\/~made\/__mock429\/reset: 403$/)]);
    expect(mock.sandboxes()).toEqual([]);
    await mock.close();
  });

  it('masks a credential in the path of one', async () => {
    const { port, requests } = await serve();
    const { mock, lines } = await create(`http://127.0.0.1:${port}/hooks/${KEY}`);
    expect(requests).toHaveLength(1);
    expect(lines).toEqual([`webhook sent to http://127.0.0.1:${port}/hooks/sk_live_…wxyz: 200`]);
    await mock.close();
  });

  it('refuses hosts that are none', async () => {
    await expect(createMock({ profile: 'klinky', webhookHosts: ['http://a'] })).rejects.toThrow(
      'webhook host "http://a" (--webhook-host) is not a host; give a name or an address, without scheme, port and path',
    );
  });
});

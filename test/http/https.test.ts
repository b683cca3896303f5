/**
 * HTTPS and HTTP/2 on a port, with made certificates and with files: what clients of both protocols get is what they get without TLS.
 */
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { type ClientHttp2Session, connect, type IncomingHttpHeaders } from 'node:http2';
import https from 'node:https';
import { connect as connectTcp } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { afterAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { createAuthority, createServerCertificate } from '../../src/http/tls/certificates.js';
import { CertificateError, createMock, type ListenAt, type Listening, type Mock } from '../../src/index.js';

const PATH = '/api/v1/public/links';
const KEY = { 'x-api-key': 'klinky_live_a' };
const folder = mkdtempSync(join(tmpdir(), 'mock429-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

let mock: Mock;
beforeEach(async () => {
  const created = await createMock({ profile: 'klinky', plan: 'growth', clock: 'frozen' });
  onTestFinished(() => created.close());
  mock = created;
});

const listen = (options: ListenAt = {}) => mock.listen({ https: { folder }, ...options });

interface Got {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** A request over HTTP/1.1. */
function get1({ url, ca }: Listening, path: string, options: https.RequestOptions = {}): Promise<Got> {
  return new Promise((resolve, reject) => {
    const request = https.request(url + path, { ca, headers: KEY, agent: false, ...options }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece) => {
        text += piece;
      });
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, text }));
    });
    request.on('error', reject).end();
  });
}

/** A session of HTTP/2. */
function session({ url, ca }: Listening): ClientHttp2Session {
  const opened = connect(url, ca === undefined ? {} : { ca });
  onTestFinished(() => opened.destroy());
  return opened;
}

/** A request over HTTP/2. */
function get2(on: ClientHttp2Session, path: string, more: Record<string, string> = {}, body?: string): Promise<Got> {
  return new Promise((resolve, reject) => {
    const stream = on.request({ ':path': path, ...KEY, ...more });
    let headers: IncomingHttpHeaders & { ':status'?: number | undefined } = {};
    let text = '';
    stream.setEncoding('utf8');
    stream.on('response', (fields) => {
      headers = fields;
    });
    stream.on('data', (piece) => {
      text += piece;
    });
    stream.on('error', (error) => reject(Object.assign(error, { text })));
    stream.on('close', () => resolve({ status: headers[':status']!, headers, text }));
    stream.end(body);
  });
}

describe('answers', () => {
  test('are the same over HTTP/1.1 with and without TLS, and over HTTP/2', async () => {
    const secure = await listen();
    const plain = await mock.listen();
    const one = await get1(secure, PATH);
    const two = await get2(session(secure), PATH);
    const bare = await new Promise<string>((resolve, reject) => {
      http
        .get(plain.url + PATH, { headers: KEY, agent: false }, async (response) => {
          let text = '';
          for await (const piece of response.setEncoding('utf8')) text += piece;
          resolve(text);
        })
        .on('error', reject);
    });
    expect([one.status, two.status]).toEqual([200, 200]);
    expect(one.text).toBe(bare);
    expect(two.text).toBe(bare);
    expect([one.headers['x-ratelimit-remaining'], two.headers['x-ratelimit-remaining']]).toEqual(['99', '98']);
    expect(one.headers.connection).toBe('close');
    expect(two.headers).not.toHaveProperty('keep-alive');
    expect(two.headers).not.toHaveProperty('connection');
  });

  test('have URLs that begin with https', async () => {
    const prediction = await createMock({ profile: 'prediction', clock: 'frozen' });
    onTestFinished(() => prediction.close());
    const secure = await prediction.listen({ https: { folder } });
    const post = { ':method': 'POST', authorization: 'Bearer sk_live_x', 'content-type': 'application/json' };
    const body = JSON.stringify({ input: { prompt: 'a lake' } });
    const { text } = await get2(session(secure), '/v1/openai/sora-2/predictions', post, body);
    expect(JSON.parse(text).urls.get).toMatch(new RegExp(`^${secure.url}/v1/status/`));
  });

  test('to bodies over HTTP/2, whole and in pieces', async () => {
    const on = session(await listen());
    const variants = ['a', 'b'].map((label) => ({
      label,
      destination_url: `https://example.com/${label}`,
      weight: 50,
    }));
    const body = JSON.stringify({ name: 'Made', slug: 'made', variants });
    const post = { ':method': 'POST', 'content-type': 'application/json' };
    expect((await get2(on, PATH, post, body)).status).toBe(201);
    const stream = on.request({ ':path': PATH, ...KEY, ...post });
    const responded = once(stream, 'response');
    await new Promise((sent) => stream.write(body.slice(0, 20), sent));
    stream.end(body.slice(20).replace('"made"', '"again"'));
    const [fields] = await responded;
    expect(fields[':status']).toBe(201);
    stream.resume();
  });

  test('of the control API over HTTP/2', async () => {
    const on = session(await listen());
    expect((await get2(on, '/__mock429/health')).status).toBe(200);
    expect(await get2(on, '/__mock429/quotas').then(({ text }) => JSON.parse(text))).toEqual({ quotas: [] });
    const reset = await get2(on, '/__mock429/reset', { ':method': 'POST' });
    expect(reset.status).toBe(204);
  });

  test('to HEAD and to CONNECT over HTTP/2', async () => {
    const on = session(await listen());
    expect(await get2(on, PATH, { ':method': 'HEAD' })).toMatchObject({ status: 200, text: '' });
    const stream = on.request({ ':method': 'CONNECT', ':authority': 'example.com:443' });
    const [fields] = await once(stream, 'response');
    expect(fields[':status']).toBe(405);
    stream.end().destroy();
  });
});

describe('faults over HTTP/2', () => {
  test('a dropped connection is a reset stream, and the other streams go on', async () => {
    const on = session(await listen());
    mock.faults.add({ drop: true, times: 1 });
    await expect(get2(on, PATH)).rejects.toMatchObject({ code: 'ERR_HTTP2_STREAM_ERROR' });
    expect((await get2(on, PATH)).status).toBe(200);
    expect(mock.requests().map(({ status }) => status)).toEqual([0, 200]);
  });

  test('a truncated body is sent up to there, and then the stream is reset', async () => {
    const on = session(await listen());
    mock.faults.add({ truncateBody: 10, times: 1 });
    await expect(get2(on, PATH)).rejects.toMatchObject({ code: 'ERR_HTTP2_STREAM_ERROR', text: '{"items":[' });
  });

  test('a stream that the client resets is over at once', async () => {
    const on = session(await listen());
    mock.faults.add({ delayMs: 60_000 });
    const stream = on.request({ ':path': PATH, ...KEY });
    stream.on('error', () => {});
    await expect.poll(() => mock.inFlight()).toHaveLength(1);
    stream.close(8);
    await expect.poll(() => mock.inFlight()).toEqual([]);
  });
});

test('the journal knows connections: the streams of one share it', async () => {
  const judged = await createMock({ profile: 'klinky', clock: 'frozen', judge: true });
  onTestFinished(() => judged.close());
  const secure = await judged.listen({ https: { folder } });
  const on = session(secure);
  await Promise.all([get2(on, PATH), get2(on, PATH)]);
  await get1(secure, PATH);
  const { requests } = judged.report({ ended: true });
  expect(requests.judged).toBe(3);
});

describe('certificates', () => {
  test('are valid for this machine and for the hosts of the providers, and signed by the CA', async () => {
    const { port, ca, caFile, url } = await listen();
    expect(url).toBe(`https://127.0.0.1:${port}`);
    expect(readFileSync(caFile!, 'utf8')).toBe(ca);
    for (const servername of ['localhost', 'klinky-api.fly.dev', 'other.example']) {
      const socket = connectTls({ port, host: '127.0.0.1', servername, ca: ca! });
      await once(socket, 'secureConnect');
      expect([servername, socket.authorized]).toEqual([servername, true]);
      socket.destroy();
    }
  });

  test('are used again, and their keys are readable for their owner only', async () => {
    const [one, two] = [await listen(), await listen()];
    expect(two.ca).toBe(one.ca);
    for (const name of readdirSync(folder)) {
      const isPrivate = readFileSync(join(folder, name), 'utf8').includes('PRIVATE KEY');
      expect([name, statSync(join(folder, name)).mode & 0o777]).toEqual([name, isPrivate ? 0o600 : 0o644]);
    }
  });

  test('that are about to expire are replaced', async () => {
    const own = mkdtempSync(join(tmpdir(), 'mock429-test-'));
    onTestFinished(() => rmSync(own, { recursive: true }));
    const old = await createAuthority(Date.now() - 364 * 86_400_000);
    writeFileSync(join(own, 'ca-with-key.pem'), old.cert + old.key, { mode: 0o600 });
    const { ca } = await mock.listen({ https: { folder: own } });
    expect(ca).not.toBe(old.cert);
    expect((await mock.listen({ https: { folder: own } })).ca).toBe(ca);
  });

  test('of one’s own are used in their place', async () => {
    const authority = await createAuthority(Date.now());
    const pair = await createServerCertificate(authority, ['127.0.0.1'], Date.now());
    const [cert, key, other] = ['own.pem', 'own-key.pem', 'other-key.pem'].map((name) => join(folder, name));
    writeFileSync(cert!, pair.cert);
    writeFileSync(key!, pair.key, { mode: 0o600 });
    writeFileSync(other!, authority.key, { mode: 0o600 });
    const server = await mock.listen({ https: { cert: cert!, key: key! } });
    expect((await get1({ ...server, ca: authority.cert }, PATH)).status).toBe(200);
    await expect(mock.listen({ https: { cert: cert!, key: other! } })).rejects.toThrow(
      new CertificateError(
        `the key ${other} (--tls-key) is not the key of ${cert} (--tls-cert); name the two that belong together`,
      ),
    );
    await expect(mock.listen({ https: { cert: key!, key: cert! } })).rejects.toThrow('is no certificate in PEM form');
    await expect(mock.listen({ https: { cert: cert! } })).rejects.toThrow('needs its key');
    await expect(mock.listen({ https: { cert: join(folder, 'none'), key: key! } })).rejects.toThrow('cannot be read');
    for (const file of [cert, key, other]) rmSync(file!);
  });
});

test('a folder that cannot be made for certificates is an error', async () => {
  await expect(mock.listen({ https: { folder: '/proc/none/tls' } })).rejects.toThrow(
    /^\/proc\/none\/tls cannot hold certificates \(ENOENT: .+\); name another folder$/,
  );
});

test('plain HTTP on the port is answered with the fix', async () => {
  const { port } = await listen();
  const socket = connectTcp(port, '127.0.0.1');
  socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
  let text = '';
  for await (const piece of socket.setEncoding('utf8')) text += piece;
  expect(text).toMatch(/^HTTP\/1.1 400 Bad Request\r\n/);
  expect(text).toContain('this port speaks HTTPS; use an https:// URL');
});

test('a client that sends nothing, or breaks off its handshake, does not hold up the end', async () => {
  const server = await listen();
  const silent = connectTcp(server.port, '127.0.0.1');
  const half = connectTcp(server.port, '127.0.0.1');
  await Promise.all([once(silent, 'connect'), once(half, 'connect')]);
  half.write(Buffer.from([22, 3, 1]));
  for (const socket of [silent, half]) socket.on('error', () => {});
  const idle = session(server);
  await get2(idle, PATH);
  await server.close();
  await expect(get1(server, PATH)).rejects.toThrow();
});

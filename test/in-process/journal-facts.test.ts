/** What the journal keeps of a request and its answer so that a client can be judged by it. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { createMock, type JournalEntry, type Mock } from '../../src/index.js';
import type { MockOptions } from '../../src/options/options.js';

const START = Date.parse('2026-05-12T08:00:12.000Z');
const mocks: Mock[] = [];
afterEach(() => Promise.all(mocks.splice(0).map((mock) => mock.close())));

async function start(options: MockOptions): Promise<Mock> {
  const mock = await createMock({ clock: { now: START }, ...options });
  mocks.push(mock);
  return mock;
}

const newest = (mock: Mock) => mock.requests().at(-1)!;
const klinky = { 'X-API-Key': 'klinky_live_a' };

describe('what an answer told', () => {
  test('is what its headers say of the policies, after a refund', async () => {
    const mock = await start({ profile: 'aiclicks' });
    const headers = { Authorization: 'Bearer ak_live_a' };
    await mock.fetch('/api/v1/domains', { headers });
    expect(newest(mock).told).toEqual([{ policy: 'key-minute', remaining: 59, resetAt: START + 60_000 }]);
    await mock.fetch('/api/v1/domains', { headers: { ...headers, Prefer: 'code=500' } });
    expect(newest(mock).told).toEqual([{ policy: 'key-minute', remaining: 59, resetAt: START + 60_000 }]);
    await mock.fetch('/api/v1/domains');
    expect(newest(mock).told).toEqual([]);
  });

  test('is nothing where a fault wrote the headers', async () => {
    const mock = await start({ profile: 'klinky' });
    mock.faults.add({ headers: { 'X-RateLimit-Remaining': '0' } });
    await mock.fetch('/api/v1/public/links', { headers: klinky });
    expect(newest(mock).told).toEqual([]);
  });

  test.each([
    [{}, 60],
    [{ retryAfter: 7 }, 7],
    [{ retryAfter: 'http-date' }, 60],
    [{ retryAfter: 'missing' }, undefined],
    [{ status: 503, headers: { 'retry-after': '2.5' } }, 2.5],
    [{ status: 503 }, undefined],
  ] as const)('is a wait of %j: %s s', async (fault, seconds) => {
    const mock = await start({ profile: 'aiclicks', set: ['policies.key-minute.quota=1'] });
    const headers = { Authorization: 'Bearer ak_live_a' };
    await mock.fetch('/api/v1/domains', { headers });
    if (Object.keys(fault).length > 0) mock.faults.add({ ...fault, onRefusals: true });
    await mock.fetch('/api/v1/domains', { headers });
    expect(newest(mock).retryAfter).toBe(seconds);
  });
});

test('requests that are alike have the same hash, and their idempotency keys are told apart', async () => {
  const mock = await start({ profile: 'klinky' });
  const post = (name: string, key: string) =>
    mock.fetch('/api/v1/public/links', {
      method: 'POST',
      headers: { ...klinky, 'Content-Type': 'application/json', 'Idempotency-Key': key },
      body: JSON.stringify({ name }),
    });
  for (const [name, key] of [
    ['one', 'a'],
    ['one', 'b'],
    ['two', 'a'],
  ] as const)
    await post(name, key);
  const [first, second, third] = mock.requests();
  expect(first!.bodyHash).toMatch(/^[\w-]{12}$/);
  expect([second!.bodyHash === first!.bodyHash, third!.bodyHash === first!.bodyHash]).toEqual([true, false]);
  expect([second!.idempotencyKey === first!.idempotencyKey, third!.idempotencyKey === first!.idempotencyKey]).toEqual([
    false,
    true,
  ]);
  await mock.fetch('/api/v1/public/links', { headers: klinky });
  expect(newest(mock)).toMatchObject({ bodyHash: undefined, idempotencyKey: undefined });
});

test('entity tags, conditions and the cache are written down', async () => {
  const mock = await start({ profile: 'full-domination' });
  const headers = { Authorization: 'Bearer ad_live_aaaabbbb' };
  const response = await mock.fetch('/v1/audits', { headers });
  expect(newest(mock)).toMatchObject({ etag: response.headers.get('etag'), conditional: false, status: 200 });
  await mock.fetch('/v1/audits', { headers: { ...headers, 'If-None-Match': response.headers.get('etag')! } });
  expect(newest(mock)).toMatchObject({ conditional: true, status: 304 });
  const cached = await start({ profile: 'aiclicks' });
  for (let i = 0; i < 2; i++) await cached.fetch('/api/v1/domains', { headers: { Authorization: 'Bearer ak_live_a' } });
  expect(cached.requests().map(({ cache }) => cache)).toEqual(['MISS', 'HIT']);
});

test('whether a job that is read still runs is written down', async () => {
  const mock = await start({ profile: 'full-domination', clock: 'frozen' });
  const headers = { Authorization: 'Bearer ad_live_aaaabbbb', 'Content-Type': 'application/json' };
  const created = await mock.fetch('/v1/audits', { method: 'POST', headers, body: '{"companyId":"cmp_abc"}' });
  const { data } = (await created.json()) as { data: { id: string } };
  const read = () => mock.fetch(`/v1/audits/${data.id}`, { headers });
  await read();
  await mock.clock.advance('4m');
  await read();
  await mock.fetch('/v1/audits/aud_01', { headers });
  expect(mock.requests().map(({ job }) => job)).toEqual([undefined, 'running', 'ended', undefined]);
});

test('whether jobs of a batch still run is written down', async () => {
  const mock = await start({ profile: 'prediction', clock: 'frozen' });
  const headers = { Authorization: 'Bearer sk_live_aaaabbbb', 'Content-Type': 'application/json' };
  const body = JSON.stringify({
    predictions: [{ owner: 'google', model: 'nano-banana', input: { prompt: 'a boat' } }],
  });
  const batch = await mock.fetch('/v1/predictions/batch', { method: 'POST', headers, body });
  const { batch_id } = (await batch.json()) as { batch_id: string };
  const read = () => mock.fetch(`/v1/predictions/batch/${batch_id}`, { headers });
  await read();
  await mock.clock.advance('1h');
  await read();
  expect(mock.requests().map(({ job }) => job)).toEqual([undefined, 'running', 'ended']);
});

test('a bucket has the id that quotas() gives it', async () => {
  const mock = await start({ profile: 'klinky' });
  await mock.fetch('/api/v1/public/links', { headers: klinky });
  expect(newest(mock).decisions[0]!.bucket).toBe(mock.quotas()[0]!.id);
});

describe('what a client can have known', () => {
  test('in this process: answers left before the next request began, and not before those sent at once', async () => {
    const mock = await start({ profile: 'klinky' });
    const send = () => mock.fetch('/api/v1/public/links', { headers: klinky });
    await send();
    await Promise.all([send(), send()]);
    const [one, two, three] = mock.requests();
    expect(one!.leftAt!).toBeLessThan(two!.beganAt);
    expect(two!.leftAt!).toBeGreaterThan(three!.beganAt);
  });

  test('over a socket: a request arrives when it is read, however long before its connection was opened', async () => {
    const mock = await start({ profile: 'klinky' });
    const { port } = await mock.listen();
    const client = connect(port, '127.0.0.1');
    await once(client, 'connect');
    const other = await fetch(`http://127.0.0.1:${port}/api/v1/public/links`, { headers: klinky });
    await other.text();
    const ask = async () => {
      client.write('GET /api/v1/public/links HTTP/1.1\r\nHost: localhost\r\nX-API-Key: klinky_live_a\r\n\r\n');
      await once(client, 'data');
    };
    await ask();
    await ask();
    client.destroy();
    const [elsewhere, first, second] = mock.requests();
    expect(first!.peer!.openedAt).toBeLessThan(elsewhere!.leftAt!);
    expect(first!.beganAt).toBeGreaterThan(elsewhere!.leftAt!);
    expect(first!.peer).toEqual(second!.peer);
    expect(first!.peer!.connection).not.toBe(elsewhere!.peer!.connection);
    expect(second!.beganAt).toBeGreaterThan(elsewhere!.leftAt!);
    expect(second!.beganAt).toBeGreaterThan(first!.leftAt!);
  });
});

describe('an entry', () => {
  test('that was read before its answer had left tells when it left', async () => {
    const mock = await start({ profile: 'klinky' });
    const heard: JournalEntry[] = [];
    const leftAt: (number | null)[] = [];
    mock.on('request', ({ data }) => {
      heard.push(data);
      leftAt.push(data.leftAt);
    });
    await mock.fetch('/api/v1/public/links', { headers: klinky });
    expect(leftAt).toEqual([null]);
    expect(heard[0]!.leftAt).toBeGreaterThan(heard[0]!.beganAt);
    expect(newest(mock)).toBe(heard[0]);
  });

  test('that is read late tells what was true when it was written', async () => {
    const mock = await start({ profile: 'klinky' });
    const send = () => mock.fetch('/api/v1/public/links?key=klinky_live_b', { headers: klinky });
    await send();
    mock.setAccount('klinky', 'default', { plan: 'growth', keys: ['klinky_live_a'], quotas: { 'account-hour': 5 } });
    await send();
    const [before, after] = mock.requests();
    expect(before!.decisions).toMatchObject([{ limit: 1_000, used: 1, remaining: 999 }]);
    expect(after!.decisions).toMatchObject([{ limit: 5, used: 2, remaining: 3 }]);
    expect(before!.path).toBe('/api/v1/public/links?key=klinky…');
  });
});

/**
 * `--store` and `--workers` of the built program, over a real server: several processes count as one, and survive each other and the store.
 */
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { hasRedis, RedisServer } from '../helpers/redis-server.js';
import { ROOT } from '../tools/build.js';
import { useMock429 } from './program.js';

const mock429 = useMock429();
const redis = hasRedis();
const PROFILE = ['--profile', join(ROOT, 'replicas/hourly.yaml'), '--port', '0'];

let store: RedisServer;
afterEach(async () => {
  await store?.stop();
});

/** What is left after a request; the status where it was not admitted. */
async function take(url: string): Promise<number | string> {
  const response = await fetch(`${url}/items`, { headers: { 'X-Key': 'k1' } });
  await response.arrayBuffer();
  return response.status === 200 ? Number(response.headers.get('X-RateLimit-Remaining')) : `${response.status}`;
}

/** Asks until the answer is as wanted: a process needs time to notice that another has ended. */
async function until<T>(ask: () => Promise<T>, isWanted: (answer: T) => boolean): Promise<T> {
  for (;;) {
    const answer = await ask().catch(() => undefined);
    if (answer !== undefined && isWanted(answer)) return answer;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe.skipIf(!redis)('servers with one store', () => {
  test('count as one, and one that is killed takes nothing with it', async () => {
    store = await RedisServer.start();
    const args = [...PROFILE, '--store', store.url('one')];
    const [first, second] = await Promise.all([mock429.serve(args), mock429.serve(args)]);
    expect([await take(first.url), await take(second.url), await take(first.url)]).toEqual([999, 998, 997]);
    first.program.signal('SIGKILL');
    await first.program.ended;
    expect(await take(second.url)).toBe(996);
    second.program.signal('SIGKILL');
    await second.program.ended;
    // The state is in the store.
    const third = await mock429.serve(args);
    expect(await take(third.url)).toBe(995);
  });

  test('wait for a store that is gone, and fill it again', async () => {
    store = await RedisServer.start();
    const { program, url } = await mock429.serve([...PROFILE, '--store', store.url('gone')]);
    expect(await take(url)).toBe(999);
    await store.end('SIGKILL');
    expect(await take(url)).toBe('503');
    expect((await fetch(`${url}/__mock429/health`)).status).toBe(503);
    expect(program.stderr).toContain('the store does not work: ');
    await store.restart();
    const left = await until(
      () => take(url),
      (answer) => answer !== '503',
    );
    // The request that was answered by 503 may have been counted.
    expect([998, 997]).toContain(left);
    expect((await fetch(`${url}/__mock429/health`)).status).toBe(200);
  });

  test('answer from their own state, or not at all, while the store is gone', async () => {
    store = await RedisServer.start();
    const local = await mock429.serve([...PROFILE, '--store', store.url('local'), '--on-store-failure', 'local']);
    const refusing = await mock429.serve([...PROFILE, '--store', store.url('no'), '--on-store-failure', 'refuse']);
    expect([await take(local.url), await take(refusing.url)]).toEqual([999, 999]);
    await store.end('SIGKILL');
    expect(await take(local.url)).toBe(998);
    await expect(take(refusing.url)).rejects.toThrow('fetch failed');
  });

  test('refuse one that serves something else', async () => {
    store = await RedisServer.start();
    const one = await mock429.serve([...PROFILE, '--store', store.url('fit')]);
    const other = await mock429.start(['--profile', 'klinky', '--port', '0', '--store', store.url('fit')]).ended;
    expect(other.code).toBe(2);
    expect(other.stderr).toContain('start all with the same profiles and options');
    expect(await take(one.url)).toBe(999);
  });

  test('share a port as workers', async () => {
    store = await RedisServer.start();
    const args = [...PROFILE, '--workers', '2', '--store', store.url('workers')];
    const { program, url } = await mock429.serve(args);
    expect([await take(url), await take(url), await take(url)]).toEqual([999, 998, 997]);
    expect(program.stdout.match(/^mock429 hourly /gm)).toHaveLength(1);
    program.signal('SIGTERM');
    expect((await program.ended).code).toBe(0);
  });
});

test('a store that is not there is named, once', async () => {
  // Port 1 is reserved, and nothing listens on it.
  const { code, stderr, stdout } = await mock429.start([...PROFILE, '--workers', '2', '--store', 'redis://127.0.0.1:1'])
    .ended;
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain('redis://127.0.0.1:1: connect ECONNREFUSED');
});

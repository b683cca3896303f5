/** Does the client keep to Klinky's limits? Nothing here waits, opens a port or reaches the network. */
import { createMock, type Mock, type MockSandbox } from 'mock429';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Klinky, KlinkyError, type KlinkyOptions } from './klinky.js';

const KEY = 'klinky_live_example';

let mock: Mock;
beforeAll(async () => {
  // Growth: 100 requests an hour, by the UTC clock. The clock stands still at half past eight until somebody moves it.
  mock = await createMock({ profile: 'klinky', plan: 'growth', clock: { now: '2026-05-12T08:30:00Z', frozen: true } });
});
afterAll(() => mock.close());

/** A client, and the waits that it thought right. The sandbox is its own, so that tests may run at the same time: counts, faults and clock are. */
function client(sandbox: MockSandbox, options: Partial<KlinkyOptions> = {}): { klinky: Klinky; waits: number[] } {
  const waits: number[] = [];
  const klinky = new Klinky({
    key: KEY,
    fetch: sandbox.fetch,
    now: sandbox.clock.now,
    // To sleep is to move the clock. Windows end, and what is due happens, on the way.
    sleep: async (ms) => {
      waits.push(ms);
      await sandbox.clock.advance(ms);
    },
    ...options,
  });
  return { klinky, waits };
}

/** So many of the hour's calls are left. */
function leave(sandbox: MockSandbox, remaining: number): void {
  sandbox.setQuota({ policy: 'account-hour', partition: { account: 'default' }, remaining });
}

describe.concurrent('the client', () => {
  test('waits until the hour is over when it is refused, and then gets its answer', async () => {
    const sandbox = mock.sandbox('refused');
    const { klinky, waits } = client(sandbox);
    leave(sandbox, 0);
    const [link] = await klinky.links();
    expect(link).toMatchObject({ slug: 'homepage-headline' });
    expect(waits).toEqual([30 * 60_000]);
    // What the provider saw: one refusal, and no second try before its time.
    expect(sandbox.requests().map(({ status }) => status)).toEqual([429, 200]);
  });

  test('spreads its last calls over what is left of the hour, and is never refused', async () => {
    const sandbox = mock.sandbox('spread');
    const { klinky, waits } = client(sandbox);
    leave(sandbox, 11);
    for (let i = 0; i < 30; i++) await klinky.links();
    expect(sandbox.requests().filter(({ status }) => status === 429)).toEqual([]);
    expect(waits.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => 3 * 60_000));
  });

  test('gives up after three tries', async () => {
    const sandbox = mock.sandbox('given-up');
    const { klinky } = client(sandbox);
    // Answers in place of the provider's own.
    sandbox.faults.add({ status: 429, headers: { 'Retry-After': '5' } });
    await expect(klinky.links()).rejects.toThrow(KlinkyError);
    expect(sandbox.requests()).toHaveLength(3);
  });

  test('does not try again what cannot succeed', async () => {
    const sandbox = mock.sandbox('revoked');
    const { klinky, waits } = client(sandbox, { key: 'klinky_live_revoked' });
    await expect(klinky.links()).rejects.toMatchObject({ status: 401 });
    expect(waits).toEqual([]);
  });
});

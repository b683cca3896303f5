/** Limits that delay requests: a client is not blamed for the time that its requests wait for their turn. */
import { afterEach, expect, it, vi } from 'vitest';
import { closeWorlds, createProviderState, findings } from './world.js';

afterEach(async () => {
  vi.useRealTimers();
  await closeWorlds();
});

const PATH = '/api/v1/validate';
/** One request every two minutes, and up to five in the queue. */
const SET = [
  'policies.key-minute.algorithm=leaky-bucket',
  'policies.key-minute.quota=1',
  'policies.key-minute.window.length=2m',
  'policies.key-minute.queue=5',
  'policies.key-minute.refusal.charges=none',
];

it('a client that sends several at once, and comes back when a refusal says so', async () => {
  const providerState = await createProviderState('aiclicks', { set: SET });
  const ask = providerState.as('ak_live_queued');
  const delayed: Promise<unknown>[] = [];
  for (let i = 0; i < 5; i++) delayed.push(ask(PATH));
  const refused = await ask(PATH);
  expect([refused.status, refused.told]).toEqual([429, 120_000]);
  await providerState.mock.clock.advance(refused.told);
  const last = ask(PATH);
  await providerState.mock.clock.advance('10m');
  await Promise.all([...delayed, last]);
  const delays = providerState.mock.requests({ status: 200 }).map(({ delayMs }) => delayMs);
  expect(delays).toEqual([undefined, 120_000, 240_000, 360_000, 480_000, 480_000]);
  expect(findings(providerState.report())).toEqual({});
  expect(providerState.report().verdict).toBe('pass');
});

it('a client that waits for minutes of real time because of the queue', async () => {
  const providerState = await createProviderState('aiclicks', { set: SET });
  vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'] });
  await providerState.mock.clock.resume();
  const ask = providerState.as('ak_live_queued');
  await ask(PATH);
  const second = ask(PATH);
  await vi.advanceTimersByTimeAsync(100_000);
  expect(providerState.mock.inFlight()).toHaveLength(1);
  expect(findings(providerState.report({ ended: false }))).toEqual({});
  await vi.advanceTimersByTimeAsync(20_000);
  expect(await second).toMatchObject({ status: 200 });
  expect(providerState.mock.requests().at(-1)).toMatchObject({ delayMs: 120_000, durationMs: 120_000 });
  expect(findings(providerState.report())).toEqual({});
});

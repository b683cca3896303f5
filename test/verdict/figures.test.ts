/** What a run came to, in numbers. */
import { afterEach, describe, expect, it } from 'vitest';
import type { Policy } from '../../src/limits/policy.js';
import { judgedBy } from '../../src/profile/compiled/advice.js';
import type { JournalEntry } from '../../src/state/journal/entry.js';
import { judge } from '../../src/verdict/judge.js';
import { providerOf } from '../helpers/providers.js';
import { closeWorlds, createProviderState, type ProviderState, START } from './world.js';

afterEach(closeWorlds);

const range = (n: number) => Array.from({ length: n }, (_, i) => i);

function figures(providerState: ProviderState) {
  return providerState.report().profiles[0]!.figures;
}

/** The report with what time gives back said by a stub: so many units, and one more every so often. */
function throughputOf(
  id: string,
  entries: readonly JournalEntry[],
  stubs: Record<string, (quota: number, from: number, to: number) => number>,
) {
  const judged = judgedBy(providerOf(id));
  const policies = new Map(
    [...judged.policies].flatMap(([name, policy]): [string, Policy][] => {
      const stub = stubs[name];
      if (!stub || policy.kind === 'lease') return [];
      const capacity = (params: { quota: number }, from: number, to: number) => stub(params.quota, from, to);
      return [[name, { ...policy, algorithm: { ...policy.algorithm, capacity } }]];
    }),
  );
  return judge(entries, [{ ...judged, policies }], { now: START, ended: true, lost: 0 }).profiles[0]!.figures
    .throughput;
}

describe('the figures of a run', () => {
  it('add up', async () => {
    const providerState = await createProviderState('klinky', { set: ['policies.account-hour.quota=20'] });
    const send = providerState.as('klinky_live_a');
    for (const fault of [{ status: 503 }, { drop: true }, { status: 429 }, { status: 400 }])
      providerState.mock.faults.add({ ...fault, times: 2 });
    for (const n of range(30)) await send(`/api/v1/public/links${n % 3 ? '' : '/none'}`);
    await providerState.as('')('/api/v1/public/links');
    const all = figures(providerState);
    expect(all).toMatchObject({ requests: 31, failed: 4, longestRefusalStreak: 8 });
    expect(all.succeeded + all.rejected + all.failed + all.refused).toBe(31);
    // Two 429 were no policy's, and count as refused all the same.
    expect(all.refused).toBe(31 - all.admitted);
    expect(all.refused).toBe(10);
    expect(all.rejected).toBeGreaterThan(3);
  });

  it('tell what was told to wait and what was waited, once a wait, and only where it came to an end', async () => {
    const providerState = await createProviderState('aiclicks');
    const send = providerState.as('ak_live_a');
    providerState.mock.setQuota({ policy: 'key-minute', partition: { key: 'ak_live_a' }, remaining: 0 });
    await Promise.all(range(10).map(() => send('/api/v1/validate')));
    expect(figures(providerState)).toMatchObject({ toldToWaitMs: 0, waitedMs: 0, longestRefusalStreak: 10 });
    await providerState.mock.clock.advance(60_250);
    await Promise.all(range(10).map(() => send('/api/v1/validate')));
    expect(figures(providerState)).toMatchObject({ toldToWaitMs: 60_000, waitedMs: 60_250, spanMs: 60_250 });
    providerState.mock.setQuota({ policy: 'key-minute', partition: { key: 'ak_live_a' }, remaining: 0 });
    await send('/api/v1/validate');
    await providerState.mock.clock.advance(12_000);
    await send('/api/v1/validate');
    expect(figures(providerState)).toMatchObject({ toldToWaitMs: 120_000, waitedMs: 72_250 });
  });

  it('count what several were told at the same time once', async () => {
    const providerState = await createProviderState('aiclicks');
    const keys = range(100).map((n) => `ak_live_${n}`);
    for (const key of keys) {
      providerState.mock.setQuota({ policy: 'key-minute', partition: { key }, remaining: 0 });
      await providerState.as(key)('/api/v1/validate');
    }
    await providerState.mock.clock.advance(60_000);
    for (const key of keys) await providerState.as(key)('/api/v1/validate');
    expect(figures(providerState)).toMatchObject({ refused: 100, toldToWaitMs: 60_000, waitedMs: 60_000 });
  });

  it('count the longest row of refusals of one caller, though others come between', async () => {
    const providerState = await createProviderState('aiclicks');
    for (const key of ['a', 'b'])
      providerState.mock.setQuota({ policy: 'key-minute', partition: { key: `ak_live_${key}` }, remaining: 0 });
    for (const key of ['a', 'b', 'a', 'c', 'a']) await providerState.as(`ak_live_${key}`)('/api/v1/validate');
    expect(figures(providerState).longestRefusalStreak).toBe(3);
  });

  it('have no span below 0 when the clock is set back', async () => {
    const providerState = await createProviderState('aiclicks');
    await providerState.as('ak_live_a')('/api/v1/validate');
    await providerState.mock.clock.set({ now: START - 86_400_000 });
    await providerState.as('ak_live_a')('/api/v1/validate');
    expect(figures(providerState).spanMs).toBe(86_400_000);
  });
});

describe('throughput', () => {
  const linear = (quota: number, from: number, to: number) => quota + Math.floor((to - from) / 1_000);

  async function used(id: string, keys: Record<string, number>, path: string) {
    const providerState = await createProviderState(id);
    for (const [key, calls] of Object.entries(keys)) {
      for (const _ of range(calls)) {
        await providerState.as(key)(path);
        await providerState.mock.clock.advance(100);
      }
    }
    return providerState.mock.requests();
  }

  it('is what was used of what one limit would have let through, over all its buckets', async () => {
    const entries = await used('aiclicks', { ak_live_a: 41, ak_live_b: 11 }, '/api/v1/validate');
    // From the first to the last: 4 s and 1 s.
    expect(throughputOf('aiclicks', entries, { 'key-minute': linear })).toEqual({
      policy: 'key-minute',
      unit: 'requests',
      used: 52,
      possible: 60 + 4 + 60 + 1,
    });
  });

  it('counts neither refusals, even where they are charged, nor what was given back', async () => {
    const entries = await used('aiclicks', { ak_live_a: 70 }, '/api/v1/validate');
    expect(throughputOf('aiclicks', entries, { 'key-minute': linear })).toMatchObject({ used: 60 });
    const providerState = await createProviderState('aiclicks');
    for (const prefer of ['code=500', 'code=200'])
      await providerState.as('ak_live_a')('/api/v1/validate', { headers: { Prefer: prefer } });
    expect(throughputOf('aiclicks', providerState.mock.requests(), { 'key-minute': linear })).toMatchObject({
      used: 1,
    });
  });

  it('is of the limit that was used most, by share', async () => {
    const entries = await used('full-domination', { ad_live_a: 12, ad_live_b: 30 }, '/v1/companies');
    const whole = (quota: number) => quota;
    // 42 of 240 for the two tokens, 42 of 300 for the workspace.
    expect(
      throughputOf('full-domination', entries, { 'token-minute': whole, 'workspace-minute': whole }),
    ).toMatchObject({
      policy: 'token-minute',
      used: 42,
      possible: 240,
    });
    expect(throughputOf('full-domination', entries, { 'token-day': whole, 'workspace-minute': whole })).toMatchObject({
      policy: 'workspace-minute',
      possible: 300,
    });
  });

  it('is told in the profile’s own units', async () => {
    const providerState = await createProviderState('prediction', { set: ['policies.key-day-spend.quota=1.5'] });
    for (const n of range(3))
      await providerState.as('sk_live_a')('/v1/google/nano-banana/predictions', {
        method: 'POST',
        body: { input: { prompt: `${n}` } },
      });
    expect(throughputOf('prediction', providerState.mock.requests(), { 'key-day-spend': (quota) => quota })).toEqual({
      policy: 'key-day-spend',
      unit: 'usd',
      used: 0.15,
      possible: 1.5,
    });
  });

  it('is nothing where no limit gives back with time', async () => {
    const entries = await used('aiclicks', { ak_live_a: 3 }, '/api/v1/validate');
    expect(throughputOf('aiclicks', entries, {})).toBeNull();
  });
});

it('a report of nothing passes; one of a journal that has lost something is undecided', async () => {
  const providerState = await createProviderState('aiclicks', { journalSize: 3 });
  expect(providerState.report()).toEqual({ verdict: 'pass', requests: { judged: 0, lost: 0 }, profiles: [] });
  for (const _ of range(5)) await providerState.as('ak_live_a')('/api/v1/validate');
  expect(providerState.report()).toMatchObject({
    verdict: 'undecided',
    requests: { judged: 3, lost: 2 },
    profiles: [{ undecided: [{ check: '', times: 2 }] }],
  });
});

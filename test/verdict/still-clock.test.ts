/** Clients that really wait while the clock of the sandbox stands still. */
import { expect, it } from 'vitest';
import { waited } from '../../src/verdict/calls/call.js';
import { earlyCalls } from '../../src/verdict/calls/early.js';
import { createView, type View } from '../../src/verdict/calls/view.js';
import { pollingTooFast } from '../../src/verdict/checks/economy/polling-too-fast.js';
import { noBackoff } from '../../src/verdict/checks/failures/no-backoff.js';
import { ignoredRemaining } from '../../src/verdict/checks/quotas/ignored-remaining.js';
import { keySpreading } from '../../src/verdict/checks/quotas/key-spreading.js';
import { hammering } from '../../src/verdict/checks/waits/hammering.js';
import { noJitter } from '../../src/verdict/checks/waits/no-jitter.js';
import { decision, entriesOf, type Given, refused, START, subject } from './entries.js';

/** The view of requests that arrived at these times by the real clock. */
function stillViewOf(all: readonly Given[]): View {
  const still = { at: START, sentAt: START, answeredAt: START };
  const entries = entriesOf(all).map((entry) => ({ ...entry, ...still }));
  return createView(entries, subject, { now: START, ended: true, lost: 0 });
}

const failures = (times: readonly number[]) => stillViewOf(times.map((at) => ({ at, connection: 1, status: 503 })));
const withoutBackoff = (view: View) => noBackoff.find(view, { least: 50, waits: 3 }).incidents.map(({ says }) => says);

it('back off by the real clock', () => {
  expect(withoutBackoff(failures([0, 300, 900, 2_100]))).toEqual([]);
  expect(withoutBackoff(failures([0, 300, 601, 902]))).toEqual([
    'retried GET /a 3 times, each time about 299 ms after a failure',
  ]);
  expect(withoutBackoff(failures([0, 3, 6, 9]))[0]).toBe('retried GET /a 0 ms after a failure');
});

it('come back after the stated time by the real clock', () => {
  const view = (after: number) => stillViewOf([0, after].map((at) => refused({ at, connection: 1 }, 2_000)));
  expect(earlyCalls(view(2_001))).toEqual([]);
  expect(earlyCalls(view(1_500))).toHaveLength(1);
  expect(waited(view(1_500).calls[1]!, view(1_500).calls[0]!)).toBe(1_499);
});

it('do not hammer, and need not back off, where they wait as stated', () => {
  const series = (ms: number) => [0, 1, 2, 3, 4].map((n) => n * ms);
  const hammers = (ms: number) =>
    hammering.find(stillViewOf(series(ms).map((at) => refused({ at, connection: 1 }, 500))), {
      refusals: 3,
      pause: 1_000,
    }).incidents.length;
  expect([hammers(510), hammers(310)]).toEqual([0, 1]);
  const told = (ms: number) =>
    stillViewOf(series(ms).map((at) => ({ at, connection: 1, status: 503, comeBackAt: [START + 2_000] })));
  expect([withoutBackoff(told(2_010)).length, withoutBackoff(told(1_010)).length]).toEqual([0, 1]);
});

it('send a request with another key once the wait of the first is over', () => {
  const spread = (after: number) => {
    const withKey = (key: string, given: Given): Given => ({
      ...given,
      connection: 1,
      caller: { kind: 'key', key, account: 'acme' },
      keyHash: key,
    });
    const view = stillViewOf([
      withKey('a', refused({ at: 0 }, 2_000)),
      withKey('b', { at: after, decisions: [decision()] }),
    ]);
    return keySpreading.find(view, { policy: 'minute' }).incidents.length;
  };
  expect([spread(2_010), spread(500)]).toEqual([0, 1]);
});

it('wait for the reset by the real clock', () => {
  const ignored = (after: number) => {
    const last = { policy: 'minute', limit: 60, remaining: 0, resetAt: START + 2_000 };
    const view = stillViewOf([
      { at: 0, connection: 1, decisions: [decision({ remaining: 0 })], told: [last] },
      refused({ at: after, connection: 1 }, 2_000),
    ]);
    return ignoredRemaining.find(view, {}).incidents.length;
  };
  expect([ignored(2_010), ignored(500)]).toEqual([0, 1]);
});

it('poll at an interval, one of them a little late', () => {
  const tooFast = (times: readonly number[]) =>
    pollingTooFast.find(stillViewOf(times.map((at) => ({ at, connection: 1 }))), { operations: ['a'], every: 1_000 })
      .incidents.length;
  expect(tooFast([0, 1_000, 2_000, 3_100, 4_000, 5_000])).toBe(0);
  expect(tooFast([0, 1_000, 1_500])).toBe(1);
});

it('that come back one after another are not taken for a herd', () => {
  const returned = (times: readonly number[]) => {
    const first = times.map((_, n) => refused({ at: n, path: `/${n}`, connection: n + 1 }, 2_000));
    const again = times.map((at, n) => refused({ at, path: `/${n}`, connection: n + 1 }, 2_000));
    return noJitter.find(stillViewOf([...first, ...again]), { requests: 3, within: 10 }).incidents.length;
  };
  expect(returned([2_005, 2_022, 2_041])).toBe(0);
});

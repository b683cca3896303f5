/** Buckets that are set by hand: what is left, and when it resets. */
import { describe, expect, it } from 'vitest';
import type { Problem } from '../../src/sandbox/control/problem.js';
import type { QuotaChange } from '../../src/sandbox/control/quotas.js';
import { documented, openLab, refusal, START } from './lab.js';

const common = { partitionBy: ['key'], quota: 10, refusal, evidence: documented };
const first = { length: '60s', start: 'first-request' };
const clock = { length: '60s', start: 'utc' };

const policies: Record<string, Record<string, unknown>> = {
  'a fixed window from the first request': { ...common, algorithm: 'fixed-window', window: first },
  'a fixed window of the clock': { ...common, algorithm: 'fixed-window', window: clock },
  'a calendar month': { ...common, algorithm: 'fixed-window', window: { length: 'month', start: 'Europe/Berlin' } },
  'a sliding window': { ...common, algorithm: 'sliding-window', window: clock },
  'a sliding log': { ...common, algorithm: 'sliding-log', window: first },
  'a bucket': { ...common, algorithm: 'token-bucket', window: first },
  'what is in flight': { ...common, algorithm: 'concurrency', unit: 'concurrent-requests' },
};

function lab(kind: string) {
  const { sandbox, call } = openLab({ limit: policies[kind] });
  const seed = (change: QuotaChange) => sandbox.setQuota({ policy: 'limit', partition: { key: 'k_a' }, ...change });
  const problem = (change: QuotaChange): Problem => {
    const before = JSON.stringify(sandbox.quotas());
    try {
      seed(change);
    } catch (error) {
      expect(JSON.stringify(sandbox.quotas())).toBe(before);
      return error as Problem;
    }
    throw new Error('that should have been refused');
  };
  /** Milliseconds until a request is admitted again. */
  const waits = async () => {
    const from = sandbox.clock.now();
    while (call().status === 429) await sandbox.advanceClock(250);
    return sandbox.clock.now() - from;
  };
  return { sandbox, call, seed, problem, waits };
}

const seedable = Object.keys(policies).filter((kind) => kind !== 'what is in flight');
const opening = ['a fixed window from the first request', 'a sliding log'];

describe.each(seedable)('%s', (kind) => {
  it('has as many left as it was told, and then refuses', () => {
    const { call, seed } = lab(kind);
    expect(seed({ remaining: 2 })).toMatchObject({ limit: 10, used: 8, remaining: 2 });
    expect([call(), call(), call()].map(({ status }) => status)).toEqual([200, 200, 429]);
  });

  it('is set anew where something has been counted, by its id as well', () => {
    const { sandbox, call, seed } = lab(kind);
    for (let i = 0; i < 5; i++) call();
    const { id } = sandbox.quotas()[0]!;
    expect(seed({ used: 9 })).toMatchObject({ id, used: 9, remaining: 1 });
    expect(sandbox.setQuota({ id, remaining: 10 })).toMatchObject({ used: 0, remaining: 10 });
  });

  it('is above its quota where told so by what is used', () => {
    const { call, seed } = lab(kind);
    expect(seed({ used: 12 })).toMatchObject({ used: 12, remaining: 0 });
    expect(call().status).toBe(429);
  });

  it.each([
    [{ remaining: -1 }, 'bad-amount', 'remaining'],
    [{ used: -1 }, 'bad-amount', 'used'],
    [{ remaining: 11 }, 'bad-amount', 'remaining'],
    [{ remaining: Number.NaN }, 'bad-amount', 'remaining'],
    [{ used: Number.POSITIVE_INFINITY }, 'bad-amount', 'used'],
    [{ remaining: 1, used: 1 }, 'remaining-or-used', 'remaining'],
    [{ resetsInMs: 5_000 }, 'remaining-or-used', 'remaining'],
    [{ policy: 'limits', remaining: 1 }, 'unknown-policy', 'policy'],
    [{ partition: { account: 'home' }, remaining: 1 }, 'unknown-partition', 'partition.account'],
  ] as const)('cannot be set to %j', (change, code, field) => {
    expect(lab(kind).problem(change)).toMatchObject({ status: 400, code, field });
  });
});

describe.each(opening)('the reset of %s', (kind) => {
  it('comes when it was told to', async () => {
    const { sandbox, seed, waits } = lab(kind);
    expect(seed({ remaining: 0, resetsInMs: 5_000 })).toMatchObject({
      remaining: 0,
      resetAt: new Date(START + 5_000).toISOString(),
    });
    expect(await waits()).toBe(5_000);
    expect(sandbox.quotas()[0]).toMatchObject({ used: 1, resetAt: new Date(START + 65_000).toISOString() });
  });

  it('is moved where a window is open', async () => {
    const { sandbox, call, seed, waits } = lab(kind);
    call();
    await sandbox.advanceClock(20_000);
    expect(seed({ used: 10, resetsInMs: 60_000 }).resetAt).toBe(new Date(START + 80_000).toISOString());
    expect(seed({ used: 10, resetsInMs: 250 }).resetAt).toBe(new Date(START + 20_250).toISOString());
    expect(await waits()).toBe(250);
  });

  it.each([0, -1, 0.5, 60_001, Number.NaN])('cannot be in %d ms', (resetsInMs) => {
    const problem = lab(kind).problem({ used: 1, resetsInMs });
    expect(problem).toMatchObject({ status: 400, code: 'bad-amount', field: 'resetsInMs' });
    expect(problem.detail).toContain('from 1 to 60000');
  });
});

it('an open window may be empty, but a log without entries has nothing to reset', () => {
  const reset = new Date(START + 5_000).toISOString();
  expect(lab('a fixed window from the first request').seed({ used: 0, resetsInMs: 5_000 }).resetAt).toBe(reset);
  expect(lab('a sliding log').problem({ used: 0, resetsInMs: 5_000 })).toMatchObject({
    code: 'nothing-to-reset',
    field: 'resetsInMs',
  });
});

describe('the reset that nobody can set', () => {
  it.each([
    ['a fixed window of the clock', 'clock-window', '2026-05-12T08:01:00.000Z'],
    ['a sliding window', 'clock-window', '2026-05-12T08:01:00.000Z'],
    ['a calendar month', 'clock-window', '2026-05-31T22:00:00.000Z'],
    ['a bucket', 'no-window', 'set used or remaining instead'],
  ])('of %s is refused with the reason', (kind, code, reason) => {
    const problem = lab(kind).problem({ remaining: 1, resetsInMs: 5_000 });
    expect(problem).toMatchObject({ status: 400, code, field: 'resetsInMs' });
    expect(problem.detail).toContain(reason);
  });

  it.each([{ used: 1 }, { used: 1, resetsInMs: 5_000 }])('what is in flight cannot be set at all: %j', (change) => {
    expect(lab('what is in flight').problem(change)).toMatchObject({ code: 'not-seedable', field: 'policy' });
  });
});

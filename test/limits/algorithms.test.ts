import { describe, expect, it } from 'vitest';
import { concurrency } from '../../src/limits/algorithms/concurrency.js';
import { fixedWindow } from '../../src/limits/algorithms/fixed-window.js';
import { slidingLog } from '../../src/limits/algorithms/sliding-log.js';
import { slidingWindow } from '../../src/limits/algorithms/sliding-window.js';
import { tokenBucket } from '../../src/limits/algorithms/token-bucket.js';
import { take } from './take.js';

const MINUTE = 60_000;
const aligned = { kind: 'aligned', lengthMs: MINUTE, offsetMs: 0 } as const;
const firstRequest = { kind: 'first-request', lengthMs: MINUTE } as const;
const params = (quota: number, window: typeof aligned | typeof firstRequest) => ({
  quota,
  window,
  settings: undefined,
});

describe('fixed window', () => {
  it('opens at the first admitted request and is whole again when it ends', () => {
    const two = params(2, firstRequest);
    const first = take(fixedWindow, two, undefined, 1, 12_345);
    expect(first).toMatchObject({ allowed: true, remaining: 1, resetAt: 72_345, retryAt: 12_345 });
    const second = take(fixedWindow, two, first.state, 1, 20_000);
    expect(second).toMatchObject({ allowed: true, remaining: 0, resetAt: 72_345 });
    const refused = take(fixedWindow, two, second.state, 1, 72_344);
    expect(refused).toMatchObject({ allowed: false, remaining: 0, retryAt: 72_345, state: second.state });
    expect(take(fixedWindow, two, second.state, 1, 72_345)).toMatchObject({
      allowed: true,
      remaining: 1,
      resetAt: 132_345,
    });
  });

  it('treats a first-use window that lies ahead as expired, since the clock was set back', () => {
    const taken = take(fixedWindow, params(1, firstRequest), undefined, 1, 500_000);
    expect(fixedWindow.decide(params(1, firstRequest), taken.state, 1, 499_999)).toMatchObject({
      allowed: true,
      used: 1,
    });
  });

  it('remembers the windows of the clock when the clock may go back, and only then', () => {
    const one = params(1, aligned);
    const first = take(fixedWindow, one, undefined, 1, 10, { horizon: -Infinity });
    const later = take(fixedWindow, one, first.state, 1, MINUTE + 10, { horizon: -Infinity });
    expect(fixedWindow.decide(one, later.state, 1, 20).allowed).toBe(false);
    expect(take(fixedWindow, one, first.state, 1, MINUTE + 10).state).toEqual([MINUTE, 1]);
  });

  it('refunds the window that was charged and no other, without closing it', () => {
    const one = params(1, firstRequest);
    const taken = take(fixedWindow, one, undefined, 1, 1_000);
    const refunded = fixedWindow.refund(one, taken.state!, taken.window, 1);
    expect(fixedWindow.decide(one, refunded, 0, 2_000)).toMatchObject({ used: 0, remaining: 1, resetAt: 61_000 });
    expect(fixedWindow.refund(one, taken.state!, 999, 1)).toEqual(taken.state);
  });
});

describe('sliding window', () => {
  it('weighs the previous window in whole numbers and tells the first instant at which one more fits', () => {
    const ten = params(10, aligned);
    let state: readonly number[] | undefined;
    for (let i = 0; i < 10; i++) state = take(slidingWindow, ten, state, 1, 30_000).state;
    const refused = slidingWindow.decide(ten, state, 1, 30_000);
    expect(refused).toMatchObject({ allowed: false, remaining: 0, resetAt: MINUTE, retryAt: MINUTE + 1 });
    expect(slidingWindow.decide(ten, state, 1, MINUTE).allowed).toBe(false);
    expect(slidingWindow.decide(ten, state, 1, MINUTE + 1)).toMatchObject({ allowed: true, remaining: 0 });
    expect(slidingWindow.decide(ten, state, 1, MINUTE + 30_000)).toMatchObject({ used: 6, remaining: 4 });
  });
});

describe('sliding log', () => {
  it('frees each unit exactly one length after it was taken', () => {
    const two = params(2, firstRequest);
    const first = take(slidingLog, two, undefined, 1, 1_000);
    const second = take(slidingLog, two, first.state, 1, 5_000);
    expect(slidingLog.decide(two, second.state, 1, 6_000)).toMatchObject({
      allowed: false,
      retryAt: 61_000,
      resetAt: 61_000,
    });
    expect(slidingLog.decide(two, second.state, 1, 61_000)).toMatchObject({ allowed: true, used: 2, resetAt: 65_000 });
  });

  it('leaves an earlier state as it was when two continue from it', () => {
    const many = params(100, firstRequest);
    const base = take(slidingLog, many, undefined, 3, 1_000).state;
    const left = take(slidingLog, many, base, 1, 2_000).state;
    const right = take(slidingLog, many, base, 1, 1_500).state;
    expect(JSON.stringify(base)).toBe('[1000,1000,1000]');
    expect(slidingLog.decide(many, right, 0, 3_000).used).toBe(4);
    expect(slidingLog.decide(many, left, 0, 3_000).used).toBe(4);
  });

  it('keeps its entries in order when the clock has been set back', () => {
    const many = params(100, firstRequest);
    let state = take(slidingLog, many, undefined, 1, 50_000, { horizon: -Infinity }).state;
    state = take(slidingLog, many, state, 1, 10_000, { horizon: -Infinity }).state;
    expect(JSON.stringify(state)).toBe('[10000,50000]');
    expect(slidingLog.decide(many, state, 0, 20_000)).toMatchObject({ used: 2, resetAt: 70_000 });
  });
});

describe('token bucket', () => {
  it('admits the capacity at once and then one per refill interval', () => {
    const bucket = { quota: 40, window: firstRequest, settings: { refill: 120 } };
    const burst = take(tokenBucket, bucket, undefined, 40, 0);
    expect(burst).toMatchObject({ allowed: true, remaining: 0, resetAt: 20_000 });
    expect(tokenBucket.decide(bucket, burst.state, 1, 499)).toMatchObject({ allowed: false, retryAt: 500 });
    expect(tokenBucket.decide(bucket, burst.state, 1, 500).allowed).toBe(true);
  });
});

describe('concurrency', () => {
  it('holds a unit until it is released or its known end has come', () => {
    const one = { quota: 1, window: firstRequest, settings: { holds: 'job', after: 0 } } as const;
    const taken = take(concurrency, one, undefined, 1, 0, { horizon: -Infinity, lease: 'r1' });
    expect(concurrency.decide(one, taken.state, 1, 10)).toMatchObject({ allowed: false, retryAt: null });
    const job = concurrency.transfer(taken.state, 'r1', [{ id: 'job', until: 10_000 }]);
    expect(concurrency.decide(one, job, 1, 9_999)).toMatchObject({ allowed: false, retryAt: 10_000 });
    expect(concurrency.decide(one, job, 1, 10_000).allowed).toBe(true);
  });
});

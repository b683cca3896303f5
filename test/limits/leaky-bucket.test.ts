/** The leaky bucket against a queue that is served one unit after the other. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Debt } from '../../src/limits/algorithms/debt.js';
import { leakyBucket } from '../../src/limits/algorithms/leaky-bucket.js';
import { take } from './take.js';

const LENGTH = 60;

/** Each unit's turn begins when the one before it has been served, which takes an interval of LENGTH / quota; kept in 1/quota ms. */
class Queue {
  /** Ends of service, in 1/quota ms. */
  #ends: number[] = [];

  constructor(
    readonly quota: number,
    readonly places: number,
  ) {}

  /** Milliseconds until its turn; `undefined` if there is no place for it. */
  offer(now: number): number | undefined {
    const instant = now * this.quota;
    this.#ends = this.#ends.filter((end) => end > instant);
    if (this.#ends.length >= this.places) return undefined;
    const turn = Math.max(instant, this.#ends.at(-1) ?? 0);
    this.#ends.push(turn + LENGTH);
    return Math.ceil(turn / this.quota) - now;
  }
}

describe('leaky bucket', () => {
  it('delays each request until its turn, and refuses what finds no place', () => {
    const gaps = fc.array(fc.oneof(fc.constant(0), fc.nat({ max: 10 }), fc.nat({ max: 2 * LENGTH })));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 5 }), gaps, (quota, queue, all) => {
        const params = { quota, window: { kind: 'first-request', lengthMs: LENGTH }, settings: { queue } } as const;
        const model = new Queue(quota, queue);
        let now = 1_000;
        let state: Debt | undefined;
        for (const gap of all) {
          now += gap;
          const taken = take(leakyBucket, params, state, 1, now);
          const delay = model.offer(now);
          expect([taken.allowed, taken.delayMs]).toEqual([delay !== undefined, delay ?? 0]);
          state = taken.state;
        }
      }),
    );
  });

  it('tells the instant at which a place is free', () => {
    const params = { quota: 6, window: { kind: 'first-request', lengthMs: LENGTH }, settings: { queue: 2 } } as const;
    const first = take(leakyBucket, params, undefined, 1, 0);
    expect(first).toMatchObject({ allowed: true, delayMs: 0, used: 1, remaining: 1, resetAt: 10 });
    const second = take(leakyBucket, params, first.state, 1, 0);
    expect(second).toMatchObject({ allowed: true, delayMs: 10, used: 2, remaining: 0, resetAt: 20 });
    expect(take(leakyBucket, params, second.state, 1, 0)).toMatchObject({ allowed: false, delayMs: 0, retryAt: 10 });
    expect(take(leakyBucket, params, second.state, 1, 9).allowed).toBe(false);
    expect(take(leakyBucket, params, second.state, 1, 10)).toMatchObject({ allowed: true, delayMs: 10 });
  });

  it('never admits more than the queue holds, nor anything at a quota of 0', () => {
    const window = { kind: 'first-request', lengthMs: LENGTH } as const;
    const large = leakyBucket.decide({ quota: 6, window, settings: { queue: 2 } }, undefined, 3, 0);
    expect(large).toMatchObject({ allowed: false, retryAt: Number.POSITIVE_INFINITY });
    const closed = leakyBucket.decide({ quota: 0, window, settings: { queue: 2 } }, undefined, 1, 0);
    expect(closed).toMatchObject({ allowed: false, retryAt: Number.POSITIVE_INFINITY });
  });
});

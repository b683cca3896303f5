/**
 * Token bucket, kept as a debt that drains (GCRA; a leaky bucket is the same thing seen from the other side).
 *
 * The quota is the bucket's capacity. Pro: bursts up to the capacity, then an even flow. Con: no window that resets; Reset is when the bucket is full again.
 * One unit weighs `refillMs` and `refillUnits` drain per millisecond, so all arithmetic is on whole numbers. State: `[at, debt, fullAt]`.
 * @module
 */

import { MOST_UNITS } from '../amounts.js';
import { formatDuration } from '../duration.js';
import { nominalLength } from '../windows.js';
import type { Zod } from '../zod.js';
import { Charged, defineAlgorithm, isNumbers, Look, type Params } from './algorithm.js';

type State = readonly [at: number, debt: number, fullAt: number];

export const tokenBucket = defineAlgorithm<State>({
  name: 'token-bucket',
  windows: ['first-request', 'aligned'],
  params: (z: Zod) =>
    z
      .strictObject({
        refill: z
          .int()
          .positive()
          .optional()
          .describe(
            'Units that come back per window, evenly; the quota when left out (then the bucket fills once per window)',
          ),
      })
      .describe('A bucket that holds the quota and refills evenly'),

  peek(params, state, cost, now) {
    const { weight, drain } = rate(params);
    const since = state ? Math.max(now, state[0]) : now;
    const debt = state ? debtAt(state, since, drain) : 0;
    const capacity = params.quota * weight;
    const used = Math.ceil(debt / weight);
    const allowed = cost === 0 || used + cost <= params.quota;
    let retryAt = now;
    if (!allowed)
      retryAt =
        cost > params.quota ? Number.POSITIVE_INFINITY : since + Math.ceil((debt + cost * weight - capacity) / drain);
    const resetAt = debt === 0 ? now : Math.min(FARTHEST_MS, since + Math.ceil(debt / drain));
    return new Look(allowed, used, params.quota, resetAt, retryAt);
  },

  charge(params, state, cost, now) {
    const { weight, drain } = rate(params);
    // While the clock stands before the last charge (it was set back) nothing drains, so nothing is admitted twice.
    const since = state ? Math.max(now, state[0]) : now;
    const before = state ? debtAt(state, since, drain) : 0;
    const debt = before + cost * weight;
    const next = bucket(since, debt, drain);
    return new Charged(next, now, Math.ceil(before / weight) + cost, params.quota, debt === 0 ? now : next[2]);
  },

  refund(params, [at, debt], _window, amount) {
    const { weight, drain } = rate(params);
    return bucket(at, Math.max(0, debt - amount * weight), drain);
  },

  seed(params, _state, used, now) {
    const { weight, drain } = rate(params);
    return bucket(now, used * weight, drain);
  },

  revive: (value) =>
    isNumbers(value) && value.length === 3 && value[1]! >= 0 ? (value as [number, number, number]) : undefined,

  numbers: () => 3,

  expiresAt: (_params, [, , fullAt]) => fullAt,

  isLive: (params, state, now) => debtAt(state, Math.max(now, state[0]), rate(params).drain) > 0,

  capacity(params, from, to) {
    const { weight, drain } = rate(params);
    return params.quota + Math.floor(((to - from) * drain) / weight);
  },

  // A debt is a product of both.
  most: (window) => Math.floor(MOST_UNITS / nominalLength(window)),

  explain(params, scale = 1) {
    const { refill } = rate(params);
    return `a bucket of ${params.quota / scale} that refills by ${refill / scale} every ${formatDuration(nominalLength(params.window))}, evenly`;
  },
});

/** The last instant that `Date` can show. Refusals may charge a bucket for longer. */
const FARTHEST_MS = 8.64e15;

function rate(params: Params): { weight: number; drain: number; refill: number } {
  const refill = (params.options['refill'] as number | undefined) ?? Math.max(1, params.quota);
  return { weight: nominalLength(params.window), drain: refill, refill };
}

function bucket(at: number, debt: number, drain: number): [number, number, number] {
  return [at, debt, Math.min(FARTHEST_MS, at + Math.ceil(debt / drain))];
}

function debtAt([at, debt]: readonly [number, number, number], now: number, drain: number): number {
  return Math.max(0, debt - (now - at) * drain);
}

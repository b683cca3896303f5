/**
 * Token bucket, stored as a debt that drains (GCRA, the leaky bucket as a meter).
 *
 * The quota is the bucket's capacity. Pro: bursts up to the capacity, then an even flow. Con: no window that resets; Reset is when the bucket is full again.
 * One unit weighs `refillMs` and `refillUnits` drain per millisecond, so all arithmetic is on whole numbers. State: `[at, debt, fullAt]`.
 * @module
 */

import { Assessment } from '../assessment.js';
import { formatDuration } from '../duration.js';
import { positiveQuantity } from '../schema.js';
import { nominalLength } from '../windows.js';
import type { Zod } from '../zod.js';
import { defineCounter, type Params } from './algorithm.js';
import { type Debt, debtAt, debtMembers, settledAt } from './debt.js';

/** The settings of `token-bucket`. */
export interface TokenBucketSettings {
  /** Units that come back per window; the quota when `undefined`. */
  readonly refill: number | undefined;
}

/** Admits bursts up to the quota, and a steady rate of `refill` units per window. */
export const tokenBucket = defineCounter<Debt, TokenBucketSettings>({
  name: 'token-bucket',
  title: 'Admits bursts up to the quota, then an even flow',
  windows: ['first-request', 'aligned'],
  opensWindow: false,
  schema: (z: Zod) =>
    z.strictObject({
      refill: positiveQuantity(z)
        .optional()
        .describe(
          'Units that come back per window, evenly; the quota when left out (then the bucket fills once per window)',
        ),
    }),
  settings: ({ refill }) => ({ refill: refill as number | undefined }),
  amounts: ['refill'],
  durations: [],

  decide(params, state, cost, now) {
    const { weight, drain } = rate(params);
    const since = state ? Math.max(now, state[0]) : now;
    const debt = state ? debtAt(state, since, drain) : 0;
    const capacity = params.quota * weight;
    const used = Math.ceil(debt / weight);
    if (cost !== 0 && used + cost > params.quota) {
      const retryAt =
        cost > params.quota ? Number.POSITIVE_INFINITY : since + Math.ceil((debt + cost * weight - capacity) / drain);
      return new Assessment(
        false,
        used,
        params.quota,
        debt === 0 ? now : settledAt(since, debt, drain),
        retryAt,
        now,
        0,
      );
    }
    const charged = debt + cost * weight;
    const resetAt = charged === 0 ? now : settledAt(since, charged, drain);
    return new Assessment(true, used + cost, params.quota, resetAt, now, now, 0);
  },

  ...debtMembers(rate),

  capacity(params, from, to) {
    const { weight, drain } = rate(params);
    return params.quota + Math.floor(((to - from) * drain) / weight);
  },

  explain(params, scale = 1) {
    const { refill } = rate(params);
    return `a bucket of ${params.quota / scale} that refills by ${refill / scale} every ${formatDuration(nominalLength(params.window))}, evenly`;
  },
});

function rate({ quota, window, settings }: Params<TokenBucketSettings>): {
  weight: number;
  drain: number;
  refill: number;
} {
  const refill = settings.refill ?? Math.max(1, quota);
  return { weight: nominalLength(window), drain: refill, refill };
}

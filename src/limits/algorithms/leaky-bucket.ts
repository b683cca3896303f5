/**
 * Leaky bucket, as a queue: requests are served one after the other at the rate of the quota per window. A request that finds the bucket busy is admitted and
 * delayed until its turn; it is refused when the queue is full.
 *
 * Pro: an even flow, and short bursts cost the client time instead of a refusal. Con: answers are late, and the client cannot see why.
 *
 * A unit takes its place in the queue when it is admitted, and leaves it one interval (window / quota) after its turn began. `used` is the number of places taken,
 * `remaining` the number of free ones: that many units would be admitted now. Reset is when the queue is empty.
 * @module
 */

import { Assessment } from '../assessment.js';
import { formatDuration } from '../duration.js';
import { positiveQuantity } from '../schema.js';
import { nominalLength } from '../windows.js';
import type { Zod } from '../zod.js';
import { defineCounter, type Params } from './algorithm.js';
import { type Debt, debtAt, debtMembers, settledAt } from './debt.js';

/** The settings of `leaky-bucket`. */
export interface LeakyBucketSettings {
  /** Places in the queue, in quota units. */
  readonly queue: number;
}

/** Delays requests to an even rate, and refuses those that find the queue full. */
export const leakyBucket = defineCounter<Debt, LeakyBucketSettings>({
  name: 'leaky-bucket',
  title: 'Delays requests to an even flow, from a queue of bounded length; refuses when the queue is full',
  windows: ['first-request', 'aligned'],
  opensWindow: false,
  schema: (z: Zod) =>
    z.strictObject({
      queue: positiveQuantity(z).describe(
        'Units that the queue holds, the one that is being served included. A request is delayed until its turn, and refused when the queue is full. Headers report free places as remaining, while limit is the quota per window',
      ),
    }),
  settings: ({ queue }) => ({ queue: queue as number }),
  amounts: ['queue'],
  durations: [],

  decide(params, state, cost, now) {
    const { quota, settings } = params;
    const { queue } = settings;
    const { weight, drain } = rate(params);
    const since = state ? Math.max(now, state[0]) : now;
    const debt = state ? debtAt(state, since, drain) : 0;
    const used = Math.ceil(debt / weight);
    if (cost !== 0 && (quota === 0 || used + cost > queue)) {
      const retryAt =
        quota === 0 || cost > queue
          ? Number.POSITIVE_INFINITY
          : since + Math.ceil((debt + (cost - queue) * weight) / drain);
      return new Assessment(false, used, queue, debt === 0 ? now : settledAt(since, debt, drain), retryAt, now, 0);
    }
    const charged = debt + cost * weight;
    const resetAt = charged === 0 ? now : settledAt(since, charged, drain);
    const turnAt = debt === 0 || cost === 0 ? now : settledAt(since, debt, drain);
    return new Assessment(true, used + cost, queue, resetAt, now, now, turnAt - now);
  },

  ...debtMembers(rate),

  capacity(params, from, to) {
    const { weight, drain } = rate(params);
    return params.quota === 0 ? 0 : params.settings.queue + Math.floor(((to - from) * drain) / weight);
  },

  size: ({ settings }) => settings.queue,

  explain: ({ quota, window, settings }, scale = 1) =>
    `${quota / scale} per ${formatDuration(nominalLength(window))}, one after the other, from a queue of ${settings.queue / scale}`,
});

/** A quota of 0 admits nothing. What was queued before still leaves, at one unit per window. */
function rate({ quota, window }: Params<LeakyBucketSettings>): { weight: number; drain: number } {
  return { weight: nominalLength(window), drain: Math.max(1, quota) };
}

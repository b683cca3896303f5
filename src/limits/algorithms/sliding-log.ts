/**
 * Sliding log: the instant of every unit taken, so the count over any stretch of the window's length is exact.
 *
 * Pro: never admits more than the quota in any such stretch. Con: about 7 bytes for every unit in the window.
 * Reset is when the oldest unit leaves.
 * @module
 */

import { formatDuration } from '../duration.js';
import type { FirstRequestWindow } from '../windows.js';
import type { Zod } from '../zod.js';
import { Charged, defineAlgorithm, isNumbers, Look, MOST_KEPT, type Params } from './algorithm.js';
import { Log } from './log.js';

export const slidingLog = defineAlgorithm<Log>({
  name: 'sliding-log',
  windows: ['first-request', 'aligned'],
  params: (z: Zod) => z.strictObject({}).describe('Counts the units of exactly the last window length'),

  used: (params, log, now) => (log ? log.size - log.countUntil(now - windowLength(params)) : 0),

  peek(params, log, cost, now) {
    const { quota } = params;
    const lengthMs = windowLength(params);
    const first = log ? log.countUntil(now - lengthMs) : 0;
    const used = log ? log.size - first : 0;
    const allowed = cost === 0 || used + cost <= quota;
    let retryAt = now;
    if (!allowed)
      retryAt = cost > quota ? Number.POSITIVE_INFINITY : log!.at(first + used + cost - quota - 1) + lengthMs;
    return new Look(allowed, used, quota, (used > 0 ? log!.at(first) : now) + lengthMs, retryAt);
  },

  charge(params, log, cost, now, { horizon }) {
    const lengthMs = windowLength(params);
    const kept = log ? remembered(log, now - lengthMs, horizon - lengthMs) : NO_LOG;
    const next = kept.with(now, Math.min(cost, roomIn(kept)));
    const first = next.countUntil(now - lengthMs);
    const used = next.size - first;
    return new Charged(next, now, used, params.quota, (used > 0 ? next.at(first) : now) + lengthMs);
  },

  refund: (_params, log, window, amount) =>
    amount < 0 ? log.with(window, Math.min(-amount, roomIn(log))) : log.without(window, amount),

  opens: true,

  seed(params, log, used, now, { horizon, start }) {
    const lengthMs = windowLength(params);
    const all = log ? log.toJSON() : [];
    const older = all.filter((at) => at <= now - lengthMs && at > horizon - lengthMs);
    if (start !== undefined) return Log.of([...older, ...new Array<number>(used).fill(start)]);
    const live = all.filter((at) => at > now - lengthMs);
    // Keep the instants there are, so that they still leave one by one; add the missing ones now.
    const kept = live.slice(Math.max(0, live.length - used));
    const added = new Array<number>(used - kept.length).fill(now);
    return Log.of([...older, ...kept, ...added].sort((a, b) => a - b));
  },

  revive: (value) =>
    isNumbers(value) &&
    value.length <= 2 * MOST_KEPT &&
    value.every((at, i) => Number.isInteger(at) && (i === 0 || value[i - 1]! <= at))
      ? Log.of(value)
      : undefined,

  expiresAt: (params, log) => log.latest + windowLength(params),

  isLive: (params, log, now) => log.latest > now - windowLength(params),

  // All at once, and all again whenever they have left.
  capacity: (params, from, to) => params.quota * (Math.floor((to - from) / windowLength(params)) + 1),

  most: () => MOST_KEPT,

  explain: (params, scale = 1) =>
    `${params.quota / scale} in any ${formatDuration(windowLength(params))} (every request's instant is kept)`,
});

const NO_LOG = Log.of([]);

/** What refusals charge, and outcomes, may be any number: beyond twice the largest quota one more makes no difference. */
function roomIn(log: Log): number {
  return Math.max(0, 2 * MOST_KEPT - log.size);
}

function windowLength(params: Params): number {
  return (params.window as FirstRequestWindow).lengthMs;
}

/** More units than this are not remembered once they have left, so that a log does not grow for ever where the clock could be set back at any time. */
const REMEMBERED_UNITS = 20_000;

/** Without the units that have left (by `since`) and that nobody will ask for (by `forgetUntil`), or that are too many. */
function remembered(log: Log, since: number, forgetUntil: number): Log {
  const { size } = log;
  const surplus = size > 2 * REMEMBERED_UNITS ? Math.min(since, log.at(size - REMEMBERED_UNITS)) : forgetUntil;
  return log.after(Math.max(forgetUntil, surplus));
}

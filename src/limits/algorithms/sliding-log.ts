/**
 * Sliding log: the instant of every unit taken, so the count over any stretch of the window's length is exact.
 *
 * Pro: never admits more than the quota in any such stretch. Con: about 7 bytes for every unit in the window.
 * Reset is when the oldest unit leaves.
 * @module
 */

import { Assessment } from '../assessment.js';
import { formatDuration } from '../duration.js';
import type { FirstRequestWindow } from '../windows.js';
import { defineCounter, isNumbers, MAX_STORED_UNITS, NO_SETTINGS, type Params } from './algorithm.js';
import { InstantLog } from './log.js';

/** Admits the quota in every stretch of the window's length. */
export const slidingLog = defineCounter<InstantLog, undefined>({
  ...NO_SETTINGS,
  name: 'sliding-log',
  title: "Stores the instant of every unit, so that no stretch of the window's length has more than the quota",
  windows: ['first-request', 'aligned'],

  decide(params, log, cost, now) {
    const { quota } = params;
    const lengthMs = windowLength(params);
    const first = log ? log.countUntil(now - lengthMs) : 0;
    const used = log ? log.size - first : 0;
    const allowed = cost === 0 || used + cost <= quota;
    let retryAt = now;
    if (!allowed)
      retryAt = cost > quota ? Number.POSITIVE_INFINITY : log!.at(first + used + cost - quota - 1) + lengthMs;
    const oldest = used > 0 ? log!.at(first) : now;
    if (!allowed || cost === 0) return new Assessment(allowed, used, quota, oldest + lengthMs, retryAt, now, 0);
    // Where the clock was set back, the log may have instants that are later than the one that is charged.
    return new Assessment(true, used + cost, quota, Math.min(oldest, now) + lengthMs, retryAt, now, 0);
  },

  charge(params, log, _assessment, cost, now, { horizon }) {
    const lengthMs = windowLength(params);
    const kept = log ? remembered(log, now - lengthMs, horizon - lengthMs) : NO_LOG;
    return kept.with(now, Math.min(cost, roomIn(kept)));
  },

  refund: (_params, log, window, amount) =>
    amount < 0 ? log.with(window, Math.min(-amount, roomIn(log))) : log.without(window, amount),

  opensWindow: true,

  seed(params, log, used, now, { horizon, start }) {
    const lengthMs = windowLength(params);
    const all = log ? log.toJSON() : [];
    const older = all.filter((at) => at <= now - lengthMs && at > horizon - lengthMs);
    if (start !== undefined) return InstantLog.of([...older, ...new Array<number>(used).fill(start)]);
    const live = all.filter((at) => at > now - lengthMs);
    // Keep the instants there are, so that they still leave one by one; add the missing ones now.
    const kept = live.slice(Math.max(0, live.length - used));
    const added = new Array<number>(used - kept.length).fill(now);
    return InstantLog.of([...older, ...kept, ...added].sort((a, b) => a - b));
  },

  revive: (value) =>
    isNumbers(value) &&
    value.length <= 2 * MAX_STORED_UNITS &&
    value.every((at, i) => Number.isInteger(at) && (i === 0 || value[i - 1]! <= at))
      ? InstantLog.of(value)
      : undefined,

  expiresAt: (params, log) => log.latest + windowLength(params),

  isLive: (params, log, now) => log.latest > now - windowLength(params),

  // The whole quota at once, and again whenever those units have left.
  capacity: (params, from, to) => params.quota * (Math.floor((to - from) / windowLength(params)) + 1),

  maxUnits: () => MAX_STORED_UNITS,

  explain: (params, scale = 1) =>
    `${params.quota / scale} in any ${formatDuration(windowLength(params))} (every request's instant is kept)`,
});

const NO_LOG = InstantLog.of([]);

/** Units that may still be stored. Refusals and outcomes may charge any number, but beyond twice the largest quota one more makes no difference. */
function roomIn(log: InstantLog): number {
  return Math.max(0, 2 * MAX_STORED_UNITS - log.size);
}

function windowLength(params: Params): number {
  return (params.window as FirstRequestWindow).lengthMs;
}

/** The most units that are kept after they have left the window. Without a limit a log would grow for ever while the clock can be set back at any time. */
const REMEMBERED_UNITS = 20_000;

/**
 * Without the units that no decision can depend on any more.
 *
 * @param since units up to this instant have left the window
 * @param forgetUntil units up to this instant are dropped in any case
 */
function remembered(log: InstantLog, since: number, forgetUntil: number): InstantLog {
  const { size } = log;
  const surplus = size > 2 * REMEMBERED_UNITS ? Math.min(since, log.at(size - REMEMBERED_UNITS)) : forgetUntil;
  return log.after(Math.max(forgetUntil, surplus));
}

/**
 * Sliding log: the instant of every unit taken, so the count over any stretch of the window's length is exact.
 *
 * Pro: never admits more than the quota in any such stretch. Con: 8 bytes for every unit in the window.
 * Reset is when the oldest unit leaves. State: a sorted run of instants within a shared buffer; appending makes a longer run over the same buffer, which
 * only the longest run may do.
 * @module
 */

import { formatDuration } from '../duration.js';
import type { FirstRequestWindow } from '../windows.js';
import type { Zod } from '../zod.js';
import { defineAlgorithm, isNumbers, type Params } from './algorithm.js';

export class Log {
  constructor(
    readonly buffer: Float64Array,
    readonly from: number,
    readonly to: number,
    /** Up to where any run uses the buffer: what lies beyond is free to be written. */
    readonly written = { to },
  ) {}

  /** How a snapshot shows it. */
  toJSON(): number[] {
    return Array.from(this.buffer.subarray(this.from, this.to));
  }
}

type State = Log | readonly number[];

export const slidingLog = defineAlgorithm<State>({
  name: 'sliding-log',
  windows: ['first-request', 'aligned'],
  params: (z: Zod) => z.strictObject({}),

  peek(params, given, cost, now) {
    const { quota } = params;
    const lengthMs = windowLength(params);
    const log = asLog(given);
    const first = log ? firstAfter(log, now - lengthMs) : 0;
    const used = log ? log.to - first : 0;
    const allowed = cost === 0 || used + cost <= quota;
    const resetAt = used > 0 ? log!.buffer[first]! + lengthMs : now + lengthMs;
    let retryAt = now;
    if (!allowed)
      retryAt = cost > quota ? Number.POSITIVE_INFINITY : log!.buffer[first + used + cost - quota - 1]! + lengthMs;
    return { allowed, used, remaining: Math.max(0, quota - used), resetAt, retryAt };
  },

  charge(params, given, cost, now, { horizon }) {
    const log = asLog(given);
    const since = now - windowLength(params);
    return {
      state: insert(log, now, cost, Math.max(horizon - windowLength(params), surplus(log, since))),
      window: now,
    };
  },

  refund(_params, given, window, amount) {
    const log = asLog(given)!;
    if (amount < 0) return insert(log, window, -amount, -Infinity);
    const entries = log.toJSON();
    const at = entries.indexOf(window);
    if (at >= 0) entries.splice(at, Math.min(amount, entries.lastIndexOf(window) - at + 1));
    return entries;
  },

  opens: true,

  seed(params, given, used, now, { horizon, start }) {
    const log = asLog(given);
    const since = now - windowLength(params);
    const older = log ? log.toJSON().filter((at) => at <= since && at > horizon - windowLength(params)) : [];
    if (start !== undefined) return [...older, ...new Array<number>(used).fill(start)];
    const live = log ? log.toJSON().filter((at) => at > since) : [];
    // Keep the instants there are, so that they still leave one by one; add the missing ones now.
    const kept = live.slice(Math.max(0, live.length - used));
    const added = new Array<number>(used - kept.length).fill(now);
    return [...older, ...kept, ...added].sort((a, b) => a - b);
  },

  revive: (value) => (isNumbers(value) && value.every((at, i) => i === 0 || value[i - 1]! <= at) ? value : undefined),

  expiresAt(params, given) {
    const log = asLog(given)!;
    return log.to > log.from ? log.buffer[log.to - 1]! + windowLength(params) : -Infinity;
  },

  isLive(params, given, now) {
    const log = asLog(given)!;
    return firstAfter(log, now - windowLength(params)) < log.to;
  },

  explain: (params, scale = 1) =>
    `${params.quota / scale} in any ${formatDuration(windowLength(params))} (every request's instant is kept)`,
});

function windowLength(params: Params): number {
  return (params.window as FirstRequestWindow).lengthMs;
}

function asLog(state: State | undefined): Log | undefined {
  if (state === undefined || state instanceof Log) return state;
  return new Log(Float64Array.from(state), 0, state.length);
}

/** Index of the first entry later than `instant`. */
function firstAfter(log: Log, instant: number): number {
  let [low, high] = [log.from, log.to];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (log.buffer[middle]! > instant) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** More units than this are not remembered once they have left, so that a log does not grow for ever where the clock could be set back at any time. */
const REMEMBERED_UNITS = 20_000;

/** Up to where units that have left (by `since`) are too many to be kept. */
function surplus(log: Log | undefined, since: number): number {
  if (!log || log.to - log.from <= 2 * REMEMBERED_UNITS) return Number.NEGATIVE_INFINITY;
  return Math.min(since, log.buffer[log.to - REMEMBERED_UNITS]!);
}

function insert(log: Log | undefined, at: number, count: number, forgetUntil: number): Log {
  if (!log) {
    const buffer = new Float64Array(Math.max(4, count));
    buffer.fill(at, 0, count);
    return new Log(buffer, 0, count);
  }
  const from = log.from < log.to && log.buffer[log.from]! <= forgetUntil ? firstAfter(log, forgetUntil) : log.from;
  const place = log.to === from || log.buffer[log.to - 1]! <= at ? log.to : Math.max(from, firstAfter(log, at));
  const size = log.to - from + count;
  let { buffer } = log;
  if (place === log.to && log.to === log.written.to && log.to + count <= buffer.length) {
    log.written.to += count;
    buffer.fill(at, log.to, log.to + count);
    return new Log(buffer, from, log.to + count, log.written);
  }
  buffer = new Float64Array(Math.max(4, size <= buffer.length / 2 ? buffer.length : Math.ceil(size * 1.5)));
  buffer.set(log.buffer.subarray(from, place), 0);
  buffer.fill(at, place - from, place - from + count);
  buffer.set(log.buffer.subarray(place, log.to), place - from + count);
  return new Log(buffer, 0, size);
}

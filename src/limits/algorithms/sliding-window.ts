/**
 * Sliding window, as a weighted counter of two clock windows: the previous window's count is taken as spread evenly over it.
 *
 * With P the previous count, C the current one, W the length and L the quota, all whole numbers: `w = floor(P × (W − now mod W) / W)`; a request is
 * admitted if `C + w + cost ≤ L`. Pro: two numbers per key, no burst at the boundary. Con: an estimate; the quota is not whole at the reset.
 * State: `[start, count, start, count, …]`, as for the fixed window.
 * @module
 */

import { MAX_UNITS } from '../amounts.js';
import { Assessment } from '../assessment.js';
import { formatDuration } from '../duration.js';
import { type AlignedWindow, nominalLength } from '../windows.js';
import { defineCounter, NO_SETTINGS, type Params } from './algorithm.js';
import { addAt, countAt, hasWindow, latestStart, type Pairs, revivePairs } from './fixed-window.js';

/** Admits the quota in an estimate of the last window's length. */
export const slidingWindow = defineCounter<Pairs, undefined>({
  ...NO_SETTINGS,
  name: 'sliding-window',
  title: "Estimates the count of the last window's length from two windows of the clock",
  windows: ['aligned'],
  opensWindow: false,

  decide(params, state, cost, now) {
    const { quota } = params;
    const { lengthMs } = alignedWindow(params);
    const start = windowStart(params, now);
    const used = usedAt(state, start, now, lengthMs);
    const allowed = cost === 0 || used + cost <= quota;
    const retryAt = allowed
      ? now
      : cost > quota
        ? Number.POSITIVE_INFINITY
        : earliest(state!, quota - cost, start, now, lengthMs);
    return new Assessment(allowed, allowed ? used + cost : used, quota, start + lengthMs, retryAt, start, 0);
  },

  charge: (params, state, { window }, cost, _now, { horizon }) =>
    addAt(state, window, cost, horizon, 2 * alignedWindow(params).lengthMs),

  refund: (_params, state, window, amount) =>
    hasWindow(state, window) ? addAt(state, window, -amount, -Infinity, 0) : state,

  seed(params, state, used, now, { horizon }) {
    const start = windowStart(params, now);
    const before = state ? countAt(state, start) : 0;
    return addAt(state, start, used - before, horizon, 2 * alignedWindow(params).lengthMs);
  },

  revive: revivePairs,

  stateLength: () => 4,

  expiresAt: (params, state) => latestStart(state) + 2 * alignedWindow(params).lengthMs,

  isLive(params, state, now) {
    const start = windowStart(params, now);
    return hasWindow(state, start) || hasWindow(state, start - alignedWindow(params).lengthMs);
  },

  capacity(params, from, to) {
    const { quota } = params;
    const { lengthMs } = alignedWindow(params);
    const last = windowStart(params, to);
    // The whole quota in the first window; in each later one as much as has faded of the window before it.
    let count = quota;
    let total = quota;
    for (let start = windowStart(params, from) + lengthMs; start <= last; start += lengthMs) {
      const into = start < last ? lengthMs - 1 : to - start;
      const next = quota - carried(count, into, lengthMs);
      if (next === count && start < last) {
        const windows = Math.floor((last - start) / lengthMs);
        total += next * windows;
        start += (windows - 1) * lengthMs;
        continue;
      }
      count = next;
      total += count;
    }
    return total;
  },

  // The count is multiplied by the window's length.
  maxUnits: (window) => Math.floor(MAX_UNITS / nominalLength(window)),

  explain: (params, scale = 1) =>
    `${params.quota / scale} per sliding ${formatDuration(alignedWindow(params).lengthMs)} (this window's count plus the last one's, weighted by how much of it still lies within the stretch)`,
});

function alignedWindow(params: Params): AlignedWindow {
  return params.window as AlignedWindow;
}

function windowStart(params: Params, now: number): number {
  const { lengthMs, offsetMs } = alignedWindow(params);
  return Math.floor((now - offsetMs) / lengthMs) * lengthMs + offsetMs;
}

/** Units that count at `now`, which lies in the window that starts at `start`. */
function usedAt(state: Pairs | undefined, start: number, now: number, lengthMs: number): number {
  if (!state) return 0;
  return countAt(state, start) + carried(countAt(state, start - lengthMs), now - start, lengthMs);
}

function carried(previous: number, into: number, lengthMs: number): number {
  return Math.floor((previous * (lengthMs - into)) / lengthMs);
}

/** The first instant from `now` on at which no more than `room` units count, if nobody else comes. */
function earliest(state: Pairs, room: number, start: number, now: number, lengthMs: number): number {
  // Within a window the previous one fades. Windows ahead may hold counts as well, where the clock has been set back.
  for (let at = start; ; at += lengthMs) {
    const left = room - countAt(state, at);
    if (left < 0) continue;
    const faded = at + fadedTo(countAt(state, at - lengthMs), left, lengthMs);
    if (faded < at + lengthMs) return Math.max(now, faded);
  }
}

/** How far into the window (ms) `floor(count × (W − into) / W)` has come down to `room`. */
function fadedTo(count: number, room: number, lengthMs: number): number {
  if (count <= room) return 0;
  return lengthMs - Math.ceil(((room + 1) * lengthMs) / count) + 1;
}

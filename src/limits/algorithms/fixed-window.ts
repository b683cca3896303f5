/**
 * Fixed window: the quota is whole again when the window ends.
 *
 * Pro: cheap, and simple to explain to a client. Con: up to twice the quota passes around a boundary.
 * State: `[start, used, start, used, …]`, one pair per window (more than one only while the clock can be set back).
 * @module
 */

import { Assessment } from '../assessment.js';
import { formatDuration } from '../duration.js';
import { boundsAt, nominalLength, startAt, type Window, windowsBetween } from '../windows.js';
import { defineCounter, isNumbers, NO_SETTINGS } from './algorithm.js';

/** `[start, count, start, count, …]`: the units counted in each window, by the window's start (epoch ms). */
export type Pairs = readonly number[];

/** Admits the quota in each window. */
export const fixedWindow = defineCounter<Pairs, undefined>({
  ...NO_SETTINGS,
  name: 'fixed-window',
  title: 'Counts in windows laid end to end; the quota is whole again when a window ends',
  windows: ['first-request', 'aligned', 'calendar'],

  decide({ quota, window }, state, cost, now) {
    const start = currentStart(window, state, now);
    const end = endOf(window, start);
    const used = isOpen(window, state, now) ? countAt(state!, start) : 0;
    const allowed = cost === 0 || used + cost <= quota;
    const retryAt = allowed ? now : roomAt(window, state, quota - cost, end);
    return new Assessment(allowed, allowed ? used + cost : used, quota, end, retryAt, start, 0);
  },

  charge({ window }, state, assessment, cost, _now, { horizon }) {
    // A first-request window that is over, or that lies ahead because the clock was set back, is replaced. Windows on the clock are kept.
    if (window.kind === 'first-request')
      return [assessment.window, assessment.allowed ? assessment.used : assessment.used + cost];
    return addAt(state, assessment.window, cost, horizon, nominalLength(window));
  },

  refund: (_params, state, window, amount) =>
    hasWindow(state, window) ? addAt(state, window, -amount, -Infinity, 0) : state,

  opensWindow: true,

  seed({ window }, state, used, now, { horizon, start: given }) {
    const start = currentStart(window, state, now);
    if (window.kind === 'first-request') return [given ?? start, used];
    const before = state ? countAt(state, start) : 0;
    return addAt(state, start, used - before, horizon, nominalLength(window));
  },

  revive: revivePairs,

  // `addAt` keeps a window for the longest length it can have (31 days for a month), so two windows are stored for a while.
  stateLength: ({ kind }) => (kind === 'calendar' ? 4 : 2),

  expiresAt({ window }, state) {
    const last = latestStart(state);
    return window.kind === 'first-request' ? last + window.lengthMs : boundsAt(window, last).end;
  },

  isLive({ window }, state, now) {
    return isOpen(window, state, now) && hasWindow(state, currentStart(window, state, now));
  },

  capacity: ({ quota, window }, from, to) => quota * windowsBetween(window, from, to),

  explain: ({ quota, window }, scale = 1) => `${quota / scale} per ${describeWindow(window)}`,
});

// These return numbers, not an object with both bounds: `decide` runs several times for each request, and objects would be most of its garbage.

/** The start of the window that a request at `now` falls into. */
function currentStart(window: Window, state: Pairs | undefined, now: number): number {
  if (window.kind !== 'first-request') return startAt(window, now);
  return isOpen(window, state, now) ? state![0]! : now;
}

/** The end of the window that starts at `start`. */
function endOf(window: Window, start: number): number {
  return window.kind === 'calendar' ? boundsAt(window, start).end : start + window.lengthMs;
}

/** Whether the state may have units of the window that a request at `now` falls into. */
function isOpen(window: Window, state: Pairs | undefined, now: number): state is Pairs {
  if (state === undefined || window.kind !== 'first-request') return state !== undefined;
  return now >= state[0]! && now < state[0]! + window.lengthMs;
}

/** The start of the first window from `end` on that holds `most` units or fewer. Where the clock was set back, coming windows hold some already. */
function roomAt(window: Window, state: Pairs | undefined, most: number, end: number): number {
  if (most < 0) return Number.POSITIVE_INFINITY;
  let start = end;
  if (window.kind !== 'first-request' && state)
    while (countAt(state, start) > most) start = boundsAt(window, start).end;
  return start;
}

/** Reads the windows of a snapshot; `undefined` if the value is no such list. */
export function revivePairs(value: unknown): Pairs | undefined {
  const sound =
    isNumbers(value) &&
    value.length <= 2 * REMEMBERED_WINDOWS &&
    value.length % 2 === 0 &&
    value.every((one, i) => i % 2 === 0 || one >= 0);
  return sound ? value : undefined;
}

/** Units counted in the window that starts at `start`. */
export function countAt(state: Pairs, start: number): number {
  for (let i = state.length - 2; i >= 0; i -= 2) if (state[i] === start) return state[i + 1]!;
  return 0;
}

/** Whether the state has the window that starts at `start`. */
export function hasWindow(state: Pairs, start: number): boolean {
  for (let i = 0; i < state.length; i += 2) if (state[i] === start) return true;
  return false;
}

/** The most windows that a bucket keeps. Without a limit it would grow for ever while the clock can be set back at any time. */
const REMEMBERED_WINDOWS = 1_000;

/** A copy with `amount` added to the window at `start`, without windows that ended (`keepMs` after their start) before `horizon`. */
export function addAt(state: Pairs | undefined, start: number, amount: number, horizon: number, keepMs: number): Pairs {
  if (!state) return [start, amount];
  if (state.length === 2 && state[0] === start) return [start, Math.max(0, state[1]! + amount)];
  if (state.length === 4 && state[2] === start && state[0] !== start && state[0]! + keepMs > horizon)
    return [state[0]!, state[1]!, start, Math.max(0, state[3]! + amount)];
  const next: number[] = [];
  let found = false;
  for (let i = 0; i < state.length; i += 2) {
    if (state[i] === start) {
      next.push(start, Math.max(0, state[i + 1]! + amount));
      found = true;
    } else if (state[i]! + keepMs > horizon) {
      next.push(state[i]!, state[i + 1]!);
    }
  }
  if (!found) next.push(start, Math.max(0, amount));
  return next.length > 2 * REMEMBERED_WINDOWS ? withoutEarliest(next, start) : next;
}

function withoutEarliest(state: Pairs, current: number): Pairs {
  let earliest = state[0] === current ? 2 : 0;
  for (let i = 0; i < state.length; i += 2) if (state[i] !== current && state[i]! < state[earliest]!) earliest = i;
  return [...state.slice(0, earliest), ...state.slice(earliest + 2)];
}

/** The start of the latest window; `-Infinity` for an empty state. */
export function latestStart(state: Pairs): number {
  let latest = -Infinity;
  for (let i = 0; i < state.length; i += 2) latest = Math.max(latest, state[i]!);
  return latest;
}

/** A window in words, for explanations. */
export function describeWindow(window: Window): string {
  if (window.kind === 'first-request') return `${formatDuration(window.lengthMs)}, counted from the first request`;
  if (window.kind === 'calendar') return `${window.unit} (${window.timeZone})`;
  return `${formatDuration(window.lengthMs)}, on the UTC clock`;
}

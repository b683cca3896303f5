/**
 * Ramp: use may grow from window to window only by a factor (an acceleration limit).
 *
 * A window admits `factor` times what the window before it used, but at least `floor` and at most the quota. State: as of a fixed window.
 * @module
 */
import { Assessment } from '../assessment.js';
import { amount } from '../schema.js';
import { boundsAt, type ClockWindow, nominalLength, windowsBetween } from '../windows.js';
import type { Zod } from '../zod.js';
import { defineCounter } from './algorithm.js';
import { addAt, countAt, describeWindow, hasWindow, latestStart, type Pairs, revivePairs } from './fixed-window.js';

/** The settings of `ramp`. */
export interface RampSettings {
  /** Units that every window admits, whatever came before. */
  readonly floor: number;
  /** How many times the use of the last window a window admits. */
  readonly factor: number;
}

/** Admits in each window a multiple of what the last one used. */
export const ramp = defineCounter<Pairs, RampSettings>({
  name: 'ramp',
  title: 'Lets use grow only by a factor from window to window, between a floor and the quota',
  windows: ['aligned', 'calendar'],
  opensWindow: false,
  schema: (z: Zod) =>
    z.strictObject({
      floor: amount(z).describe('Units that every window admits, whatever the window before it used'),
      factor: z
        .number()
        .gt(0)
        .describe('How many times the use of the window before it a window admits, between floor and quota'),
    }),
  settings: ({ floor, factor }) => ({ floor: floor as number, factor: factor as number }),
  amounts: ['floor'],
  durations: [],

  decide({ quota, window, settings }, state, cost, now) {
    const { start, end } = boundsAt(window as ClockWindow, now);
    const used = state ? countAt(state, start) : 0;
    const size = sizeAfter(
      quota,
      settings,
      state ? countAt(state, boundsAt(window as ClockWindow, start - 1).start) : 0,
    );
    const allowed = cost === 0 || used + cost <= size;
    const retryAt = allowed ? now : roomAt(quota, settings, window as ClockWindow, state, cost, end);
    return new Assessment(allowed, allowed ? used + cost : used, size, end, retryAt, start, 0);
  },

  charge: ({ window }, state, assessment, cost, _now, { horizon }) =>
    addAt(state, assessment.window, cost, horizon, 2 * nominalLength(window)),

  refund: (_params, state, window, amount) =>
    hasWindow(state, window) ? addAt(state, window, -amount, Number.NEGATIVE_INFINITY, 0) : state,

  seed({ window }, state, used, now, { horizon }) {
    const { start } = boundsAt(window as ClockWindow, now);
    return addAt(state, start, used - (state ? countAt(state, start) : 0), horizon, 2 * nominalLength(window));
  },

  revive: revivePairs,

  stateLength: () => 4,

  // A window affects the one after it.
  expiresAt: ({ window }, state) => {
    const { end } = boundsAt(window as ClockWindow, latestStart(state));
    return boundsAt(window as ClockWindow, end).end;
  },

  isLive({ window }, state, now) {
    const { start } = boundsAt(window as ClockWindow, now);
    return hasWindow(state, start) || hasWindow(state, boundsAt(window as ClockWindow, start - 1).start);
  },

  capacity: ({ quota, window }, from, to) => quota * windowsBetween(window, from, to),

  explain: ({ quota, window, settings: { floor, factor } }, scale = 1) =>
    `${factor} times the use of the last window, at least ${floor / scale} and at most ${quota / scale}, per ${describeWindow(window)}`,
});

/** Units that a window admits after one that used `before`. */
function sizeAfter(quota: number, { floor, factor }: RampSettings, before: number): number {
  return Math.min(quota, Math.max(floor, Math.floor(before * factor)));
}

/**
 * The start of the first window from `at` on that has room for the cost; `Infinity` if none has. Where the clock was set back, coming windows are used already.
 * Beyond the windows of the state, all admit the floor.
 */
function roomAt(
  quota: number,
  settings: RampSettings,
  window: ClockWindow,
  state: Pairs | undefined,
  cost: number,
  at: number,
): number {
  const last = state ? latestStart(state) : at;
  for (let start = at, before = boundsAt(window, at - 1).start; ; ) {
    const used = state ? countAt(state, start) : 0;
    if (used + cost <= sizeAfter(quota, settings, state ? countAt(state, before) : 0)) return start;
    if (before > last) return Number.POSITIVE_INFINITY;
    before = start;
    start = boundsAt(window, start).end;
  }
}

/**
 * A debt that drains evenly: the state of buckets that fill up or empty at a constant rate.
 *
 * One unit weighs as much as the window has milliseconds, and each millisecond drains the units of the rate, so that all arithmetic is on whole numbers.
 * @module
 */
import { MAX_UNITS } from '../amounts.js';
import { nominalLength, type Window } from '../windows.js';
import { type CounterAlgorithm, isNumbers, type Params } from './algorithm.js';

/** `debt` was left at the instant `at`, and is gone at `settledAt` (both epoch ms). */
export type Debt = readonly [at: number, debt: number, settledAt: number];

/** The last instant that `Date` can show. Refusals may charge a bucket for longer. */
const FARTHEST_MS = 8.64e15;

/** The instant (epoch ms) at which a debt of `at` is gone. @param drain what drains per millisecond */
export function settledAt(at: number, debt: number, drain: number): number {
  return Math.min(FARTHEST_MS, at + Math.ceil(debt / drain));
}

/** A state with that debt at the instant `at`. @param drain what drains per millisecond */
function makeDebt(at: number, debt: number, drain: number): Debt {
  return [at, debt, settledAt(at, debt, drain)];
}

/** What is left of the debt at `now`, which is not before the state's own instant. @param drain what drains per millisecond */
export function debtAt([at, debt]: Debt, now: number, drain: number): number {
  return Math.max(0, debt - (now - at) * drain);
}

/** How a debt grows and drains. */
export interface DebtRate {
  /** The debt of one unit. */
  readonly weight: number;
  /** What drains per millisecond. */
  readonly drain: number;
}

/** The members of a counter whose state is a debt, except `decide`, `capacity` and what names it. @param rate how the debt grows and drains by these parameters */
export function debtMembers<Settings>(
  rate: (params: Params<Settings>) => DebtRate,
): Pick<
  CounterAlgorithm<Debt, Settings>,
  'charge' | 'refund' | 'seed' | 'revive' | 'stateLength' | 'expiresAt' | 'isLive' | 'maxUnits'
> {
  return {
    charge(params, state, _assessment, cost, now) {
      const { weight, drain } = rate(params);
      // If the clock was set back to before the last charge, nothing drains until it gets there again, so no unit is admitted twice.
      const since = state ? Math.max(now, state[0]) : now;
      return makeDebt(since, (state ? debtAt(state, since, drain) : 0) + cost * weight, drain);
    },

    refund(params, [at, debt], _window, amount) {
      const { weight, drain } = rate(params);
      return makeDebt(at, Math.max(0, debt - amount * weight), drain);
    },

    seed(params, _state, used, now) {
      const { weight, drain } = rate(params);
      return makeDebt(now, used * weight, drain);
    },

    revive: reviveDebt,

    stateLength: () => 3,

    expiresAt: (_params, [, , gone]) => gone,

    isLive: (params, state, now) => debtAt(state, Math.max(now, state[0]), rate(params).drain) > 0,

    // The debt of a unit is the window's length.
    maxUnits: (window: Window) => Math.floor(MAX_UNITS / nominalLength(window)),
  };
}

/** Reads a state of a snapshot; `undefined` if the value is none. */
function reviveDebt(value: unknown): Debt | undefined {
  return isNumbers(value) && value.length === 3 && value[1]! >= 0 ? (value as [number, number, number]) : undefined;
}

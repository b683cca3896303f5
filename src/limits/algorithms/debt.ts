/**
 * A debt that drains evenly: the state of buckets that fill up or empty at a constant rate.
 *
 * One unit weighs as much as the window has milliseconds, and each millisecond drains the units of the rate, so that all arithmetic is on whole numbers.
 * @module
 */
import { isNumbers } from './algorithm.js';

/** `debt` was left at the instant `at`, and is gone at `settledAt` (both epoch ms). */
export type Debt = readonly [at: number, debt: number, settledAt: number];

/** The last instant that `Date` can show. Refusals may charge a bucket for longer. */
const FARTHEST_MS = 8.64e15;

/** The instant (epoch ms) at which a debt of `at` is gone. @param drain what drains per millisecond */
export function settledAt(at: number, debt: number, drain: number): number {
  return Math.min(FARTHEST_MS, at + Math.ceil(debt / drain));
}

/** A state with that debt at the instant `at`. @param drain what drains per millisecond */
export function makeDebt(at: number, debt: number, drain: number): Debt {
  return [at, debt, settledAt(at, debt, drain)];
}

/** What is left of the debt at `now`, which is not before the state's own instant. @param drain what drains per millisecond */
export function debtAt([at, debt]: Debt, now: number, drain: number): number {
  return Math.max(0, debt - (now - at) * drain);
}

/** Reads a state of a snapshot; `undefined` if the value is none. */
export function reviveDebt(value: unknown): Debt | undefined {
  return isNumbers(value) && value.length === 3 && value[1]! >= 0 ? (value as [number, number, number]) : undefined;
}

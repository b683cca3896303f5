/**
 * Windows whose length depends on facts. Requests with different lengths have buckets of their own: the length is part of the partition, as the fact `window`.
 * @module
 */
import { memoise } from '../runtime/memoise.js';
import { MAX_DURATION_MS, parseDuration } from './duration.js';
import { FACT_ROOTS, mayBeAbsent } from './facts.js';
import { splitPartition } from './partitions.js';
import { compileFormula, type FactReader, FormulaError } from './rules/formula.js';
import type { Window } from './windows.js';

/** The name under which a partition has the length of its window. */
export const WINDOW_FACT = 'window';

/** Whether the length of a window, as a profile has it, is a formula over facts. */
export function isFormulaLength(length: unknown): length is string {
  if (typeof length !== 'string') return false;
  try {
    return compileFormula(length).paths.some(([root]) => (FACT_ROOTS as readonly string[]).includes(root!));
  } catch (error) {
    if (error instanceof FormulaError) return false;
    throw error;
  }
}

/** The windows of a policy whose length is a formula. */
export interface VaryingWindow {
  /** The formula. Its value is a number of seconds. */
  readonly formula: string;
  /** Whether it reads nothing but facts of the caller. */
  readonly sameForCaller: boolean;
  /** The name of a request's window, as the partition has it: `90s`; `undefined` if the formula has no value that can be a length. */
  nameFor(facts: FactReader): string | undefined;
  /** The window of that name. The same object for the same name. */
  named(name: string): Window;
}

/** Different lengths that are cached for a policy. */
const MAX_LENGTHS = 1_000;

/**
 * Compiles the windows of a policy.
 *
 * @param formula its value is a number of seconds
 * @param toWindow makes the window of a length in milliseconds
 * @throws FormulaError
 */
export function compileVaryingWindow(formula: string, toWindow: (lengthMs: number) => Window): VaryingWindow {
  const { number, paths } = compileFormula(formula, mayBeAbsent);
  return {
    formula,
    sameForCaller: paths.every(([root]) => root === 'caller'),
    nameFor: (facts) => {
      const seconds = number(facts);
      const lengthMs = seconds === undefined ? 0 : Math.round(seconds * 1_000);
      return lengthMs > 0 && lengthMs <= MAX_DURATION_MS ? `${lengthMs / 1_000}s` : undefined;
    },
    named: memoise((name: string) => toWindow(parseDuration(name) ?? 1), { max: MAX_LENGTHS }),
  };
}

/** The name of the window in a partition key of a policy whose windows vary. */
export function windowName(partition: string, partitionBy: readonly string[]): string {
  return splitPartition(partition, partitionBy.length).at(-1)!;
}

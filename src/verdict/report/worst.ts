/**
 * Of several verdicts the gravest.
 * @module
 */
import type { Verdict } from './report.js';

const GRAVEST_FIRST: readonly Verdict[] = ['fail', 'undecided', 'warn'];

/** `fail` before `undecided` before `warn` before `pass`. */
export function worst(verdicts: readonly Verdict[]): Verdict {
  return GRAVEST_FIRST.find((one) => verdicts.includes(one)) ?? 'pass';
}

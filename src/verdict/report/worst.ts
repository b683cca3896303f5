/**
 * Combines several verdicts.
 * @module
 */
import type { Verdict } from './report.js';

const BY_SEVERITY: readonly Verdict[] = ['fail', 'undecided', 'warn'];

/** Returns the worst verdict: `fail` before `undecided` before `warn` before `pass`. Returns `pass` for an empty list. */
export function worst(verdicts: readonly Verdict[]): Verdict {
  return BY_SEVERITY.find((verdict) => verdicts.includes(verdict)) ?? 'pass';
}

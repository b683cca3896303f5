/**
 * Of several verdicts the gravest.
 * @module
 */
import type { Verdict } from './report.js';

const BY_SEVERITY: readonly Verdict[] = ['fail', 'undecided', 'warn'];

/** `fail` before `undecided` before `warn` before `pass`. */
export function worst(verdicts: readonly Verdict[]): Verdict {
  return BY_SEVERITY.find((verdict) => verdicts.includes(verdict)) ?? 'pass';
}

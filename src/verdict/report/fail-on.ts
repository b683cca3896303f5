/**
 * The severity from which a finding fails a run.
 * @module
 */
import type { Report, Severity } from './report.js';

/** The lowest severity that fails a run: `error` tolerates warnings, `warn` tolerates nothing. */
export type FailOn = Severity;

/** The threshold if none is given: warnings do not fail a run. */
export const DEFAULT_FAIL_ON: FailOn = 'error';

/** Whether a finding of this severity fails a run with this threshold. */
export function reaches(severity: Severity, failOn: FailOn): boolean {
  return failOn === 'warn' || severity === 'error';
}

/** Whether a run with this report fails, as a test or a CI job decides. An undecided verdict fails if warnings fail. */
export function reportFails({ verdict }: Report, failOn: FailOn = DEFAULT_FAIL_ON): boolean {
  return verdict !== 'pass' && reaches(verdict === 'fail' ? 'error' : 'warn', failOn);
}

/**
 * From which severity on a finding fails a run.
 * @module
 */
import type { Report, Severity } from './report.js';

/** `error` lets warnings pass, `warn` lets nothing pass. */
export type FailOn = Severity;

export const DEFAULT_FAIL_ON: FailOn = 'error';

export function reaches(severity: Severity, failOn: FailOn): boolean {
  return failOn === 'warn' || severity === 'error';
}

/** Whether a run with this report has failed: what a test or a CI job goes by. An undecided verdict fails where warnings do. */
export function reportFails({ verdict }: Report, failOn: FailOn = DEFAULT_FAIL_ON): boolean {
  return verdict !== 'pass' && reaches(verdict === 'fail' ? 'error' : 'warn', failOn);
}

/**
 * The verdict on the clients of a sandbox. In a module of its own, so that a server that is not asked for a verdict does not load the checks.
 * @module
 */

import { judgedBy } from '../../profile/compiled/advice.js';
import { runWork } from '../../runtime/current-work.js';
import { judge } from '../../verdict/judge.js';
import type { Report } from '../../verdict/report/report.js';
import type { Sandbox } from '../sandbox.js';
import { judgingOf } from './judged-sandbox.js';

/** Options of a report. */
export interface ReportOptions {
  /** Whether no more calls will come. A refused call that was not repeated then counts as given up. Default: `false`. */
  readonly ended?: boolean | undefined;
}

/** Judges the clients of a sandbox by its journal. Requests that the journal dropped before they were judged make the verdict undecided. */
export function reportOf(sandbox: Sandbox, { ended = false }: ReportOptions = {}): Report {
  const { journal, clock, runningVerdict } = sandbox;
  if (runningVerdict) return runningVerdict.report(ended);
  const entries = journal.entries();
  const judged = sandbox.profiles.map((id) => judgedBy(sandbox.provider(id)));
  const lost = journal.total - entries.length;
  const moment = { now: clock.now(), ended, lost, pending: sandbox.waiting() };
  return runWork(judgingOf(sandbox.name), () => judge(entries, judged, moment));
}

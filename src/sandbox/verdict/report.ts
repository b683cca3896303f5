/**
 * The verdict on the clients of a sandbox. Not part of it, so that a server that is not asked for one starts without the checks.
 * @module
 */

import { judgedBy } from '../../profile/compiled/advice.js';
import { working } from '../../runtime/current-work.js';
import { judge } from '../../verdict/judge.js';
import type { Report } from '../../verdict/report/report.js';
import type { Sandbox } from '../sandbox.js';
import { judgingOf } from './judged-sandbox.js';

export interface ReportOptions {
  /** Nobody will call any more: what was refused and has not been asked again by now has been given up. */
  readonly ended?: boolean | undefined;
}

/** Whether its clients behaved, by its journal. Requests that left the journal unjudged make the verdict undecided. */
export function reportOf(sandbox: Sandbox, { ended = false }: ReportOptions = {}): Report {
  const { journal, clock, runningVerdict } = sandbox;
  if (runningVerdict) return runningVerdict.report(ended);
  const entries = journal.entries();
  const judged = sandbox.profiles.map((id) => judgedBy(sandbox.provider(id)));
  const lost = journal.total - entries.length;
  const moment = { now: clock.now(), ended, lost, pending: sandbox.waiting() };
  return working(judgingOf(sandbox.name), () => judge(entries, judged, moment));
}

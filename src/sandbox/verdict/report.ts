/**
 * The verdict on the clients of a sandbox. In a module of its own, so that a server that is not asked for a verdict does not load the checks.
 * @module
 */

import { judgedBy } from '../../profile/compiled/advice.js';
import { runWork } from '../../runtime/current-work.js';
import { Judge } from '../../verdict/judge.js';
import type { Report } from '../../verdict/report/report.js';
import { runAll } from '../../verdict/steps.js';
import type { Sandbox } from '../sandbox.js';
import { copyOf, judgingOf } from './judged-sandbox.js';
import { takeInTurns } from './steps.js';

/** Options of a report. */
export interface ReportOptions {
  /** Whether no more calls will come. A refused call that was not repeated then counts as given up. Default: `false`. */
  readonly ended?: boolean | undefined;
}

/** Judges the clients of a sandbox by its journal. Requests that the journal dropped before they were judged make the verdict undecided. */
export function reportOf(sandbox: Sandbox, options?: ReportOptions): Report {
  return runWork(judgingOf(sandbox.name), () => runAll(reportSteps(sandbox, options)));
}

/** The latest report that was asked for. Reports are made one after another, because each takes memory in proportion to its journal. */
let latest: Promise<unknown> = Promise.resolve();

/** Makes the same report as `reportOf`, in turns of the event loop, so that the server answers other requests meanwhile. */
export function reportInTurns(sandbox: Sandbox, options?: ReportOptions): Promise<Report> {
  const report = latest.then(() => takeInTurns(judgingOf(sandbox.name), reportSteps(sandbox, options)));
  latest = report.catch(() => undefined);
  return report;
}

function* reportSteps(sandbox: Sandbox, { ended = false }: ReportOptions = {}): Generator<void, Report> {
  const { journal, clock, runningVerdict } = sandbox;
  if (runningVerdict) return yield* runningVerdict.reportSteps(ended);
  const entries = copyOf(journal.entries());
  const judged = sandbox.profiles.map((id) => judgedBy(sandbox.provider(id)));
  const lost = journal.total - entries.length;
  const moment = { now: clock.now(), ended, lost, pending: copyOf(sandbox.waiting()) };
  return yield* new Judge().reportSteps(entries, judged, moment);
}

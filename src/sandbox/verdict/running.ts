/**
 * Judges requests before the journal drops them, so that a long run is judged as a whole.
 *
 * Judging thousands of requests takes a second or more, in which the server must not leave its clients without an answer. So it is done in steps, and requests
 * are answered between them.
 * @module
 */

import { judgedBy } from '../../profile/compiled/advice.js';
import { runWork } from '../../runtime/current-work.js';
import { Judge } from '../../verdict/judge.js';
import type { Report } from '../../verdict/report/report.js';
import { runAll } from '../../verdict/steps.js';
import { withEvicted } from './evicted.js';
import { copyOf, type EvictedVerdict, type JudgedSandbox, judgingOf, type RunningVerdict } from './judged-sandbox.js';
import { Steps } from './steps.js';

/** Judging runs each time this share of the journal has been written. */
const SAMPLED = 0.5;
/** A request is judged once this share of the journal has been written after it, because later requests may explain it. */
const FOLLOWING = 0.25;

/** Starts judging a sandbox. @param earlier verdict on an evicted sandbox of the same name; dropped once the journal is cleared */
export function judgeContinuously(sandbox: JudgedSandbox, earlier?: EvictedVerdict): RunningVerdict {
  const { journal, clock } = sandbox;
  let judge = new Judge();
  const steps = new Steps(judgingOf(sandbox.name));
  let before = earlier;
  /** How many rows have been judged or lost. */
  let passed = 0;
  let lostBefore = 0;
  const judged = () => sandbox.profiles.map((id) => judgedBy(sandbox.provider(id)));
  const every = Math.max(1, Math.floor(journal.capacity * SAMPLED));
  /** How many rows the journal dropped before they were judged. @param stored how many rows the journal holds */
  const lost = (stored: number) => lostBefore + Math.max(0, journal.total - stored - passed);
  journal.onProgress({
    every,
    progressed() {
      // The journal will still hold all of them at the next call.
      if (journal.total - passed + every <= journal.capacity) return;
      steps.finish();
      const entries = copyOf(journal.entries());
      const upTo = entries.length - Math.floor(journal.capacity * FOLLOWING);
      if (upTo <= 0) return;
      lostBefore = lost(entries.length);
      const moment = { now: clock.now(), ended: false, lost: lostBefore };
      steps.begin(judge.add(entries, judged(), moment, upTo));
      passed = journal.total - (entries.length - upTo);
    },
    cleared() {
      steps.drop();
      judge = new Judge();
      passed = 0;
      lostBefore = 0;
      before = undefined;
    },
  });
  function* reportSteps(ended: boolean): Generator<void, Report> {
    yield* steps.rest();
    const evicted = before;
    const entries = copyOf(journal.entries());
    const moment = { now: clock.now(), ended, lost: lost(entries.length), pending: copyOf(sandbox.waiting()) };
    const own = yield* judge.reportSteps(entries, judged(), moment);
    return withEvicted(evicted, own, ended);
  }
  return { reportSteps, report: (ended) => runWork(steps.work, () => runAll(reportSteps(ended))) };
}

/**
 * Judges the clients of a sandbox as requests leave its journal, so that nothing is forgotten in a long run.
 * @module
 */
import { working } from '../current-work.js';
import { judgedBy } from '../profile/advice.js';
import { Judge } from '../verdict/judge.js';
import { withEarlier } from './earlier-verdict.js';
import { type EarlierVerdict, type JudgedSandbox, judgingOf, type RunningVerdict } from './judged-sandbox.js';

/** Shares of the journal: how much is judged at a time, and how much must follow a request before it is judged, since later ones may explain it. */
const JUDGED_AT = 0.75;
const FOLLOWING = 0.25;

/** Begins to judge a sandbox. @param earlier verdict on the sandbox of the same name that was removed before; forgotten once the journal is emptied */
export function judgeAsYouGo(sandbox: JudgedSandbox, earlier?: EarlierVerdict): RunningVerdict {
  const { journal, clock } = sandbox;
  const work = judgingOf(sandbox.name);
  let judge = new Judge();
  let before = earlier;
  /** Rows of the journal that have been judged. */
  let judgedRows = 0;
  const judged = () => sandbox.profiles.map((id) => judgedBy(sandbox.provider(id)));
  journal.onProgress({
    every: Math.max(1, Math.floor(journal.capacity * (JUDGED_AT - FOLLOWING))),
    progressed() {
      const entries = journal.entries();
      const unjudged = journal.total - judgedRows;
      if (unjudged < JUDGED_AT * journal.capacity) return;
      const upTo = entries.length - Math.floor(journal.capacity * FOLLOWING);
      const last = entries[upTo - 1];
      if (!last) return;
      const moment = { now: clock.now(), ended: false, lost: 0, continued: judgedRows > 0 };
      const number = Number(/\d+$/.exec(last.id)![0]);
      working(work, () => judge.add(entries, judged(), moment, number));
      judgedRows = journal.total - (entries.length - upTo);
    },
    cleared() {
      judge = new Judge();
      judgedRows = 0;
      before = undefined;
    },
  });
  return {
    report(ended) {
      const entries = journal.entries();
      const lost = Math.max(0, journal.total - entries.length - judgedRows);
      const moment = { now: clock.now(), ended, lost, waiting: sandbox.waiting() };
      const own = working(work, () => judge.report(entries, judged(), moment));
      return withEarlier(before, own, ended);
    },
  };
}

/**
 * Each call of a program waits as stated, but the program's other calls continue meanwhile and are refused by the same limit. Most SDKs do this if several of
 * their calls run at once. One gate for all calls, closed while any of them has to wait, avoids these refusals.
 * @module
 */
import { dueAt, senderOf, waited } from '../../calls/call.js';
import { earlyCalls, prepareEarlyCalls } from '../../calls/early.js';
import { countFollowed, defineCheck } from '../../check.js';
import { count, formatTime } from '../../words.js';

/** The check `uncoordinated`. */
export const uncoordinated = defineCheck({
  title: 'Kept sending other calls while one had to wait',
  severity: 'warn',
  options: (z) => z.strictObject({}),
  total: (all) => `; a gate shared by all calls would have saved ${count(all, 'refusal')}`,
  prepare: prepareEarlyCalls,
  find(view) {
    const all = earlyCalls(view);
    // A program that does not wait as stated cannot use a gate yet.
    const offenders = new Set(all.filter(({ kind }) => kind !== 'uncoordinated').map(({ call }) => senderOf(call)));
    const refused = all.filter(
      ({ kind, call }) => kind === 'uncoordinated' && call.outcome === 'refused' && !offenders.has(senderOf(call)),
    );
    return {
      judged: countFollowed(view, (call) => dueAt(call) !== undefined),
      incidents: refused.map(({ call, refusal }) => ({
        call,
        relatedCalls: [refusal],
        knownAnswer: refusal,
        says: `sent another call ${formatTime(waited(call, refusal))} after one was refused, while that one waited as it was told`,
      })),
    };
  },
});

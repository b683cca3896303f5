/**
 * A caller came back before it was due: to the limit that had refused it, or with the request that had been refused.
 * @module
 */
import { dueAt, reportedWait, waited } from '../../calls/call.js';
import { type EarlyCall, earlyCalls, prepareEarlyCalls } from '../../calls/early.js';
import { countFollowed, defineCheck, type Incident } from '../../check.js';
import { formatTime } from '../../words.js';

/** The check `retry-too-early`. */
export const retryTooEarly = defineCheck({
  title: 'Came back before it was told to',
  severity: 'error',
  options: (z) => z.strictObject({}),
  prepare: prepareEarlyCalls,
  find(view) {
    const all = earlyCalls(view);
    return {
      judged: countFollowed(view, (call) => dueAt(call) !== undefined),
      incidents: all.filter(({ kind }) => kind === 'own' || kind === 'other').map(incidentOf),
      undecided: all
        .filter(({ kind }) => kind === 'undecided')
        .map((early) => ({
          ...incidentOf(early),
          says: 'came so soon after a refusal that the client may have sent it before it knew the refusal',
        })),
    };
  },
});

function incidentOf({ call, refusal, kind }: EarlyCall): Incident {
  const waitedMs = waited(call, refusal);
  const reportedMs = reportedWait(refusal);
  return {
    call,
    relatedCalls: [refusal],
    knownAnswer: refusal,
    says: `${kind === 'other' ? 'sent another request' : 'came back'} ${formatTime(waitedMs)} after being told to wait ${formatTime(reportedMs)}`,
    weight: reportedMs - waitedMs,
  };
}

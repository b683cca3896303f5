/**
 * A caller came back before it had been told to: to the limit that had refused it, or with the request that had been refused.
 * @module
 */
import { dueAt, reportedWait, waited } from '../../calls/call.js';
import { type EarlyCall, earlyCalls } from '../../calls/early.js';
import { defineCheck, followed, type Incident } from '../../check.js';
import { time } from '../../words.js';

export const retryTooEarly = defineCheck({
  title: 'Came back before it was told to',
  severity: 'error',
  options: (z) => z.strictObject({}),
  find(view) {
    const all = earlyCalls(view);
    return {
      judged: followed(view, (call) => dueAt(call) !== undefined),
      incidents: all.filter(({ kind }) => kind === 'own' || kind === 'other').map(incidentOf),
      undecided: all
        .filter(({ kind }) => kind === 'undecided')
        .map((one) => ({
          ...incidentOf(one),
          says: 'came so soon after a refusal that it may have been sent before it',
        })),
    };
  },
});

function incidentOf({ call, refusal }: EarlyCall): Incident {
  const waitedMs = waited(call, refusal);
  const reportedMs = reportedWait(refusal);
  return {
    call,
    with: [refusal],
    knew: refusal,
    says: `came back ${time(waitedMs)} after being told to wait ${time(reportedMs)}`,
    weight: reportedMs - waitedMs,
  };
}

/**
 * The caller had been told that nothing was left, went on before the reset, and was refused. A request that was admitted after all (a sliding window gives units back
 * little by little) did no harm. Requests after a refusal are judged by what the refusal told. Programs that share a credential are left to `shared-key`: what they are
 * told is not what they have left themselves.
 * @module
 */
import { type Call, placeOf, takenFrom, waited } from '../../calls/call.js';
import { defineCheck, type Incident } from '../../check.js';
import { knows } from '../../knowledge/knowledge.js';
import { isShared, keyOf, spendersOf } from '../../knowledge/spenders.js';
import { time } from '../../words.js';

export const ignoredRemaining = defineCheck({
  title: 'Sent on although nothing was left',
  severity: 'warn',
  options: (z) => z.strictObject({}),
  find(view) {
    const { timeline } = view;
    const spenders = spendersOf(view);
    /** The answer that last told how a bucket stands, by program and bucket. */
    const informed = new Map<string, Call>();
    const incidents: Incident[] = [];
    let judged = 0;
    for (const { call, answered } of timeline) {
      if (answered) {
        for (const { policy } of call.entry.told) {
          const decision = call.entry.decisions.find((one) => one.policy === policy);
          if (decision) informed.set(placeOf(call, decision.bucket), call);
        }
        continue;
      }
      for (const { bucket, policy, allowed } of takenFrom(call)) {
        const last = informed.get(placeOf(call, bucket));
        const told = last?.entry.told.find((one) => one.policy === policy);
        if (!last || !told || !knows(call, last)) continue;
        judged += 1;
        if (allowed || last.outcome === 'refused' || told.remaining !== 0 || told.resetAt === null) continue;
        const earlyMs = told.resetAt - call.entry.at;
        if (earlyMs <= 0 || waited(call, last) < 0 || isShared(spenders.get(keyOf(call, bucket)), call)) continue;
        const says = `sent on with 0 left, ${time(earlyMs)} before the reset, and was refused`;
        incidents.push({ call, with: [last], knew: last, says, weight: earlyMs });
        break;
      }
    }
    return { judged, incidents };
  },
});

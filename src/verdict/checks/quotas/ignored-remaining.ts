/**
 * A caller knew that no quota was left, sent another request before the reset, and was refused. A request that was admitted after all did no harm, for example
 * in a sliding window, which returns units gradually. Requests after a refusal are judged by the wait that the refusal stated. Programs that share a credential
 * are left to `shared-key`, because the quota that a response states is not theirs alone. The check also skips windows in which another program, now ended, used
 * part of the quota.
 * @module
 */
import { answeredAt, bucketKey, type Call, chargedDecisions, waited } from '../../calls/call.js';
import { defineCheck, type Incident } from '../../check.js';
import { knows } from '../../knowledge/knowledge.js';
import { credentialBucketKey, spendersOf } from '../../knowledge/spenders.js';
import { formatTime } from '../../words.js';

/** The check `ignored-remaining`. */
export const ignoredRemaining = defineCheck({
  title: 'Kept sending with no quota left',
  severity: 'warn',
  options: (z) => z.strictObject({}),
  find(view) {
    const { timeline } = view;
    const spenders = spendersOf(view);
    /** The latest response that stated the quota of a bucket, by program and bucket. */
    const informed = new Map<string, Call>();
    const incidents: Incident[] = [];
    let judged = 0;
    for (const { call, answered } of timeline) {
      if (answered) {
        for (const { policy } of call.entry.told) {
          const decision = call.entry.decisions.find((item) => item.policy === policy);
          if (decision) informed.set(bucketKey(call, decision.bucket), call);
        }
        continue;
      }
      for (const { bucket, policy, allowed } of chargedDecisions(call)) {
        const last = informed.get(bucketKey(call, bucket));
        const stated = last?.entry.told.find((item) => item.policy === policy);
        if (!last || !stated || !knows(call, last)) continue;
        judged += 1;
        if (allowed || last.outcome === 'refused' || stated.remaining !== 0 || stated.resetAt === null) continue;
        const earlyMs = stated.resetAt - call.entry.at;
        const waitedMs = waited(call, last);
        // While the clock stands still, a client that waits for the reset never arrives at it.
        if (earlyMs <= 0 || waitedMs < 0 || waitedMs >= stated.resetAt - answeredAt(last)) continue;
        const programs = spenders.get(credentialBucketKey(call, bucket));
        if (programs?.isShared(call) || programs?.isLeftByAnother(call, bucket, stated.resetAt)) continue;
        const says = `sent on with 0 left, ${formatTime(earlyMs)} before the reset, and was refused`;
        incidents.push({ call, relatedCalls: [last], knownAnswer: last, says, weight: earlyMs });
        break;
      }
    }
    return { judged, incidents };
  },
});

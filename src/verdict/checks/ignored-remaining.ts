/**
 * The caller had been told that nothing was left, sent on before the reset, and was refused. What is let in after all (a sliding window gives back little by little)
 * has done no harm, and what comes after a refusal goes by `Retry-After`.
 * @module
 */
import { type Call, standing, takenFrom, waited } from '../call.js';
import { defineCheck, type Incident, perCaller } from '../check.js';
import { on, time, times } from '../words.js';

interface Ignored extends Incident {
  readonly earlyMs: number;
}

export const ignoredRemaining = defineCheck({
  title: 'Sent on although nothing was left',
  severity: 'warn',
  options: (z) => z.strictObject({}),
  find({ timeline }) {
    /** The answer that last told how a bucket stands, by caller and bucket. */
    const informed = new Map<string, Call>();
    const incidents: Ignored[] = [];
    for (const { call, answered } of timeline) {
      if (answered) {
        for (const { policy } of call.entry.told) {
          const decision = call.entry.decisions.find((one) => one.policy === policy);
          if (decision) informed.set(standing(call, decision.bucket), call);
        }
        continue;
      }
      for (const { bucket, policy, allowed } of takenFrom(call)) {
        const last = informed.get(standing(call, bucket));
        const told = last?.entry.told.find((one) => one.policy === policy);
        if (!last || allowed || last.outcome === 'refused' || told?.remaining !== 0 || told.resetAt === null) continue;
        const earlyMs = told.resetAt - call.entry.at;
        if (earlyMs <= 0 || waited(call, last) < 0) continue;
        incidents.push({ call, with: [last], earlyMs });
        break;
      }
    }
    return perCaller(
      incidents,
      ({ call, earlyMs }, all) =>
        `sent on with 0 left, ${time(earlyMs)} before the reset, and was refused, ${on(call)}${times(all)}`,
      ({ earlyMs }) => earlyMs,
    );
  },
});

/**
 * The caller had been told that nothing was left, and sent on before the reset. What it did after a refusal is not looked at here: there it goes by `Retry-After`.
 * @module
 */
import { defineCheck, type Incident, perCaller } from '../check.js';
import { listIn } from '../group.js';
import { type Call, known, TIMER_TOLERANCE_MS, takenFrom } from '../view.js';
import { time, times } from '../words.js';

interface Ignored extends Incident {
  readonly earlyMs: number;
}

export const ignoredRemaining = defineCheck({
  title: 'Sent on although nothing was left',
  severity: 'warn',
  options: (z) => z.strictObject({}),
  find({ calls }) {
    /** Calls that were told how a bucket stands, by caller and bucket. */
    const informed = new Map<string, Call[]>();
    const incidents: Ignored[] = [];
    for (const call of calls) {
      for (const { bucket, policy } of takenFrom(call)) {
        const [newest] = known(call, informed.get(key(call, bucket)) ?? []);
        const told = newest?.entry.told.find((one) => one.policy === policy);
        if (!newest || newest.outcome === 'refused' || told?.remaining !== 0 || told.resetAt === null) continue;
        const earlyMs = told.resetAt - call.entry.at;
        if (earlyMs <= TIMER_TOLERANCE_MS || call.entry.at < newest.entry.sentAt) continue;
        incidents.push({ call, with: [newest], earlyMs });
        break;
      }
      for (const { policy } of call.entry.told) {
        const decision = call.entry.decisions.find((one) => one.policy === policy);
        if (decision) listIn(informed, key(call, decision.bucket)).push(call);
      }
    }
    return perCaller(
      incidents,
      ({ call, earlyMs }, all) => `sent on ${time(earlyMs)} before the reset with 0 left, on ${call.who}${times(all)}`,
      ({ earlyMs }) => earlyMs,
    );
  },
});

function key({ caller }: Call, bucket: string): string {
  return `${bucket} ${caller}`;
}

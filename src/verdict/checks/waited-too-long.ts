/**
 * The caller stayed away long after the limit would have let it through again: throughput that was paid for and lost.
 * @module
 */
import { defineCheck, type Incident, perCaller } from '../check.js';
import { listIn } from '../group.js';
import { type Call, known, refusing, takenFrom, toldUntil } from '../view.js';
import { time, times } from '../words.js';

interface Options {
  readonly slack: number;
}

interface Late extends Incident {
  readonly lateMs: number;
  readonly toldMs: number;
}

export const waitedTooLong = defineCheck<Options>({
  title: 'Stayed away longer than it had to',
  severity: 'warn',
  options: (z, duration) =>
    z.strictObject({
      slack: duration
        .prefault('5s')
        .describe('So long beyond what was told is no loss; as long again as was told is none either'),
    }),
  find({ calls }, { slack }) {
    const refusals = new Map<string, Call[]>();
    const seen = new Set<Call>();
    const incidents: Late[] = [];
    for (const call of calls) {
      for (const { bucket } of takenFrom(call)) {
        const [newest] = known(call, refusals.get(`${bucket} ${call.caller}`) ?? []);
        const until = newest && toldUntil(newest);
        if (!newest || until === undefined || seen.has(newest)) continue;
        // The first that comes back ends the wait.
        seen.add(newest);
        const toldMs = newest.entry.retryAfter! * 1_000;
        const lateMs = call.entry.at - until;
        if (lateMs > Math.max(slack, toldMs)) incidents.push({ call, with: [newest], lateMs, toldMs });
      }
      const refused = refusing(call);
      if (refused) listIn(refusals, `${refused.bucket} ${call.caller}`).push(call);
    }
    return perCaller(
      incidents,
      ({ call, lateMs, toldMs }, all) =>
        `told to wait ${time(toldMs)} it stayed away for ${time(toldMs + lateMs)}, on ${call.who}${times(all)}`,
      ({ lateMs }) => lateMs,
    );
  },
});

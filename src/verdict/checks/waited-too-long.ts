/**
 * The caller stayed away long after the limit would have let it through again: throughput that was paid for and lost.
 * @module
 */
import { type Call, refusing, standing, takenFrom, toldUntil } from '../call.js';
import { defineCheck, type Incident, perCaller } from '../check.js';
import { on, time, times } from '../words.js';

interface Options {
  readonly slack: number;
}

interface Late extends Incident {
  readonly stayedMs: number;
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
  find({ timeline }, { slack }) {
    /** The newest refusal that a caller has not come back from, by caller and bucket. */
    const waiting = new Map<string, Call>();
    const rhythm = createRhythm();
    const incidents: Late[] = [];
    for (const { call, answered } of timeline) {
      if (answered) {
        const refused = refusing(call);
        if (refused && toldUntil(call) !== undefined) waiting.set(standing(call, refused.bucket), call);
        continue;
      }
      rhythm.add(call);
      for (const { bucket } of takenFrom(call)) {
        const place = standing(call, bucket);
        const refusal = waiting.get(place);
        // The first that comes back ends the wait. If it is another request, nobody waited: what was refused had been dropped.
        waiting.delete(place);
        if (!refusal || !call.repeats || refusing(call.repeats)?.bucket !== bucket) continue;
        const toldMs = refusal.entry.retryAfter! * 1_000;
        const stayedMs = call.entry.at - refusal.entry.sentAt;
        if (stayedMs - toldMs <= Math.max(slack, toldMs) || stayedMs <= 2 * rhythm.of(refusal)) continue;
        incidents.push({ call, with: [refusal], stayedMs, toldMs });
      }
    }
    return perCaller(
      incidents,
      ({ call, stayedMs, toldMs }, all) =>
        `told to wait ${time(toldMs)}, it stayed away for ${time(stayedMs)}, ${on(call)}${times(all)}`,
      ({ stayedMs, toldMs }) => stayedMs - toldMs,
    );
  },
});

/** How long after the last request like it a request came: who asks once in a quarter of an hour comes back in a quarter of an hour, and has waited for nothing. */
function createRhythm() {
  const last = new Map<string, number>();
  const gaps = new Map<Call, number>();
  return {
    add(call: Call): void {
      const { at } = call.entry;
      gaps.set(call, call.repeats ? (gaps.get(call.repeats) ?? 0) : at - (last.get(call.same) ?? at));
      last.set(call.same, at);
    },
    of: (call: Call): number => gaps.get(call) ?? 0,
  };
}

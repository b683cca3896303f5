/**
 * The caller stayed away long after the limit would have admitted it again, and lost throughput.
 * @module
 */
import { answeredAt, type Call, placeOf, refusing, reportedUntil, reportedWait, takenFrom } from '../../calls/call.js';
import { defineCheck, type Incident } from '../../check.js';
import { time } from '../../words.js';

interface Options {
  readonly slack: number;
}

export const waitedTooLong = defineCheck<Options>({
  title: 'Stayed away longer than it had to',
  severity: 'warn',
  options: (z, duration) =>
    z.strictObject({
      slack: duration
        .prefault('5s')
        .describe(
          'Time beyond the requested wait up to which nothing is found; waiting twice as long as requested is not a finding either',
        ),
    }),
  find({ timeline }, { slack }) {
    /** The newest refusal that a program has not come back from, by bucket and caller. */
    const waiting = new Map<string, Call>();
    /** When the program came back after a refusal: with the call that was refused, or with another. */
    const back = new Map<Call, number>();
    const rhythm = createRhythm();
    const incidents: Incident[] = [];
    let judged = 0;
    for (const { call, answered } of timeline) {
      if (answered) {
        const refused = refusing(call);
        if (refused && reportedUntil(call) !== undefined) waiting.set(placeOf(call, refused.bucket), call);
        continue;
      }
      rhythm.add(call);
      for (const { bucket } of takenFrom(call)) {
        const place = placeOf(call, bucket);
        const refusal = waiting.get(place);
        if (refusal) back.set(refusal, call.entry.at);
        waiting.delete(place);
      }
      // A refused call that is never repeated was dropped, so nobody waited for it. Otherwise the whole silence counts, whichever call ended it.
      const refusal = call.repeats;
      const cameBackAt = refusal && back.get(refusal);
      if (!refusal || !refusing(refusal) || cameBackAt === undefined) continue;
      judged += 1;
      const reportedMs = reportedWait(refusal);
      const stayedMs = cameBackAt - answeredAt(refusal);
      if (stayedMs - reportedMs <= Math.max(slack, reportedMs) || stayedMs <= 2 * rhythm.of(refusal)) continue;
      const says = `told to wait ${time(reportedMs)}, it stayed away for ${time(stayedMs)}`;
      incidents.push({ call, with: [refusal], knew: refusal, says, weight: stayedMs - reportedMs });
    }
    return { judged, incidents };
  },
});

/** Milliseconds from the last equal request to this one: a program that asks once in a quarter of an hour comes back after a quarter of an hour without having waited. */
export function createRhythm() {
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

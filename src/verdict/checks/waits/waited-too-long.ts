/**
 * A caller stayed away long after the limit would have admitted it again, and lost throughput.
 * @module
 */
import {
  answeredAt,
  bucketKey,
  type Call,
  chargedDecisions,
  refusing,
  reportedUntil,
  reportedWait,
} from '../../calls/call.js';
import { defineCheck, type Incident } from '../../check.js';
import { formatTime } from '../../words.js';

interface Options {
  readonly slack: number;
}

/** The check `waited-too-long`. */
export const waitedTooLong = defineCheck<Options>({
  title: 'Waited longer than it had to',
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
    /** The newest refusal after which a program has not come back, by bucket and sender. */
    const pendingRefusals = new Map<string, Call>();
    /** When the program came back after a refusal, with the refused call or with another one. */
    const returnedAt = new Map<Call, number>();
    const rhythm = createRhythm();
    const incidents: Incident[] = [];
    let judged = 0;
    for (const { call, answered } of timeline) {
      if (answered) {
        const refused = refusing(call);
        if (refused && reportedUntil(call) !== undefined) pendingRefusals.set(bucketKey(call, refused.bucket), call);
        continue;
      }
      rhythm.add(call);
      for (const { bucket } of chargedDecisions(call)) {
        const key = bucketKey(call, bucket);
        const refusal = pendingRefusals.get(key);
        if (refusal) returnedAt.set(refusal, call.entry.at);
        pendingRefusals.delete(key);
      }
      // A refused call that is never retried was dropped, so no client waited for it. Otherwise the whole absence counts, whichever call ended it.
      const refusal = call.repeats;
      const retriedAt = refusal && returnedAt.get(refusal);
      if (!refusal || !refusing(refusal) || retriedAt === undefined) continue;
      judged += 1;
      const reportedMs = reportedWait(refusal);
      const absenceMs = retriedAt - answeredAt(refusal);
      if (absenceMs - reportedMs <= Math.max(slack, reportedMs) || absenceMs <= 2 * rhythm.of(refusal)) continue;
      const says = `told to wait ${formatTime(reportedMs)}, it stayed away for ${formatTime(absenceMs)}`;
      incidents.push({ call, relatedCalls: [refusal], knownAnswer: refusal, says, weight: absenceMs - reportedMs });
    }
    return { judged, incidents };
  },
});

/**
 * Tracks the interval between equal requests, in milliseconds. A program that sends a request every quarter of an hour comes back after a quarter of an hour
 * without having waited.
 */
export function createRhythm() {
  const last = new Map<string, number>();
  const gaps = new Map<Call, number>();
  return {
    add(call: Call): void {
      const { at } = call.entry;
      gaps.set(call, call.repeats ? (gaps.get(call.repeats) ?? 0) : at - (last.get(call.requestKey) ?? at));
      last.set(call.requestKey, at);
    },
    of: (call: Call): number => gaps.get(call) ?? 0,
  };
}

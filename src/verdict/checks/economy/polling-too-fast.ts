/**
 * A client polled a job more often than the provider asks.
 *
 * Polls are grouped by the resource that they name, whatever their path. Intervals are measured from arrival to arrival, so a client that polls again before
 * the previous poll was answered is measured in the same way.
 * @module
 */
import { type Call, sinceArrival } from '../../calls/call.js';
import { keepsInterval } from '../../calls/pace.js';
import { defineCheck, type Incident } from '../../check.js';
import { groupBy } from '../../group.js';
import { formatTime, pathOf } from '../../words.js';

interface Options {
  readonly operations: readonly string[];
  readonly every: number;
}

/** The check `polling-too-fast`. */
export const pollingTooFast = defineCheck<Options>({
  title: 'Polled too fast',
  severity: 'error',
  options: (z, duration) =>
    z.strictObject({
      operations: z.array(z.string()).min(1).describe('operationIds that clients poll'),
      every: duration.describe('Least time between two polls of the same item'),
    }),
  references: ({ operations }) => ({ operations }),
  find({ calls }, { operations, every }) {
    // A poll that is retried ends with its last try.
    const polls = calls.filter(({ entry, repeatedBy }) => operations.includes(entry.operation ?? '') && !repeatedBy);
    const incidents: Incident[] = [];
    let judged = 0;
    for (const all of groupBy(polls, (call) => `${jobOf(call)} ${call.program} ${call.caller}`).values()) {
      for (const [i, call] of all.entries()) {
        const before = all[i - 1];
        // A call after a refused or failed poll is a retry. Other checks judge its timing.
        if (!before || call.repeats) continue;
        const gap = sinceArrival(call, before);
        if (gap < 0) continue;
        judged += 1;
        if (keepsInterval(all, i, every)) continue;
        const says = `polled ${pathOf(call.entry.path)} ${formatTime(gap)} after the last time, where ${formatTime(every)} is the least`;
        incidents.push({ call, relatedCalls: [before], knownAnswer: before, says, weight: -gap });
      }
    }
    return { judged, incidents };
  },
});

/** The resource that a poll names, or its path. */
function jobOf({ resource, entry }: Call): string {
  return resource === '' ? pathOf(entry.path) : resource;
}

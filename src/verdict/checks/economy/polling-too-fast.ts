/**
 * A client polled a job more often than the provider asks.
 *
 * Polls are compared by the resource that they name, whatever their path, and from arrival to arrival: a client that polls again before the last poll was answered
 * polls just as fast.
 * @module
 */
import type { Call } from '../../calls/call.js';
import { defineCheck, type Incident } from '../../check.js';
import { groupBy } from '../../group.js';
import { pathOf, time } from '../../words.js';

interface Options {
  readonly operations: readonly string[];
  readonly every: number;
}

/** A timer may fire a little early: a poll that comes early by no more is on time. */
const TOLERANCE = 0.05;

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
    const polls = calls.filter(({ entry }) => operations.includes(entry.operation ?? ''));
    const incidents: Incident[] = [];
    let judged = 0;
    for (const all of groupBy(polls, (call) => `${what(call)} ${call.program} ${call.caller}`).values()) {
      for (const [i, call] of all.entries()) {
        const before = all[i - 1];
        // After a poll that was refused or failed comes a retry; other checks judge how soon.
        if (!before || call.repeats) continue;
        const gap = call.entry.at - before.entry.at;
        if (gap < 0) continue;
        judged += 1;
        if (gap >= every * (1 - TOLERANCE)) continue;
        const says = `polled ${pathOf(call.entry.path)} ${time(gap)} after the last time, where ${time(every)} is the least`;
        incidents.push({ call, with: [before], knew: before, says, weight: -gap });
      }
    }
    return { judged, incidents };
  },
});

function what({ resource, entry }: Call): string {
  return resource === '' ? pathOf(entry.path) : resource;
}

/**
 * Something that takes time was asked about more often than the provider wants.
 * @module
 */
import { knows, waited } from '../call.js';
import { defineCheck, type Incident, perCaller } from '../check.js';
import { groupBy } from '../group.js';
import { on, pathOf, time, times } from '../words.js';

interface Options {
  readonly operations: readonly string[];
  readonly every: number;
}

interface Fast extends Incident {
  readonly gap: number;
}

/** A poll that comes a little early by the machine's timers is on time. */
const TOLERANCE = 0.05;

export const pollingTooFast = defineCheck<Options>({
  title: 'Polled too fast',
  severity: 'error',
  options: (z, duration) =>
    z.strictObject({
      operations: z.array(z.string()).min(1).describe('Those that read what takes time'),
      every: duration.describe('The least time from poll to poll of the same'),
    }),
  references: ({ operations }) => ({ operations }),
  find({ calls }, { operations, every }) {
    const polls = calls.filter(({ entry }) => operations.includes(entry.operation ?? ''));
    const incidents: Fast[] = [];
    for (const all of groupBy(polls, ({ caller, entry }) => `${pathOf(entry.path)} ${caller}`).values()) {
      for (const [i, call] of all.entries()) {
        const before = all[i - 1];
        if (!before || !knows(call, before)) continue;
        const gap = call.entry.at - before.entry.at;
        if (gap >= 0 && waited(call, before) >= 0 && gap < every * (1 - TOLERANCE))
          incidents.push({ call, with: [before], gap });
      }
    }
    return perCaller(
      incidents,
      ({ call, gap }, all) =>
        `polled ${pathOf(call.entry.path)} ${time(gap)} after the last time, where ${time(every)} is the least, ${on(call)}${times(all)}`,
      ({ gap }) => -gap,
    );
  },
});

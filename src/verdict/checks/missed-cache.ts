/**
 * The same was asked again while the former answer was still good.
 * @module
 */
import type { Call } from '../call.js';
import { defineCheck, type Incident, perCaller } from '../check.js';
import { on, time, times, what } from '../words.js';

interface Options {
  readonly operations?: readonly string[] | undefined;
  readonly within?: number | undefined;
}

interface Missed extends Incident {
  readonly age: number;
}

const WRITES: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

export const missedCache = defineCheck<Options>({
  title: 'Asked again for what it could have kept',
  severity: 'warn',
  options: (z, duration) =>
    z.strictObject({
      operations: z.array(z.string()).optional().describe('Those that are meant; every GET when left out'),
      within: duration
        .optional()
        .describe("How long an answer is good; as long as the provider's own cache says HIT when left out"),
    }),
  references: ({ operations = [] }) => ({ operations }),
  needs: ({ within }) => (within === undefined ? 'cache' : undefined),
  find({ timeline }, { operations, within }) {
    /** The answers that a caller could have kept, by caller and request: of each the one that is still good, or the newest. */
    const kept = new Map<string, Map<string, Call>>();
    const incidents: Missed[] = [];
    const missed = new Set<Call>();
    for (const { call, answered } of timeline) {
      const { method, operation, cache, conditional, at } = call.entry;
      // What has been changed must be read again, be the change under way or in doubt.
      if (WRITES.has(method) && (call.outcome === 'succeeded' || call.outcome === 'failed')) kept.delete(call.caller);
      if (method !== 'GET' || call.outcome !== 'succeeded') continue;
      if (operations && !operations.includes(operation ?? '')) continue;
      const own = kept.get(call.caller) ?? new Map<string, Call>();
      kept.set(call.caller, own);
      if (answered) {
        if (!missed.has(call)) own.set(call.same, call);
        continue;
      }
      const given = own.get(call.same);
      // Whoever asks what has changed since keeps what it had.
      if (!given || conditional) continue;
      const age = at - given.entry.sentAt;
      if (age < 0 || !(within === undefined ? cache === 'HIT' : age < within)) continue;
      missed.add(call);
      incidents.push({ call, with: [given], age });
    }
    return perCaller(
      incidents,
      ({ call, age }, all) =>
        `asked for ${what(call)} again ${time(age)} after the same answer, ${on(call)}${times(all)}`,
      ({ age }) => -age,
    );
  },
});

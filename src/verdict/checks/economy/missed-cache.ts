/**
 * A client asked the same again while the former answer was still fresh.
 * @module
 */
import type { Call } from '../../calls/call.js';
import { defineCheck, type Incident } from '../../check.js';
import { knows } from '../../knowledge/knowledge.js';
import { time, what } from '../../words.js';

interface Options {
  readonly operations?: readonly string[] | undefined;
  readonly within?: number | undefined;
}

const WRITES: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

export const missedCache = defineCheck<Options>({
  title: 'Asked again for what it could have kept',
  severity: 'warn',
  options: (z, duration) =>
    z.strictObject({
      operations: z.array(z.string()).optional().describe('operationIds to which it applies; every GET when left out'),
      within: duration
        .optional()
        .describe(
          "How long a client should keep an answer; when left out, as long as the provider's own cache says HIT",
        ),
    }),
  references: ({ operations = [] }) => ({ operations }),
  needs: ({ within }) => (within === undefined ? 'cache' : undefined),
  find({ timeline }, { operations, within }) {
    /** The answers that a caller could have kept, by caller and request: of each the one that is still good, or the newest. */
    const kept = new Map<string, Map<string, Call>>();
    const incidents: Incident[] = [];
    const missed = new Set<Call>();
    /** The newest answer to each program. */
    const last = new Map<string, Call>();
    let judged = 0;
    for (const { call, answered } of timeline) {
      const { method, operation, cache, conditional, at } = call.entry;
      const before = last.get(call.program);
      if (answered) last.set(call.program, call);
      // After a change a client must read again, even where the change is still under way or may have failed.
      const owner = `${call.program} ${call.caller}`;
      if (WRITES.has(method) && (call.outcome === 'succeeded' || call.outcome === 'failed')) kept.delete(owner);
      // A redirection is not content that could be kept, and a client that follows one has no choice.
      if (method !== 'GET' || call.outcome !== 'succeeded' || isRedirection(call)) continue;
      if (!answered && before && isRedirection(before)) continue;
      if (operations && !operations.includes(operation ?? '')) continue;
      const own = kept.get(owner) ?? new Map<string, Call>();
      kept.set(owner, own);
      if (answered) {
        if (!missed.has(call)) own.set(call.same, call);
        continue;
      }
      const given = own.get(call.same);
      // A conditional request shows that the client has kept the former answer.
      if (!given || conditional || !knows(call, given)) continue;
      judged += 1;
      const age = at - given.entry.sentAt;
      if (age < 0 || !(within === undefined ? cache === 'HIT' : age < within)) continue;
      missed.add(call);
      const says = `asked for ${what(call)} again ${time(age)} after the same answer`;
      incidents.push({ call, with: [given], knew: given, says, weight: -age });
    }
    return { judged, incidents };
  },
});

/** 304 is not one: it says that what the client has is still fresh. */
function isRedirection({ entry: { status } }: Call): boolean {
  return status >= 300 && status < 400 && status !== 304;
}

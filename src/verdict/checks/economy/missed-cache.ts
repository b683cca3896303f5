/**
 * A client sent a request again while the previous response was still fresh.
 * @module
 */
import type { Call } from '../../calls/call.js';
import { WRITES } from '../../calls/delivered.js';
import { defineCheck, type Incident } from '../../check.js';
import { knows } from '../../knowledge/knowledge.js';
import { formatTime, requestLine } from '../../words.js';

interface Options {
  readonly operations?: readonly string[] | undefined;
  readonly within?: number | undefined;
}

/** The check `missed-cache`. */
export const missedCache = defineCheck<Options>({
  title: 'Requested again what it could have cached',
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
    /** The responses that a client could have cached, by sender and request: the one that is still fresh, otherwise the newest. */
    const cached = new Map<string, Map<string, Call>>();
    const incidents: Incident[] = [];
    const missed = new Set<Call>();
    /** The newest response to each program. */
    const last = new Map<string, Call>();
    let judged = 0;
    for (const { call, answered } of timeline) {
      const { method, operation, cache, conditional, at } = call.entry;
      const before = last.get(call.program);
      if (answered) last.set(call.program, call);
      // After a write, a client must read again, even if the write is still in progress or may have failed.
      const owner = `${call.program} ${call.caller}`;
      if (WRITES.has(method) && (call.outcome === 'succeeded' || call.outcome === 'failed')) cached.delete(owner);
      // A redirect is not cacheable content, and a client that follows one has no choice.
      if (method !== 'GET' || call.outcome !== 'succeeded' || isRedirection(call)) continue;
      if (!answered && before && isRedirection(before)) continue;
      if (operations && !operations.includes(operation ?? '')) continue;
      const own = cached.get(owner) ?? new Map<string, Call>();
      cached.set(owner, own);
      if (answered) {
        if (!missed.has(call)) own.set(call.requestKey, call);
        continue;
      }
      const cachedCall = own.get(call.requestKey);
      // A conditional request shows that the client has cached the previous response.
      if (!cachedCall || conditional || !knows(call, cachedCall)) continue;
      judged += 1;
      const age = at - cachedCall.entry.sentAt;
      if (age < 0 || !(within === undefined ? cache === 'HIT' : age < within)) continue;
      missed.add(call);
      const says = `asked for ${requestLine(call)} again ${formatTime(age)} after it received the answer`;
      incidents.push({ call, relatedCalls: [cachedCall], knownAnswer: cachedCall, says, weight: -age });
    }
    return { judged, incidents };
  },
});

/** Whether the response is a redirect. A 304 is not: it says that the client's copy is still fresh. */
function isRedirection({ entry: { status } }: Call): boolean {
  return status >= 300 && status < 400 && status !== 304;
}

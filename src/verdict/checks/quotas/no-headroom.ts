/**
 * A caller had so many requests in flight at once that it left no headroom below a concurrency limit.
 * @module
 */
import { bucketKey, type Call } from '../../calls/call.js';
import type { View } from '../../calls/view.js';
import { defineCheck, type Incident } from '../../check.js';
import { count } from '../../words.js';

interface Options {
  readonly policy: string;
  readonly most: number;
}

/** The check `no-headroom`. */
export const noHeadroom = defineCheck<Options>({
  title: 'Left no headroom below a limit on concurrent requests',
  severity: 'warn',
  options: (z) =>
    z.strictObject({
      policy: z.string().describe('The policy that limits what is in flight'),
      most: z.int().positive().describe('Number of requests at once that still leaves headroom'),
    }),
  references: ({ policy }) => ({ policies: [policy] }),
  find(view, { policy, most }) {
    const shared = sharedBuckets(view, policy);
    /** The number of requests that each caller has in flight, by bucket. */
    const own = new Map<string, number>();
    const incidents: Incident[] = [];
    let judged = 0;
    for (const { call, answered } of view.timeline) {
      const decision = decisionOf(call, policy);
      if (!decision) continue;
      const key = bucketKey(call, decision.bucket);
      const inFlight = (own.get(key) ?? 0) + (answered ? -1 : 1);
      own.set(key, inFlight);
      if (answered) continue;
      judged += 1;
      const all = decision.used + (decision.allowed ? 0 : decision.cost);
      // Requests that other callers have in flight in the same bucket do not count against this caller.
      const used = shared.has(decision.bucket) ? Math.min(all, inFlight) : all;
      const says = `had ${count(used, 'request')} in flight at once, where at most ${most} of ${decision.limit} leave headroom`;
      if (used > most) incidents.push({ call, says, weight: used });
    }
    return { judged, incidents };
  },
});

function decisionOf(call: Call, policy: string) {
  return call.entry.decisions.find((decision) => decision.policy === policy);
}

/** The buckets of the policy that several senders use. */
function sharedBuckets({ calls }: View, policy: string): ReadonlySet<string> {
  /** The first sender (program and credential) of each bucket. */
  const first = new Map<string, string>();
  const shared = new Set<string>();
  for (const call of calls) {
    const bucket = decisionOf(call, policy)?.bucket;
    if (bucket === undefined) continue;
    const user = `${call.program} ${call.caller}`;
    if (!first.has(bucket)) first.set(bucket, user);
    else if (first.get(bucket) !== user) shared.add(bucket);
  }
  return shared;
}

/**
 * More was in flight at once than leaves headroom below a limit on concurrency.
 * @module
 */
import { type Call, standing } from '../call.js';
import { defineCheck, type Incident, perCaller } from '../check.js';
import type { View } from '../view.js';
import { count, on, times } from '../words.js';

interface Options {
  readonly policy: string;
  readonly most: number;
}

interface Crowded extends Incident {
  readonly used: number;
  readonly limit: number;
}

export const noHeadroom = defineCheck<Options>({
  title: 'Left no headroom',
  severity: 'warn',
  options: (z) =>
    z.strictObject({
      policy: z.string().describe('The policy that limits what is in flight'),
      most: z.int().positive().describe('So many at once leave headroom'),
    }),
  references: ({ policy }) => ({ policies: [policy] }),
  find(view, { policy, most }) {
    const shared = sharedBuckets(view, policy);
    /** What each caller had in flight of its own, by bucket. */
    const own = new Map<string, number>();
    const incidents: Crowded[] = [];
    for (const { call, answered } of view.timeline) {
      const decision = decisionOf(call, policy);
      if (!decision) continue;
      const place = standing(call, decision.bucket);
      const inFlight = (own.get(place) ?? 0) + (answered ? -1 : 1);
      own.set(place, inFlight);
      if (answered) continue;
      const all = decision.used + (decision.allowed ? 0 : decision.cost);
      // What others have in flight at the same bucket is not this caller's fault.
      const used = shared.has(decision.bucket) ? Math.min(all, inFlight) : all;
      if (used > most) incidents.push({ call, used, limit: decision.limit });
    }
    return perCaller(
      incidents,
      ({ call, used, limit }, all) =>
        `had ${count(used, 'request')} in flight at once, where at most ${most} of ${limit} leave headroom, ${on(call)}${times(all)}`,
      ({ used }) => used,
    );
  },
});

function decisionOf(call: Call, policy: string) {
  return call.entry.decisions.find((one) => one.policy === policy);
}

function sharedBuckets({ calls }: View, policy: string): ReadonlySet<string> {
  const first = new Map<string, string>();
  const shared = new Set<string>();
  for (const call of calls) {
    const bucket = decisionOf(call, policy)?.bucket;
    if (bucket === undefined) continue;
    if (!first.has(bucket)) first.set(bucket, call.caller);
    else if (first.get(bucket) !== call.caller) shared.add(bucket);
  }
  return shared;
}

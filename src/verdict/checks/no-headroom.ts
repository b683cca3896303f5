/**
 * More was in flight at once than leaves headroom below a limit on concurrency.
 * @module
 */
import { defineCheck, type Incident, perCaller } from '../check.js';
import { times } from '../words.js';

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
  find({ calls }, { policy, most }) {
    const incidents = calls.flatMap((call): Crowded[] => {
      const decision = call.entry.decisions.find((one) => one.policy === policy);
      if (!decision) return [];
      const used = decision.used + (decision.allowed ? 0 : decision.cost);
      return used > most ? [{ call, used, limit: decision.limit }] : [];
    });
    return perCaller(
      incidents,
      ({ call, used, limit }, all) =>
        `had ${used} requests in flight of ${limit}, with ${most} as the most that leaves headroom, on ${call.who}${times(all)}`,
      ({ used }) => used,
    );
  },
});

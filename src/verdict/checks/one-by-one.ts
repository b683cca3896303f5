/**
 * Many things were made one by one where one call takes several.
 * @module
 */
import { defineCheck, type Incident, perCaller } from '../check.js';
import { groupBy } from '../group.js';
import { count } from '../words.js';

interface Options {
  readonly operations: readonly string[];
  readonly bulk: string;
  readonly most: number;
  readonly atLeast: number;
}

interface Singles extends Incident {
  readonly singles: number;
}

export const oneByOne = defineCheck<Options>({
  title: 'Made many things one by one',
  severity: 'warn',
  options: (z) =>
    z.strictObject({
      operations: z
        .array(z.string())
        .min(1)
        .describe('Those that make one; a call whose body lists several is none of them'),
      bulk: z.string().describe('The operation that makes several'),
      most: z.int().min(2).describe('How many that takes'),
      atLeast: z.int().min(2).default(5).describe('So many one by one are many'),
    }),
  references: ({ operations, bulk }) => ({ operations: [...operations, bulk] }),
  find({ calls }, { operations, bulk, most, atLeast }) {
    const singles = calls.filter(
      ({ entry, outcome }) =>
        outcome === 'succeeded' && operations.includes(entry.operation ?? '') && (entry.items ?? 1) <= 1,
    );
    const incidents = [...groupBy(singles, ({ caller }) => caller).values()]
      .filter((all) => all.length >= atLeast)
      .map((all): Singles => ({ call: all.at(-1)!, with: all, singles: all.length }));
    return perCaller(incidents, ({ call, singles: made }) => {
      const calls = Math.ceil(made / most);
      return `made ${made} calls of one each where ${count(calls, 'call')} of ${bulk} would have done, on ${call.who}`;
    });
  },
});

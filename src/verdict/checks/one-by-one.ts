/**
 * Many things were made one by one, within a short time, where one call takes several.
 * @module
 */
import type { Call } from '../call.js';
import { defineCheck, type Incident, perCaller } from '../check.js';
import { groupBy } from '../group.js';
import { count, on } from '../words.js';

interface Options {
  readonly operations: readonly string[];
  readonly bulk: string;
  readonly most: number;
  readonly atLeast: number;
  readonly within: number;
}

interface Singles extends Incident {
  readonly made: number;
}

export const oneByOne = defineCheck<Options>({
  title: 'Made many things one by one',
  severity: 'warn',
  options: (z, duration) =>
    z.strictObject({
      operations: z
        .array(z.string())
        .min(1)
        .describe('Those that make one; of the bulk operation itself, a call that lists no more than one'),
      bulk: z.string().describe('The operation that makes several'),
      most: z.int().min(2).describe('How many that takes'),
      atLeast: z.int().min(2).default(5).describe('So many one by one are many'),
      within: duration.prefault('1m').describe('What comes further apart could not have waited for each other'),
    }),
  references: ({ operations, bulk }) => ({ operations: [...operations, bulk] }),
  find({ calls }, { operations, bulk, most, atLeast, within }) {
    const singles = calls.filter(
      ({ entry: { operation, items }, outcome }) =>
        outcome === 'succeeded' &&
        operations.includes(operation ?? '') &&
        (operation !== bulk || items === undefined || items <= 1),
    );
    const incidents = [...groupBy(singles, ({ caller }) => caller).values()].flatMap((all): Singles[] => {
      const close = crowded(all, atLeast, within);
      return close.length === 0 ? [] : [{ call: close.at(-1)!, with: close, made: close.length }];
    });
    return perCaller(
      incidents,
      ({ call, made }) =>
        `made ${made} things with a call each, where ${count(Math.ceil(made / most), 'call')} of ${bulk} would have done, ${on(call)}`,
    );
  },
});

/** Those that are among so many within so long. */
function crowded(calls: readonly Call[], atLeast: number, within: number): readonly Call[] {
  const inOrder = [...calls].sort((a, b) => a.entry.at - b.entry.at);
  const close = new Set<Call>();
  let next = 0;
  for (let end = atLeast - 1; end < inOrder.length; end++) {
    const start = end + 1 - atLeast;
    if (inOrder[end]!.entry.at - inOrder[start]!.entry.at > within) continue;
    for (next = Math.max(next, start); next <= end; next++) close.add(inOrder[next]!);
  }
  return [...close];
}

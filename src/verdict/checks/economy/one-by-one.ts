/**
 * A client created many items one at a time within a short time, although a bulk operation exists.
 * @module
 */
import { answeredAt, type Call } from '../../calls/call.js';
import { defineCheck, type Incident } from '../../check.js';
import { groupBy } from '../../group.js';
import { count } from '../../words.js';

interface Options {
  readonly operations: readonly string[];
  readonly bulk: string;
  readonly most: number;
  readonly atLeast: number;
  readonly within: number;
}

/** A program that works through a list sends the next item soon after the last response. After a longer pause, the item has another origin. Milliseconds. */
const NEXT_ITEM_MS = 5_000;

/** The check `one-by-one`. */
export const oneByOne = defineCheck<Options>({
  title: 'Created many items one at a time',
  severity: 'warn',
  options: (z, duration) =>
    z.strictObject({
      operations: z
        .array(z.string())
        .min(1)
        .describe('operationIds that create one item; also a call of the bulk operation with one item counts'),
      bulk: z.string().describe('operationId that creates several items'),
      most: z.int().min(2).describe('How many items that operation takes'),
      atLeast: z.int().min(2).default(5).describe('Number of single creations that is a finding'),
      within: duration.prefault('1m').describe('Longest time between creations that could have gone together'),
    }),
  references: ({ operations, bulk }) => ({ operations: [...operations, bulk] }),
  suffix: () => '',
  find({ calls }, { operations, bulk, most, atLeast, within }) {
    const singles = calls.filter(
      ({ entry: { operation, items }, outcome }) =>
        outcome === 'succeeded' &&
        operations.includes(operation ?? '') &&
        (operation !== bulk || items === undefined || items <= 1),
    );
    const bySender = groupBy(singles, ({ program, caller }) => `${program} ${caller}`);
    const incidents = [...bySender.values()].flatMap((all): Incident[] => {
      const grouped = series(all).flatMap((run) => inDenseGroups(run, atLeast, within));
      if (grouped.length === 0) return [];
      const calls = count(Math.ceil(grouped.length / most), 'call');
      const says = `created ${grouped.length} items with a call each, where ${calls} of ${bulk} would have been enough`;
      return [{ call: grouped.at(-1)!, relatedCalls: grouped, says, weight: grouped.length }];
    });
    return { judged: singles.length, incidents };
  },
});

/** Splits the calls wherever one did not follow soon after the previous one. */
function series(calls: readonly Call[]): readonly (readonly Call[])[] {
  const all: Call[][] = [];
  let last: Call | undefined;
  for (const call of calls) {
    if (!last || call.entry.at - answeredAt(last) > NEXT_ITEM_MS) all.push([]);
    all.at(-1)!.push(call);
    last = call;
  }
  return all;
}

/** The calls that belong to a group of at least `atLeast` calls within `within` milliseconds. */
function inDenseGroups(calls: readonly Call[], atLeast: number, within: number): readonly Call[] {
  const inOrder = [...calls].sort((a, b) => a.entry.at - b.entry.at);
  const grouped = new Set<Call>();
  let next = 0;
  for (let end = atLeast - 1; end < inOrder.length; end++) {
    const start = end + 1 - atLeast;
    if (inOrder[end]!.entry.at - inOrder[start]!.entry.at > within) continue;
    for (next = Math.max(next, start); next <= end; next++) grouped.add(inOrder[next]!);
  }
  return [...grouped];
}

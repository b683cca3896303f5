/**
 * A client read a list in pages smaller than the provider allows.
 * @module
 */
import type { Call } from '../../calls/call.js';
import { defineCheck, type Incident } from '../../check.js';
import { groupBy } from '../../group.js';
import { count, pathOf } from '../../words.js';

interface Options {
  readonly operations: readonly string[];
  readonly size: string;
  readonly page: string;
  readonly usual: number;
  readonly most: number;
}

/** The check `small-pages`. */
export const smallPages = defineCheck<Options>({
  title: 'Read a list in small pages',
  severity: 'warn',
  options: (z) =>
    z.strictObject({
      operations: z.array(z.string()).min(1).describe('operationIds of lists'),
      size: z.string().describe('Query parameter of the page size'),
      page: z.string().describe('Query parameter of the page or cursor'),
      usual: z.int().positive().describe('Page size when none is asked for'),
      most: z.int().positive().describe('Largest page size'),
    }),
  references: ({ operations }) => ({ operations }),
  suffix: (all) => `, and ${count(all - 1, 'other list')} likewise`,
  find({ calls }, options) {
    const { operations, size: sizeName, page: pageName, usual, most } = options;
    const reads = calls.filter(
      ({ entry, outcome }) => outcome === 'succeeded' && operations.includes(entry.operation ?? ''),
    );
    const lists = groupBy(reads, (call) => `${call.program} ${call.caller} ${withoutPage(call, pageName)}`);
    const incidents = [...lists.values()].flatMap((all): Incident[] => {
      const size = Number(query(all[0]!).get(sizeName) ?? usual);
      // A request for the first page may omit the page parameter.
      const pages = new Set(all.map((call) => query(call).get(pageName) ?? '1'));
      const call = all.at(-1)!;
      const says = `read ${pathOf(call.entry.path)} in ${count(pages.size, 'page')} of ${size}, where ${most} fit on one`;
      return pages.size > 1 && size < most ? [{ call, relatedCalls: all, says, weight: pages.size }] : [];
    });
    return { judged: reads.length, incidents };
  },
});

function query({ entry }: Call): URLSearchParams {
  return new URLSearchParams(entry.path.split('?')[1] ?? '');
}

/** Identity of the list: path and query without the page parameter. */
function withoutPage(call: Call, page: string): string {
  const rest = query(call);
  rest.delete(page);
  rest.sort();
  return `${pathOf(call.entry.path)}?${rest}`;
}

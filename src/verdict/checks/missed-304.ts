/**
 * Something was read again in full although its entity tag was known.
 * @module
 */
import type { Call } from '../call.js';
import { defineCheck, type Incident, perCaller } from '../check.js';
import { on, times, what } from '../words.js';

interface Options {
  readonly operations?: readonly string[] | undefined;
}

export const missed304 = defineCheck<Options>({
  title: 'Read again what it had',
  severity: 'warn',
  options: (z) =>
    z.strictObject({
      operations: z.array(z.string()).optional().describe('Those that are meant; every GET when left out'),
    }),
  references: ({ operations = [] }) => ({ operations }),
  needs: () => 'etag',
  find({ timeline }, { operations }) {
    /** The newest answer with an entity tag to each request. */
    const tagged = new Map<string, Call>();
    const incidents: Incident[] = [];
    for (const { call, answered } of timeline) {
      const { method, operation, conditional, etag, status } = call.entry;
      if (method !== 'GET' || (operations && !operations.includes(operation ?? ''))) continue;
      const given = tagged.get(call.same);
      if (answered) {
        if (etag !== undefined && status < 400) tagged.set(call.same, call);
      } else if (given && !conditional && call.outcome === 'succeeded') incidents.push({ call, with: [given] });
    }
    return perCaller(
      incidents,
      ({ call }, all) =>
        `read ${what(call)} again without If-None-Match although it had the entity tag, ${on(call)}${times(all)}`,
    );
  },
});

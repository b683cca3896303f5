/**
 * Something was read again in full although its entity tag was known.
 * @module
 */
import { defineCheck, type Incident, perCaller } from '../check.js';
import { listIn } from '../group.js';
import { type Call, known } from '../view.js';
import { count } from '../words.js';

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
  find({ calls }, { operations }) {
    /** Answers with an entity tag, by caller and path. */
    const tagged = new Map<string, Call[]>();
    const incidents: Incident[] = [];
    for (const call of calls) {
      const { method, operation, conditional, etag, status } = call.entry;
      if (method !== 'GET' || (operations && !operations.includes(operation ?? ''))) continue;
      const answers = listIn(tagged, call.same);
      const [given] = known(call, answers);
      if (given && !conditional && call.outcome === 'succeeded') incidents.push({ call, with: [given] });
      if (etag !== undefined && status < 400) answers.push(call);
    }
    return perCaller(incidents, ({ call }, all) => {
      const path = call.entry.path.split('?')[0];
      return `read ${path} again without If-None-Match although it had an entity tag, on ${call.who}, ${count(all.length, 'time')}`;
    });
  },
});

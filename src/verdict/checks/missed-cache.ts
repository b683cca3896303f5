/**
 * The same was asked again while the former answer was still good.
 * @module
 */
import { defineCheck, type Incident, perCaller } from '../check.js';
import { type Call, known } from '../view.js';
import { count, time } from '../words.js';

interface Options {
  readonly operations?: readonly string[] | undefined;
  readonly within?: number | undefined;
}

interface Missed extends Incident {
  readonly age: number;
}

export const missedCache = defineCheck<Options>({
  title: 'Asked again for what it could have kept',
  severity: 'warn',
  options: (z, duration) =>
    z.strictObject({
      operations: z.array(z.string()).optional().describe('Those that are meant; every GET when left out'),
      within: duration
        .optional()
        .describe("How long an answer is good; as long as the provider's own cache says HIT when left out"),
    }),
  references: ({ operations = [] }) => ({ operations }),
  find({ calls }, { operations, within }) {
    const kept = new Map<string, Call[]>();
    const incidents: Missed[] = [];
    for (const call of calls) {
      const { method, operation, cache, at } = call.entry;
      // What has been changed must be read again.
      if (method !== 'GET' && call.outcome === 'succeeded') forget(kept, call.caller);
      if (method !== 'GET' || call.outcome !== 'succeeded') continue;
      if (operations && !operations.includes(operation ?? '')) continue;
      const answers = kept.get(call.same) ?? [];
      const [given] = known(call, answers);
      const age = given ? at - given.entry.sentAt : Number.NaN;
      const good = within === undefined ? cache === 'HIT' : age >= 0 && age < within;
      if (given && good) incidents.push({ call, with: [given], age });
      else kept.set(call.same, [...answers, call]);
    }
    return perCaller(
      incidents,
      ({ call, age }, all) =>
        `asked for ${call.entry.path.split('?')[0]} again ${time(age)} after the same answer, on ${call.who}, ${count(all.length, 'time')}`,
      ({ age }) => -age,
    );
  },
});

function forget(kept: Map<string, Call[]>, caller: string): void {
  for (const [same, [first]] of kept) if (first?.caller === caller) kept.delete(same);
}

/**
 * A request that makes something was repeated after a failure, without the header by which the provider would have known that it is the same one. After a refusal
 * a repetition is safe: nothing was made.
 * @module
 */
import { defineCheck, type Incident, perCaller } from '../check.js';
import { times } from '../words.js';

interface Options {
  readonly operations?: readonly string[] | undefined;
}

interface Unsafe extends Incident {
  readonly why: string;
}

export const unsafeRetry = defineCheck<Options>({
  title: 'Repeated a creation without an idempotency key',
  severity: 'error',
  options: (z) =>
    z.strictObject({
      operations: z
        .array(z.string())
        .optional()
        .describe('Those that take an idempotency key; every POST when left out'),
    }),
  references: ({ operations = [] }) => ({ operations }),
  find({ calls }, { operations }) {
    const incidents = calls.flatMap((call): Unsafe[] => {
      const { entry, repeats } = call;
      const makes = operations ? operations.includes(entry.operation ?? '') : entry.method === 'POST';
      if (!makes || repeats?.outcome !== 'failed') return [];
      const key = repeats.entry.idempotencyKey;
      if (key !== undefined && key === entry.idempotencyKey) return [];
      const why = key === undefined ? 'without an idempotency key' : 'with another idempotency key';
      return [{ call, with: [repeats], why }];
    });
    return perCaller(incidents, ({ call, why }, all) => {
      const { method, path } = call.entry;
      const before = call.repeats!.entry.status;
      const failure = before === 0 ? 'no answer' : `a ${before}`;
      return `repeated ${method} ${path.split('?')[0]} after ${failure} ${why}, on ${call.who}${times(all)}`;
    });
  },
});

/**
 * A request that makes something was repeated after a failure, without the header by which the provider would have known that it is the same one. After a refusal
 * a repetition is safe: nothing was made.
 * @module
 */
import { defineCheck, type Incident, perCaller } from '../check.js';
import { on, times, what } from '../words.js';

interface Options {
  readonly operations?: readonly string[] | undefined;
}

interface Unsafe extends Incident {
  readonly failure: number;
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
  needs: () => 'idempotency',
  find({ calls }, { operations }) {
    const incidents = calls.flatMap((call): Unsafe[] => {
      const { entry, failedBefore } = call;
      const makes = operations ? operations.includes(entry.operation ?? '') : entry.method === 'POST';
      // What was refused in its turn has made nothing; what repeats that is looked at by itself.
      if (!makes || !failedBefore || call.outcome === 'refused') return [];
      const { idempotencyKey: first, status } = failedBefore.entry;
      const { idempotencyKey: second } = entry;
      if (first !== undefined && first === second) return [];
      const why =
        second === undefined
          ? 'without an idempotency key'
          : first === undefined
            ? 'with an idempotency key that the first try lacked'
            : 'with another idempotency key';
      return [{ call, with: [failedBefore], failure: status, why }];
    });
    return perCaller(incidents, ({ call, failure, why }, all) => {
      const after = failure === 0 ? 'no answer' : `a ${failure}`;
      return `repeated ${what(call)} after ${after} ${why}, ${on(call)}${times(all)}`;
    });
  },
});

/**
 * A creation was repeated after a failure without an idempotency key, by which the provider would have recognized the repetition. After a refusal a repetition is safe:
 * nothing was created.
 * @module
 */
import type { Call } from '../../calls/call.js';
import { defineCheck, type Incident } from '../../check.js';
import { what } from '../../words.js';

interface Options {
  readonly operations?: readonly string[] | undefined;
}

export const unsafeRetry = defineCheck<Options>({
  title: 'Repeated a creation without an idempotency key',
  severity: 'error',
  options: (z) =>
    z.strictObject({
      operations: z
        .array(z.string())
        .optional()
        .describe('operationIds that take an idempotency key; every POST when left out'),
    }),
  references: ({ operations = [] }) => ({ operations }),
  needs: () => 'idempotency',
  find({ calls }, { operations }) {
    const makes = ({ entry }: Call) =>
      operations ? operations.includes(entry.operation ?? '') : entry.method === 'POST';
    const again = calls.filter((call) => makes(call) && call.failedBefore && call.outcome !== 'refused');
    // A repetition that was refused created nothing. The call that repeats it in turn is checked by itself.
    const incidents = again.flatMap((call): Incident[] => {
      const { entry } = call;
      const failedBefore = call.failedBefore!;
      const { idempotencyKey: first, status, broken } = failedBefore.entry;
      const { idempotencyKey: second } = entry;
      if (first !== undefined && first === second) return [];
      const why =
        second === undefined
          ? 'without an idempotency key'
          : first === undefined
            ? 'with an idempotency key that the first try lacked'
            : 'with another idempotency key';
      const after = status === 0 ? 'no answer' : broken === 'cut' ? 'a broken answer' : `a ${status}`;
      return [{ call, with: [failedBefore], knew: failedBefore, says: `repeated ${what(call)} after ${after} ${why}` }];
    });
    return { judged: again.length, incidents };
  },
});

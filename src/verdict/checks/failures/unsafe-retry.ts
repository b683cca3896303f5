/**
 * A client repeated a creation after a failure without an idempotency key, so the provider could not recognize the repetition. After a refusal a repetition is
 * safe, because nothing was created.
 * @module
 */
import type { Call } from '../../calls/call.js';
import { defineCheck, type Incident } from '../../check.js';
import { requestLine } from '../../words.js';

interface Options {
  readonly operations?: readonly string[] | undefined;
}

/** The check `unsafe-retry`. */
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
    const isCreation = ({ entry }: Call) =>
      operations ? operations.includes(entry.operation ?? '') : entry.method === 'POST';
    const repetitions = calls.filter((call) => isCreation(call) && call.failedBefore && call.outcome !== 'refused');
    // A refused repetition created nothing. If it is repeated in turn, that call is judged separately.
    const incidents = repetitions.flatMap((call): Incident[] => {
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
      return [
        {
          call,
          relatedCalls: [failedBefore],
          knownAnswer: failedBefore,
          says: `repeated ${requestLine(call)} after ${after} ${why}`,
        },
      ];
    });
    return { judged: repetitions.length, incidents };
  },
});

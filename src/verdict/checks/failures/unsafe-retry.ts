/**
 * A client repeated a creation after a failure without an idempotency key, so the provider could not recognize the repetition. After a refusal a repetition is
 * safe, because nothing was created.
 *
 * A client that creates several equal items may send the next item after a failure, instead of a retry. If it keeps the idempotency key of a retry, an equal
 * request with another key is the next item. Without keys, the pause tells them apart: a pause after a failure that is unlike those after successes is a
 * back-off. If the pauses are alike, the case is undecided.
 * @module
 */
import { type Call, exactKey, senderOf, waited } from '../../calls/call.js';
import { repeatedOnPurpose } from '../../calls/repeated-on-purpose.js';
import type { View } from '../../calls/view.js';
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
  find(view, { operations }) {
    const isCreation = ({ entry }: Call) =>
      operations ? operations.includes(entry.operation ?? '') : entry.method === 'POST';
    const onPurpose = repeatedOnPurpose(view.timeline, isCreation);
    const keepsKey = new Set(view.calls.filter(hasSameKey).map(senderOf));
    const pauses = pausesAfterSuccess(view);
    const incidents: Incident[] = [];
    const undecided: Incident[] = [];
    let judged = 0;
    for (const call of view.calls) {
      const { failedBefore, repeats, entry } = call;
      // A refused repetition created nothing. If it is repeated in turn, that call is judged separately.
      if (!isCreation(call) || !failedBefore || call.outcome === 'refused') continue;
      judged += 1;
      const { idempotencyKey: first, status, broken } = failedBefore.entry;
      const { idempotencyKey: second } = entry;
      if (first !== undefined && first === second) continue;
      const mayBeNext = onPurpose.has(exactKey(call));
      if (mayBeNext && first !== undefined && second !== undefined && keepsKey.has(senderOf(call))) continue;
      const why =
        second === undefined
          ? 'without an idempotency key'
          : first === undefined
            ? 'with an idempotency key that the first try lacked'
            : 'with another idempotency key';
      const after = status === 0 ? 'no answer' : broken === 'cut' ? 'a broken answer' : `a ${status}`;
      const says = `repeated ${requestLine(call)} after ${after} ${why}`;
      const found = { call, relatedCalls: [failedBefore], knownAnswer: failedBefore };
      const isRetry = call.oneAtATime && isBackOff(waited(call, repeats!), pauses.get(call.requestKey)!);
      if (mayBeNext && !isRetry)
        undecided.push({ ...found, says: `${says}, or created the next of several equal items` });
      else incidents.push({ ...found, says });
    }
    return { judged, incidents, undecided };
  },
});

/** Whether the call retries another with the same idempotency key. */
function hasSameKey({ repeats, entry: { idempotencyKey } }: Call): boolean {
  return idempotencyKey !== undefined && repeats?.entry.idempotencyKey === idempotencyKey;
}

/** A pause after a failure is a back-off if it differs by this factor, and by this many milliseconds, from all pauses after successes. */
const UNLIKE_FACTOR = 2;
const UNLIKE_MS = 50;

function isBackOff(ms: number, others: readonly number[]): boolean {
  return others.every(
    (other) => Math.abs(ms - other) > UNLIKE_MS && (ms > UNLIKE_FACTOR * other || other > UNLIKE_FACTOR * ms),
  );
}

/** The times from a success to the next equal request, by request; milliseconds. */
function pausesAfterSuccess({ calls }: View): ReadonlyMap<string, readonly number[]> {
  const last = new Map<string, Call>();
  const pauses = new Map<string, number[]>();
  for (const call of calls) {
    const before = last.get(call.requestKey);
    last.set(call.requestKey, call);
    const all = pauses.get(call.requestKey) ?? [];
    pauses.set(call.requestKey, all);
    if (before?.outcome === 'succeeded') all.push(waited(call, before));
  }
  return pauses;
}

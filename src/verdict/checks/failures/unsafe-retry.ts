/**
 * A client repeated a creation after a failure without an idempotency key, so the provider could not recognize the repetition. After a refusal a repetition is
 * safe, because nothing was created.
 *
 * A client that creates several equal items may send the next item after a failure, instead of a retry. If it keeps the idempotency key of a retry, an equal
 * request with another key is the next item. So is a request in the rhythm of its program. Otherwise the pause tells them apart: a pause after a failure that is
 * unlike those after successes is a back-off. If the pauses are alike, or keys and pauses disagree, the case is undecided.
 * @module
 */
import { type Call, possibleDelay, senderOf, sinceArrival, waited } from '../../calls/call.js';
import { repeatedOnPurpose } from '../../calls/repeated-on-purpose.js';
import { callsInRhythm } from '../../calls/rhythm.js';
import type { View } from '../../calls/view.js';
import { defineCheck, type Incident } from '../../check.js';
import { listIn } from '../../group.js';
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
    // Items that differ only in stamps count as equal: a client may put a new stamp into each attempt, and into each item.
    const onPurpose = repeatedOnPurpose(view.timeline, isCreation, ({ requestKey }) => requestKey);
    const inRhythm = callsInRhythm(view);
    const keepsKey = new Set(view.calls.filter(hasSameKey).map(senderOf));
    const pauses = pausesAfterSuccess(view);
    const incidents: Incident[] = [];
    const undecided: Incident[] = [];
    let judged = 0;
    for (const call of view.calls) {
      const { failedBefore, entry } = call;
      // A refused repetition created nothing. If it is repeated in turn, that call is judged separately.
      if (!isCreation(call) || !failedBefore || call.outcome === 'refused') continue;
      judged += 1;
      const { idempotencyKey: first, status, broken } = failedBefore.entry;
      const { idempotencyKey: second } = entry;
      if (first !== undefined && first === second) continue;
      // The request right after the failure. If a limit refused it, the pause before its own retry is that of the limit.
      const next = failedBefore.repeatedBy!;
      if (inRhythm.has(next)) continue;
      const mayBeNext = onPurpose.has(call.requestKey);
      const isRetry = call.oneAtATime && isBackOff(pauseBetween(failedBefore, next), pauses.get(call.requestKey) ?? []);
      const namesNext = first !== undefined && second !== undefined && keepsKey.has(senderOf(call));
      if (mayBeNext && namesNext && !isRetry) continue;
      const why =
        second === undefined
          ? 'without an idempotency key'
          : first === undefined
            ? 'with an idempotency key that the first try lacked'
            : 'with another idempotency key';
      const after = status === 0 ? 'no answer' : broken === 'cut' ? 'a broken answer' : `a ${status}`;
      const says = `repeated ${requestLine(call)} after ${after} ${why}`;
      const found = { call, relatedCalls: [failedBefore], knownAnswer: failedBefore };
      if (mayBeNext && (namesNext || !isRetry))
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

/** The pause between two equal requests, in milliseconds. */
interface Pause {
  readonly afterAnswer: number;
  readonly afterArrival: number;
  /** The part of it that may be a delay by the machine. */
  readonly delay: number;
}

function pauseBetween(before: Call, call: Call): Pause {
  return { afterAnswer: waited(call, before), afterArrival: sinceArrival(call, before), delay: possibleDelay(call) };
}

/** A pause after a failure is a back-off if it differs by this factor, and by this many milliseconds, from all pauses after successes. */
const UNLIKE_FACTOR = 2;
const UNLIKE_MS = 50;

function isBackOff(pause: Pause, others: readonly Pause[]): boolean {
  if (pause.afterAnswer < 0 || others.length === 0) return false;
  return others.every((other) => {
    // A client that pauses after successes may do so from arrival to arrival. Without pauses, that time is only how long the server takes.
    const isPaced = other.afterAnswer > UNLIKE_MS;
    return areUnlike(pause, other, 'afterAnswer') && !(isPaced && !areUnlike(pause, other, 'afterArrival'));
  });
}

function areUnlike(one: Pause, other: Pause, measure: 'afterAnswer' | 'afterArrival'): boolean {
  const exceeds = (longer: Pause, shorter: Pause) =>
    longer[measure] - longer.delay > Math.max(shorter[measure] + UNLIKE_MS, UNLIKE_FACTOR * shorter[measure]);
  return exceeds(one, other) || exceeds(other, one);
}

/** The pauses from a success to the next equal request, by request. */
function pausesAfterSuccess({ calls }: View): ReadonlyMap<string, readonly Pause[]> {
  const last = new Map<string, Call>();
  const pauses = new Map<string, Pause[]>();
  for (const call of calls) {
    const before = last.get(call.requestKey);
    last.set(call.requestKey, call);
    if (before?.outcome !== 'succeeded') continue;
    const pause = pauseBetween(before, call);
    // The clock was set back in between.
    if (pause.afterAnswer >= 0) listIn(pauses, call.requestKey).push(pause);
  }
  return pauses;
}

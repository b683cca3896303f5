/**
 * A client completed delayed work long after the limit would have admitted it.
 *
 * Time during which the program waited for responses, was told to wait, or backed off after failures does not count. An even pace at the limit's own rate is as
 * good as the shortest time. A program that sends the same request at its own interval (every quarter of an hour) is not delayed by the limit.
 * @module
 */
import { nominalLength } from '../../../limits/windows.js';
import { busyTimes } from '../../calls/busy.js';
import type { Call } from '../../calls/call.js';
import { type Completion, completions } from '../../calls/completion.js';
import type { View } from '../../calls/view.js';
import { defineCheck, type Incident } from '../../check.js';
import { formatTime } from '../../words.js';
import { createRhythm } from './waited-too-long.js';

interface Options {
  readonly times: number;
  readonly slack: number;
}

/** A single delayed call belongs to `waited-too-long`. */
const MIN_DELAYED = 2;

/** The check `slow-completion`. */
export const slowCompletion = defineCheck<Options>({
  title: 'Completed delayed work later than the limit required',
  severity: 'warn',
  options: (z, duration) =>
    z.strictObject({
      times: z.number().min(1).default(2).describe('Factor of the least possible time up to which nothing is found'),
      slack: duration.prefault('10s').describe('Time above the least possible time up to which nothing is found'),
    }),
  find(view, { times, slack }) {
    const judged = completions(view).filter(
      (completion) => completion.delayed >= MIN_DELAYED && isOfOneProgram(completion),
    );
    const hasOwnInterval = createIntervalTest(view);
    const busy = busyTimes(view);
    const slow = judged.filter((completion) => {
      const { first, last, tookMs, bestMs, windows, policy } = completion;
      const leastMs = Math.max(bestMs, windows * nominalLength(policy.window));
      if (tookMs <= times * leastMs || tookMs - leastMs <= slack || hasOwnInterval(completion)) return false;
      const idleMs = tookMs - busy(last, first.entry.at, last.entry.at);
      return idleMs > slack && idleMs > tookMs / 2;
    });
    return { judged: judged.length, incidents: slow.map(incidentOf) };
  },
});

function incidentOf({ policy, first, last, tookMs, bestMs }: Completion): Incident {
  const best = bestMs === 0 ? 'no time at all' : formatTime(bestMs);
  const says = `took ${formatTime(tookMs)} to do what ${policy.id} had held up, where ${best} would have been enough`;
  return { call: last, relatedCalls: [first], knownAnswer: first, says, weight: tookMs - bestMs };
}

/** Whether one program alone used the bucket. If others did, the completion time does not depend on it alone. */
function isOfOneProgram({ first, last, admitted }: Completion): boolean {
  const isLast = ({ program, caller }: Call) => program === last.program && caller === last.caller;
  return isLast(first) && admitted.every(isLast);
}

/**
 * Returns a test for whether a program has its own interval: it had sent the same request about as long before, or it mostly repeats requests that had
 * succeeded.
 */
function createIntervalTest({ calls }: View): (completion: Completion) => boolean {
  const rhythm = createRhythm();
  const succeeded = new Map<string, number>();
  for (const call of calls) {
    rhythm.add(call);
    if (call.outcome === 'succeeded' && !succeeded.has(call.requestKey)) succeeded.set(call.requestKey, call.number);
  }
  return ({ first, last, tookMs, admitted }) => {
    if (tookMs <= 2 * Math.max(rhythm.of(first), rhythm.of(last))) return true;
    const repetitions = admitted.filter(
      ({ requestKey, number, repeats }) => !repeats && (succeeded.get(requestKey) ?? number) < number,
    );
    return repetitions.length * 2 >= admitted.length;
  };
}

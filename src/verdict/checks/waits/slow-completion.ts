/**
 * Work that a limit had delayed was completed long after the limit would have admitted it.
 *
 * Time in which the program waited for answers, had been told to wait or backed off after failures does not count. An even pace at the limit's own rate is as good as
 * the best. A program that asks the same at its own interval (every quarter of an hour) is not delayed by the limit.
 * @module
 */
import { nominalLength } from '../../../limits/windows.js';
import { busyTimes } from '../../calls/busy.js';
import type { Call } from '../../calls/call.js';
import { type Completion, completions } from '../../calls/completion.js';
import type { View } from '../../calls/view.js';
import { defineCheck, type Incident } from '../../check.js';
import { time } from '../../words.js';
import { createRhythm } from './waited-too-long.js';

interface Options {
  readonly times: number;
  readonly slack: number;
}

/** A single call that comes back late belongs to `waited-too-long`. */
const MIN_HELD = 2;

/** The check `slow-completion`. */
export const slowCompletion = defineCheck<Options>({
  title: 'Took long to do what a limit had held up',
  severity: 'warn',
  options: (z, duration) =>
    z.strictObject({
      times: z.number().min(1).default(2).describe('Factor of the least possible time up to which nothing is found'),
      slack: duration.prefault('10s').describe('Time above the least possible time up to which nothing is found'),
    }),
  find(view, { times, slack }) {
    const judged = completions(view).filter((one) => one.held >= MIN_HELD && isOfOneProgram(one));
    const hasOwnPace = ownPaces(view);
    const busy = busyTimes(view);
    const slow = judged.filter((one) => {
      const { first, last, tookMs, bestMs, windows, policy } = one;
      const leastMs = Math.max(bestMs, windows * nominalLength(policy.window));
      if (tookMs <= times * leastMs || tookMs - leastMs <= slack || hasOwnPace(one)) return false;
      const idleMs = tookMs - busy(last, first.entry.at, last.entry.at);
      return idleMs > slack && idleMs > tookMs / 2;
    });
    return { judged: judged.length, incidents: slow.map(incidentOf) };
  },
});

function incidentOf({ policy, first, last, tookMs, bestMs }: Completion): Incident {
  const best = bestMs === 0 ? 'no time at all' : time(bestMs);
  const says = `took ${time(tookMs)} to do what ${policy.id} had held up, where ${best} would have been enough`;
  return { call: last, with: [first], knew: first, says, weight: tookMs - bestMs };
}

/** Whether one program alone took from the bucket. Where others did too, the time is not its own doing. */
function isOfOneProgram({ first, last, admitted }: Completion): boolean {
  const isLast = ({ program, caller }: Call) => program === last.program && caller === last.caller;
  return isLast(first) && admitted.every(isLast);
}

/** Whether a program has an interval of its own: it had asked the same about as long before, or mostly repeats requests that had succeeded. */
function ownPaces({ calls }: View): (completion: Completion) => boolean {
  const rhythm = createRhythm();
  const succeeded = new Map<string, number>();
  for (const call of calls) {
    rhythm.add(call);
    if (call.outcome === 'succeeded' && !succeeded.has(call.same)) succeeded.set(call.same, call.number);
  }
  return ({ first, last, tookMs, admitted }) => {
    if (tookMs <= 2 * Math.max(rhythm.of(first), rhythm.of(last))) return true;
    const again = admitted.filter(({ same, number, repeats }) => !repeats && (succeeded.get(same) ?? number) < number);
    return again.length * 2 >= admitted.length;
  };
}

/**
 * The interval at which a program sends equal requests whatever comes of them, such as a cron job once a minute. A request that comes in this rhythm after a failure
 * is the next one, and no retry.
 * @module
 */
import { memoiseWeakly } from '../../runtime/memoise.js';
import { median } from '../median.js';
import { type Call, possibleDelay } from './call.js';
import type { View } from './view.js';

/** A shorter interval is no rhythm: a client that does nothing but retry may wait as long. Milliseconds. */
const MIN_INTERVAL_MS = 1_000;
/** So many intervals after successes show a rhythm. */
const MIN_INTERVALS = 2;
/** The share of the interval by which two intervals of one rhythm may differ. */
const TOLERANCE = 0.1;

/**
 * The calls that came in the rhythm of their program after an equal request. Intervals are measured from arrival to arrival. The rhythm is the median interval
 * that follows a success. Cached for each view.
 */
export const callsInRhythm: (view: View) => ReadonlySet<Call> = memoiseWeakly(findCallsInRhythm);

function findCallsInRhythm({ calls }: View): ReadonlySet<Call> {
  const last = new Map<string, Call>();
  const intervals: { readonly call: Call; readonly ms: number }[] = [];
  const afterSuccess = new Map<string, number[]>();
  for (const call of calls) {
    const before = last.get(call.requestKey);
    last.set(call.requestKey, call);
    if (!before) continue;
    const ms = call.entry.at - before.entry.at;
    intervals.push({ call, ms });
    if (before.outcome !== 'succeeded') continue;
    const all = afterSuccess.get(call.requestKey) ?? [];
    afterSuccess.set(call.requestKey, all);
    all.push(ms);
  }
  const regular = [...afterSuccess].filter(([, all]) => all.length >= MIN_INTERVALS);
  const rhythms = new Map(regular.map(([key, all]) => [key, median(all)]));
  const inRhythm = intervals.filter(({ call, ms }) => {
    const rhythm = rhythms.get(call.requestKey) ?? 0;
    return rhythm >= MIN_INTERVAL_MS && Math.abs(ms - rhythm) <= TOLERANCE * rhythm + possibleDelay(call);
  });
  return new Set(inRhythm.map(({ call }) => call));
}

/**
 * Whether calls keep a least interval.
 *
 * A busy machine may delay a call, and then the next one arrives too soon after it although the client's timer fired in time. The same is true of the first
 * call on a new connection: the client may have to load its HTTP library and to connect.
 * @module
 */
import { type Call, sinceArrival } from './call.js';

/** The share of the interval by which a timer may fire early, each time. */
const TOLERANCE = 0.05;
/** The share of the interval by which the machine may have delayed the earlier of two calls more than it was seen to lag. */
const SLACK = 0.1;
/** How many earlier calls a call is compared with. A client that is faster by `TOLERANCE` and more gains an interval in time, which no delay explains. */
const COMPARED = 20;

/**
 * Whether a call keeps the interval to each of the calls before it, any of which the machine may have delayed.
 * @param calls in order of arrival
 * @param index position of the call
 * @param interval milliseconds
 */
export function keepsInterval(calls: readonly Call[], index: number, interval: number): boolean {
  const least = interval * (1 - TOLERANCE);
  const call = calls[index]!;
  if (index === 0 || sinceArrival(call, calls[index - 1]!) >= least) return true;
  const from = Math.max(calls[0]!.opensConnection ? 1 : 0, index - COMPARED);
  return calls.slice(from, index).every((earlier, i, before) => {
    const lateMs = (earlier.entry.arrived?.lagMs ?? 0) + SLACK * interval;
    return sinceArrival(call, earlier) + lateMs >= least * (before.length - i);
  });
}

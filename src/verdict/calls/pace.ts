/**
 * Whether calls keep a least interval.
 *
 * A busy machine may delay a call, and then the next one arrives too soon after it although the client's timer fired in time. The same is true of the first
 * call on a new connection: the client may have to load its HTTP library and to connect.
 * @module
 */
import type { Call } from './call.js';

/** The share of the interval by which a timer may fire early. A call that is early by at most this share is on time. */
const TOLERANCE = 0.05;
/** A call that comes earlier than this share of the interval after the one before is too early, whatever the ones before that show. */
const LEAST_SHARE = 0.85;
/** How many earlier calls a call is compared with. A client that is faster by `TOLERANCE` and more has gained an interval by then, which no delay explains. */
const COMPARED = 20;

/**
 * Whether a call keeps the interval to the calls before it, each of which the machine may have delayed. A call that is a little early after a single one came
 * on time if it is not early after most of the others.
 *
 * @param calls in order of arrival
 * @param index position of the call
 * @param interval milliseconds
 */
export function keepsInterval(calls: readonly Call[], index: number, interval: number): boolean {
  const least = interval * (1 - TOLERANCE);
  const { at } = calls[index]!.entry;
  if (index === 0 || at - calls[index - 1]!.entry.at >= least) return true;
  const from = Math.max(calls[0]!.opensConnection ? 1 : 0, index - COMPARED);
  const before = calls.slice(from, index).map(({ entry }) => ({ ms: at - entry.at, lagMs: entry.arrived?.lagMs ?? 0 }));
  const last = before.at(-1);
  if (last && last.ms + last.lagMs < LEAST_SHARE * interval) return false;
  const early = before.filter(({ ms, lagMs }, i) => ms + lagMs < least * (before.length - i)).length;
  return early < 2 || early * 2 <= before.length;
}

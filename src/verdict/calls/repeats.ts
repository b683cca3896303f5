/**
 * Which call repeats which.
 *
 * In a program that sends one request at a time, a call repeats the newest equal call without success whose answer is known. In a program that has several equal
 * requests under way at once, the call right after a failure may be the first try of another task, and the repetition may come later. There a call repeats the oldest
 * equal call whose wait is over. A call that comes too soon for any of them is linked to a failure only if no later call repeats it.
 * @module
 */

import type { Step } from '../knowledge/timeline.js';
import { answeredAt, type Call, dueAt } from './call.js';

/** Equal calls without success that have not been repeated. */
interface OpenCalls {
  all: Call[];
  /** Index in `all`: the calls before it have been repeated. */
  next: number;
  /** Calls that no call has been linked to, not even one that came too soon. */
  unlinked: Call[];
}

/** A shorter wait is no wait. */
const SHORTEST_WAIT_MS = 100;

/** Sets `repeats`, `repeatedBy` and `failedBefore` of the calls. */
export function linkRepeats(timeline: readonly Step[]): void {
  const concurrent = concurrentPrograms(timeline);
  const lists = new Map<string, OpenCalls>();
  /** Links that are made at the end if no better one was found. */
  const tooSoon: [earlier: Call, call: Call][] = [];
  for (const { call, answered } of timeline) {
    const open = lists.get(call.requestKey) ?? { all: [], next: 0, unlinked: [] };
    lists.set(call.requestKey, open);
    if (answered && (call.outcome === 'refused' || call.outcome === 'failed')) {
      open.all.push(call);
      open.unlinked.push(call);
    } else if (!concurrent.has(`${call.program} ${call.caller}`)) {
      if (!answered) link(open.all.at(-1), call);
      // Once the program has asked again, or has an answer, the failures before are over; a later call is a new request.
      open.all = [];
    } else if (!answered) {
      // Answers leave in order, and in most cases their waits end in the same order.
      const first = open.all[open.next];
      const unlinked = isDue(first, call) ? undefined : open.unlinked.pop();
      if (isDue(first, call)) link(open.all[open.next++], call);
      else if (unlinked) tooSoon.push([unlinked, call]);
    }
  }
  for (const [earlier, call] of tooSoon) if (!earlier.repeatedBy && !call.repeats) link(earlier, call);
  for (const { call, answered } of timeline) if (!answered) setFailedBefore(call);
}

function isDue(earlier: Call | undefined, call: Call): boolean {
  return earlier !== undefined && call.entry.at >= (dueAt(earlier) ?? answeredAt(earlier) + SHORTEST_WAIT_MS);
}

/** The programs that had several requests alike under way at once. */
function concurrentPrograms(timeline: readonly Step[]): ReadonlySet<string> {
  const underWay = new Map<string, number>();
  const concurrent = new Set<string>();
  for (const { call, answered } of timeline) {
    const now = (underWay.get(call.requestKey) ?? 0) + (answered ? -1 : 1);
    underWay.set(call.requestKey, now);
    if (now > 1) concurrent.add(`${call.program} ${call.caller}`);
  }
  return concurrent;
}

function link(earlier: Call | undefined, call: Call | undefined): void {
  if (!earlier || !call) return;
  earlier.repeatedBy = call;
  call.repeats = earlier;
}

function setFailedBefore(call: Call): void {
  const { repeats } = call;
  if (repeats) call.failedBefore = repeats.outcome === 'failed' ? repeats : repeats.failedBefore;
}

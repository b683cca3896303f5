/**
 * Which call repeats which.
 *
 * Of a program that sends one request at a time, a call repeats the newest like it that came to nothing and whose answer is known. Where a program has several
 * requests under way at once, the call that comes right after a failure may be another's first try, with the true repetition still to come: there a call repeats
 * the oldest like it whose wait is over. What comes too soon for any of them is linked only if nothing else ever repeated the failure.
 * @module
 */
import { answeredAt, type Call, dueAt } from './call.js';
import type { Step } from './timeline.js';

/** Calls that came to nothing. */
interface Open {
  all: Call[];
  /** Those before this place have been repeated. */
  next: number;
  /** Those that nothing has tried again, not even too soon. */
  untried: Call[];
}

/** A shorter wait is no wait. */
const SHORTEST_WAIT_MS = 100;

/** Sets `repeats`, `repeatedBy` and `failedBefore` of the calls. */
export function linkRepeats(timeline: readonly Step[]): void {
  const concurrent = concurrentPrograms(timeline);
  const lists = new Map<string, Open>();
  /** Links that are made if nothing better comes. */
  const tooSoon: [earlier: Call, call: Call][] = [];
  for (const { call, answered } of timeline) {
    const open = lists.get(call.same) ?? { all: [], next: 0, untried: [] };
    lists.set(call.same, open);
    if (answered && (call.outcome === 'refused' || call.outcome === 'failed')) {
      open.all.push(call);
      open.untried.push(call);
    } else if (!concurrent.has(`${call.program} ${call.caller}`)) {
      if (!answered) link(open.all.at(-1), call);
      // A program that has an answer repeats none of the failures before it; what comes later is a request of its own.
      open.all = [];
    } else if (!answered) {
      // Answers come in order, and so, as a rule, does the time for what they ask again.
      const first = open.all[open.next];
      const untried = isDue(first, call) ? undefined : open.untried.pop();
      if (isDue(first, call)) link(open.all[open.next++], call);
      else if (untried) tooSoon.push([untried, call]);
    }
  }
  for (const [earlier, call] of tooSoon) if (!earlier.repeatedBy && !call.repeats) link(earlier, call);
  for (const { call, answered } of timeline) if (!answered) trace(call);
}

function isDue(earlier: Call | undefined, call: Call): boolean {
  return earlier !== undefined && call.entry.at >= (dueAt(earlier) ?? answeredAt(earlier) + SHORTEST_WAIT_MS);
}

/** The programs that had several requests alike under way at once. */
function concurrentPrograms(timeline: readonly Step[]): ReadonlySet<string> {
  const underWay = new Map<string, number>();
  const concurrent = new Set<string>();
  for (const { call, answered } of timeline) {
    const now = (underWay.get(call.same) ?? 0) + (answered ? -1 : 1);
    underWay.set(call.same, now);
    if (now > 1) concurrent.add(`${call.program} ${call.caller}`);
  }
  return concurrent;
}

function link(earlier: Call | undefined, call: Call | undefined): void {
  if (!earlier || !call) return;
  earlier.repeatedBy = call;
  call.repeats = earlier;
}

function trace(call: Call): void {
  const { repeats } = call;
  if (repeats) call.failedBefore = repeats.outcome === 'failed' ? repeats : repeats.failedBefore;
}

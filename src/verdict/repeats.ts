/**
 * Which call repeats which.
 *
 * Of requests that a client sends one at a time, a call repeats the newest like it that came to nothing and whose answer is known. Where a client is seen to have
 * several alike under way at once, whoever comes right after a failure may be another's first try, with the true repetition still to come: there a call repeats what
 * it is time for, and what it is too soon for only if nothing else ever came.
 * @module
 */
import { type Call, dueAt } from './call.js';
import type { Step } from './timeline.js';

/** What came to nothing: all of it, from which place on it has not been repeated, and what nobody, not even too soon, has tried again. */
interface Open {
  all: Call[];
  next: number;
  untried: Call[];
}

/** No wait that anybody would call one is shorter. */
const SHORTEST_WAIT_MS = 100;

export function linkRepeats(timeline: readonly Step[]): void {
  const atOnce = sentAtOnce(timeline);
  const lists = new Map<string, Open>();
  /** What may repeat what, if nothing better comes. */
  const tooSoon: [earlier: Call, call: Call][] = [];
  for (const { call, answered } of timeline) {
    const open = lists.get(call.same) ?? { all: [], next: 0, untried: [] };
    lists.set(call.same, open);
    if (answered && (call.outcome === 'refused' || call.outcome === 'failed')) {
      open.all.push(call);
      open.untried.push(call);
    } else if (!atOnce.has(call.same)) {
      if (!answered) link(open.all.at(-1), call);
      // Who has the answer repeats none of those any more; what comes later is a request of its own.
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
  return earlier !== undefined && call.entry.at >= (dueAt(earlier) ?? earlier.entry.sentAt + SHORTEST_WAIT_MS);
}

/** What makes those calls alike of which several were under way at once. */
function sentAtOnce(timeline: readonly Step[]): ReadonlySet<string> {
  const underWay = new Map<string, number>();
  const several = new Set<string>();
  for (const { call, answered } of timeline) {
    const now = (underWay.get(call.same) ?? 0) + (answered ? -1 : 1);
    underWay.set(call.same, now);
    if (now > 1) several.add(call.same);
  }
  return several;
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

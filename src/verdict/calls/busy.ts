/**
 * The time during which a program had a reason to send nothing: it waited for a response, was told to wait, or backed off after a failure.
 * @module
 */

import { listIn } from '../group.js';
import { firstIndex } from '../search.js';
import { answeredAt, type Call, reportedUntil, senderOf } from './call.js';
import type { View } from './view.js';

interface Interval {
  readonly from: number;
  to: number;
}

/**
 * Returns the busy milliseconds of a call's sender between two instants.
 * @param from virtual epoch ms
 * @param to virtual epoch ms
 */
export type BusyTime = (sender: Call, from: number, to: number) => number;

/** Builds the lookup. It reads the calls once. */
export function busyTimes({ calls }: View): BusyTime {
  const all = new Map<string, Interval[]>();
  for (const call of calls) {
    const own = listIn(all, senderOf(call));
    const { at, sentAt } = call.entry;
    own.push({ from: at, to: answeredAt(call) });
    const until = reportedUntil(call);
    if (until !== undefined) own.push({ from: sentAt, to: until });
    if (call.outcome === 'failed' && call.repeatedBy)
      own.push({ from: answeredAt(call), to: call.repeatedBy.entry.at });
  }
  const unions = new Map([...all].map(([sender, own]) => [sender, union(own)]));
  return (sender, from, to) => within(unions.get(senderOf(sender)) ?? [], from, to);
}

/** Merges overlapping intervals. The result is disjoint and ascending. */
function union(intervals: Interval[]): readonly Interval[] {
  const disjoint: Interval[] = [];
  for (const { from, to } of intervals.sort((a, b) => a.from - b.from)) {
    const last = disjoint.at(-1);
    if (last && from <= last.to) last.to = Math.max(last.to, to);
    else if (to > from) disjoint.push({ from, to });
  }
  return disjoint;
}

/** Milliseconds of the disjoint intervals between two instants. */
function within(disjoint: readonly Interval[], from: number, to: number): number {
  let sum = 0;
  for (
    let i = firstIndex(disjoint, (interval) => interval.to > from);
    i < disjoint.length && disjoint[i]!.from < to;
    i++
  )
    sum += Math.min(to, disjoint[i]!.to) - Math.max(from, disjoint[i]!.from);
  return sum;
}

/**
 * The time a client needs for its next request if it does not wait. A wait of about that length counts as no wait.
 * @module
 */
import { memoiseWeakly } from '../../runtime/memoise.js';
import { type Call, waited } from '../calls/call.js';
import type { View } from '../calls/view.js';
import { median } from '../median.js';
import { knows } from './knowledge.js';

/** A longer gap between two requests is a deliberate pause. Milliseconds. */
const MAX_DURATION_MS = 250;

/** Median turnaround by sender, cached for each view. */
const turnarounds: (view: View) => ReadonlyMap<string, number> = memoiseWeakly(measure);

/**
 * The median time from a success to the next request of the same program and caller, in milliseconds. 0 if there is nothing to measure.
 */
export function turnaroundOf(view: View, { program, caller }: Call): number {
  return turnarounds(view).get(`${program} ${caller}`) ?? 0;
}

function measure({ calls }: View): Map<string, number> {
  const last = new Map<string, Call>();
  const gaps = new Map<string, number[]>();
  for (const call of calls) {
    const sender = `${call.program} ${call.caller}`;
    const before = last.get(sender);
    last.set(sender, call);
    if (before?.outcome !== 'succeeded' || !knows(call, before)) continue;
    const gap = waited(call, before);
    if (gap < 0 || gap > MAX_DURATION_MS) continue;
    const own = gaps.get(sender) ?? [];
    gaps.set(sender, own);
    own.push(gap);
  }
  return new Map([...gaps].map(([sender, own]) => [sender, median(own)]));
}

/**
 * When callers had to wait for a limit. A wait that ended at such a time tells nothing about waits for other reasons.
 * @module
 */

import { listIn } from '../group.js';
import { firstIndex } from '../search.js';
import { type Call, dueAt, refusing } from './call.js';

/** A caller slows down with good reason if it has fewer units left than `MIN_REMAINING`, or at most `MIN_REMAINING_SHARE` of the limit. */
const MIN_REMAINING = 10;
const MIN_REMAINING_SHARE = 0.1;

/**
 * Tells whether a wait for a limit ended between two instants.
 * @param caller `Call.caller`
 * @param from virtual epoch ms
 * @param to virtual epoch ms
 */
export type WaitedForLimit = (caller: string, from: number, to: number) => boolean;

/** Builds the lookup. It reads the calls once. */
export function waitsForLimits(calls: readonly Call[]): WaitedForLimit {
  const ends = new Map<string, number[]>();
  for (const call of calls) for (const end of waitEndsOf(call)) listIn(ends, call.caller).push(end);
  for (const all of ends.values()) all.sort((a, b) => a - b);
  return (caller, from, to) => {
    const all = ends.get(caller) ?? [];
    const next = all[firstIndex(all, (at) => at > from)];
    return next !== undefined && next <= to;
  };
}

/**
 * The ends of the waits that a response caused; virtual epoch ms. These are the stated time of a refusal, and the reset times of quotas that are nearly used
 * up.
 */
function waitEndsOf(call: Call): number[] {
  const { decisions, told: quotas } = call.entry;
  const due = refusing(call) && dueAt(call);
  const resets = quotas.flatMap(({ policy, remaining, resetAt }) => {
    const limit = decisions.find((decision) => decision.policy === policy)?.limit ?? 0;
    return resetAt !== null && (remaining < MIN_REMAINING || remaining <= MIN_REMAINING_SHARE * limit) ? [resetAt] : [];
  });
  return due === undefined ? resets : [...resets, due];
}

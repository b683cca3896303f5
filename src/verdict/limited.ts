/**
 * When callers had to wait for a limit: what they did only then they need not have put off for any other reason.
 * @module
 */
import { type Call, dueAt, refusing } from './call.js';
import { listIn } from './group.js';

/** So few left, or so small a share, are reason enough to slow down. */
const FEW = 10;
const SMALL_SHARE = 0.1;

/** Whether a caller, between two instants, got to the end of a wait that a limit made it take. */
export type WaitedForLimit = (caller: string, from: number, to: number) => boolean;

export function waitsForLimits(calls: readonly Call[]): WaitedForLimit {
  const ends = new Map<string, number[]>();
  for (const call of calls) for (const end of endsTold(call)) listIn(ends, call.caller).push(end);
  for (const all of ends.values()) all.sort((a, b) => a - b);
  return (caller, from, to) => {
    const all = ends.get(caller) ?? [];
    const next = all[firstAfter(all, from)];
    return next !== undefined && next <= to;
  };
}

/** Until when it was told to wait, or how long the little that is left has to last. */
function endsTold(call: Call): number[] {
  const { decisions, told } = call.entry;
  const due = refusing(call) && dueAt(call);
  const resets = told.flatMap(({ policy, remaining, resetAt }) => {
    const limit = decisions.find((one) => one.policy === policy)?.limit ?? 0;
    return resetAt !== null && (remaining < FEW || remaining <= SMALL_SHARE * limit) ? [resetAt] : [];
  });
  return due === undefined ? resets : [...resets, due];
}

function firstAfter(sorted: readonly number[], at: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! > at) high = middle;
    else low = middle + 1;
  }
  return low;
}

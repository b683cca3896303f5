/**
 * One request and its answer, as a judge looks at them.
 * @module
 */
import type { JournalDecision, JournalEntry } from '../state/journal.js';

export interface Call {
  readonly entry: JournalEntry;
  /** Rises with arrival. */
  readonly number: number;
  /** Who made it, to be compared; told apart by a hash of the credential. */
  readonly caller: string;
  /** The same for people: `key klinky_live_…bbbb`. */
  readonly who: string;
  /** Whom the caller belongs to; empty where nobody knows. */
  readonly account: string;
  /** Equal for requests that are alike: the same caller, method, path, query and body. */
  readonly same: string;
  readonly outcome: 'succeeded' | 'rejected' | 'refused' | 'failed';
  /** The call without success that this one repeats. */
  repeats: Call | undefined;
  repeatedBy: Call | undefined;
  /** The newest failure among all that it repeats, by way of others too. */
  failedBefore: Call | undefined;
}

/** Timers may fire a little early by the machine's clock; whoever is off by no more, and is not refused for it, was on time. */
export const TIMER_TOLERANCE_MS = 5;

/** How a caller is called who showed no credential. */
export const NO_CREDENTIAL = 'no credential';

/** Whether the later call set out after the answer to the earlier one had been handed over. */
export function knows(later: Call, earlier: Call): boolean {
  const { leftAt } = earlier.entry;
  return leftAt !== null && leftAt <= later.entry.beganAt;
}

/** Milliseconds from the answer to the call after it, by the clock of the sandbox; below 0 where that was set back. */
export function waited(later: Call, earlier: Call): number {
  return later.entry.at - earlier.entry.sentAt;
}

/** Until when the answer told to wait, epoch ms. */
export function toldUntil({ entry: { sentAt, retryAfter } }: Call): number | undefined {
  return retryAfter === undefined ? undefined : sentAt + retryAfter * 1_000;
}

/**
 * From when on a caller has waited as it was told. `Retry-After` is in whole seconds, rounded up; who goes by the reset that the same answer told comes up to a
 * second before, and has kept to the provider's word as well.
 */
export function dueAt(call: Call): number | undefined {
  const until = toldUntil(call);
  const reset = call.entry.told.find(({ policy }) => policy === call.entry.refusedBy)?.resetAt;
  const agree = until !== undefined && reset != null && reset < until && until - reset < 1_000;
  return agree ? reset : until;
}

/** What the policy that refused it said. */
export function refusing({ entry: { decisions, refusedBy } }: Call): JournalDecision | undefined {
  return refusedBy === undefined ? undefined : decisions.find(({ policy }) => policy === refusedBy);
}

/** The call and all that it repeats, the first first. */
export function attempts(last: Call): readonly Call[] {
  const chain: Call[] = [];
  for (let call: Call | undefined = last; call; call = call.repeats) chain.push(call);
  return chain.reverse();
}

/** The buckets that a call takes units from. */
export function takenFrom({ entry: { decisions } }: Call): readonly JournalDecision[] {
  return decisions.filter(({ cost }) => cost > 0);
}

/** A caller at a bucket. */
export function standing(call: Call, bucket: string): string {
  return `${bucket} ${call.caller}`;
}

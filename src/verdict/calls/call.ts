/**
 * One request and its answer, as the judge sees them.
 * @module
 */
import type { JournalDecision, JournalEntry } from '../../state/journal/entry.js';

export interface Call {
  readonly entry: JournalEntry;
  /** Rises with arrival. */
  readonly number: number;
  /** Identifies who made it; callers are told apart by a hash of the credential. */
  readonly caller: string;
  /** The caller as people read it: `key klinky_live_…bbbb`. */
  readonly callerName: string;
  /** The account that the caller belongs to; empty where it is not known. */
  readonly account: string;
  /** The program that sent it (`programs.ts`): programs that share a credential do not know what the others were told. */
  readonly program: string;
  /** Equal for requests that ask for the same: same program, caller, method, path, documented query parameters and body. */
  readonly requestKey: string;
  /** Whether its program never had two requests under way at once. */
  readonly sequential: boolean;
  /** Whether its connection carried a request before the one before it was answered. */
  readonly pipelined: boolean;
  /** Whether it is the first request on its connection. */
  readonly opensConnection: boolean;
  /** When the answer before it on its connection had left, if that was before it arrived: the machine's epoch ms. It was sent after that. */
  readonly followsAnswerAt: number | undefined;
  /** When the burst began that it is part of (`bursts.ts`): the machine's epoch ms. */
  readonly burstBeganAt: number;
  /** Whether no two requests for the same (`requestKey`) were ever under way at once. */
  readonly oneAtATime: boolean;
  /** The resource that its path names: the value of the last path parameter; empty where it has none. */
  readonly resource: string;
  readonly outcome: 'succeeded' | 'rejected' | 'refused' | 'failed';
  /** The call without success that this one repeats. */
  repeats: Call | undefined;
  repeatedBy: Call | undefined;
  /** The newest failure among all that it repeats, directly or through others. */
  failedBefore: Call | undefined;
}

/** A timer may fire a little early by the machine's clock. A call that comes early by no more, and is admitted, was on time. */
export const TIMER_TOLERANCE_MS = 5;

/** `Call.who` of a caller without a credential. */
export const NO_CREDENTIAL = 'no credential';

/** Virtual epoch ms at which the answer reached its client. */
export function answeredAt({ entry: { answeredAt: handedOver, sentAt } }: Call): number {
  return handedOver ?? sentAt;
}

/** Milliseconds from the answer to the later call, by the clock of the sandbox; negative where that was set back. */
export function waited(later: Call, earlier: Call): number {
  return later.entry.at - answeredAt(earlier);
}

/** The earliest instant, virtual epoch ms, at which the answer told its client to come back; `undefined`: it told none. A client that comes then has waited as it was told. */
export function dueAt({ entry: { comeBackAt } }: Call): number | undefined {
  return comeBackAt[0];
}

/** Until when the answer told its client to wait, virtual epoch ms: by `Retry-After`, else by the latest instant that it told. */
export function reportedUntil({ entry: { comeBackAt, retryAfter, sentAt } }: Call): number | undefined {
  return retryAfter === undefined ? comeBackAt.at(-1) : sentAt + retryAfter * 1_000;
}

/** Milliseconds that the answer told to wait. */
export function reportedWait(call: Call): number {
  return Math.max(0, (reportedUntil(call) ?? call.entry.sentAt) - call.entry.sentAt);
}

/** Whether the call came before it was due. A call that is admitted may come early by `TIMER_TOLERANCE_MS`. @param due virtual epoch ms */
export function isBefore(later: Call, due: number): boolean {
  return due - later.entry.at > (later.entry.admitted ? TIMER_TOLERANCE_MS : 0);
}

/** The decision of the policy that refused the call; `undefined` where none did. */
export function refusing({ entry: { decisions, refusedBy } }: Call): JournalDecision | undefined {
  return refusedBy === undefined ? undefined : decisions.find(({ policy }) => policy === refusedBy);
}

/** The call and all that it repeats, in the order of arrival. */
export function attempts(last: Call): readonly Call[] {
  const chain: Call[] = [];
  for (let call: Call | undefined = last; call; call = call.repeats) chain.push(call);
  return chain.reverse();
}

/** The buckets that a call takes units from. */
export function chargedDecisions({ entry: { decisions } }: Call): readonly JournalDecision[] {
  return decisions.filter(({ cost }) => cost > 0);
}

/** Identifies a program's use of a bucket with one credential. */
export function bucketKey(call: Call, bucket: string): string {
  return `${bucket} ${call.caller} ${call.program}`;
}

/** Identifies a program with one credential. */
export function senderOf({ program, caller }: Call): string {
  return `${program} ${caller}`;
}

/** Whether a request can never be admitted: it costs more than the whole quota. */
export function isInadmissible(call: Call): boolean {
  const decision = refusing(call);
  return decision !== undefined && decision.cost > decision.limit;
}

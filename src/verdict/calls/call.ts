/**
 * A request and its response, as the judge sees them.
 * @module
 */
import type { JournalDecision, JournalEntry } from '../../state/journal/entry.js';

/** A journal entry with the facts that the checks derive from the whole run. */
export interface Call {
  readonly entry: JournalEntry;
  /** Increases with arrival. */
  readonly number: number;
  /** Identity of the caller: a hash of the credential, or the IP address. Empty without a credential. */
  readonly caller: string;
  /** The caller as reports display it: `key klinky_live_…bbbb`. */
  readonly callerName: string;
  /** Account of the caller; empty if unknown. */
  readonly account: string;
  /**
   * The program that sent the request, see `programs.ts`. A program knows only the responses that it received itself, even if other programs use the same
   * credential.
   */
  readonly program: string;
  /** Equal for equal requests: same program, caller, method, path, documented query parameters and body. */
  readonly requestKey: string;
  /** Whether the program never had two requests in flight at once. */
  readonly sequential: boolean;
  /** Whether the connection carried requests before the previous one was answered. */
  readonly pipelined: boolean;
  /** Whether the request is the first one on its connection. */
  readonly opensConnection: boolean;
  /**
   * When the previous response on the same connection was sent, if that was before this request arrived; real epoch ms. The client sent this request after
   * that.
   */
  readonly followsAnswerAt: number | undefined;
  /** Start of the burst that the request belongs to, see `bursts.ts`; real epoch ms. */
  readonly burstBeganAt: number;
  /** Whether two requests with this `requestKey` were never in flight at once. */
  readonly oneAtATime: boolean;
  /** The resource that the path names: the value of the last path parameter. Empty if the path has none. */
  readonly resource: string;
  /**
   * `succeeded`: 2xx or 3xx, complete. `rejected`: another 4xx. `refused`: by a limit, or a 429. `failed`: 5xx, no response, or a successful response that was cut.
   */
  readonly outcome: 'succeeded' | 'rejected' | 'refused' | 'failed';
  /** The unsuccessful call that this call retries. */
  repeats: Call | undefined;
  /** The call that retries this one. */
  repeatedBy: Call | undefined;
  /** The newest failure among all earlier attempts. */
  failedBefore: Call | undefined;
}

/** Tolerance for timers that fire early. An admitted call that is early by at most this many milliseconds counts as on time. */
export const TIMER_TOLERANCE_MS = 5;

/** `Call.callerName` of a caller without a credential. */
export const NO_CREDENTIAL = 'no credential';

/** The time when the response was handed over to the client; virtual epoch ms. If the entry has no such time, the time of sending. */
export function answeredAt({ entry: { answeredAt: handedOver, sentAt } }: Call): number {
  return handedOver ?? sentAt;
}

/** While the sandbox's clock stands still, the real clock measures pauses of at least this many milliseconds. Shorter ones may be the machine's own. */
const MIN_REAL_PAUSE_MS = 100;

/**
 * Milliseconds from the earlier call's response to the later call, by the sandbox's clock. Negative if that clock was set back in between. If it stood still, by
 * the real clock.
 */
export function waited(later: Call, earlier: Call): number {
  return later.entry.at - answeredAt(earlier) || realPause(later, earlier.entry.leftAt);
}

/** Milliseconds from one arrival to the next, by the same clocks as `waited`. */
export function sinceArrival(later: Call, earlier: Call): number {
  return later.entry.at - earlier.entry.at || realPause(later, earlier.entry.beganAt);
}

function realPause({ entry: { beganAt } }: Call, since: number | null): number {
  const ms = since === null ? 0 : beganAt - since;
  return ms < MIN_REAL_PAUSE_MS ? 0 : ms;
}

/**
 * The earliest instant at which the response told the client to come back; virtual epoch ms. `undefined` if it stated none. A client that comes back at that
 * instant has waited long enough.
 */
export function dueAt({ entry: { comeBackAt } }: Call): number | undefined {
  return comeBackAt[0];
}

/** The end of the wait that the response stated; virtual epoch ms. It comes from `Retry-After`, otherwise from the latest stated instant. */
export function reportedUntil({ entry: { comeBackAt, retryAfter, sentAt } }: Call): number | undefined {
  return retryAfter === undefined ? comeBackAt.at(-1) : sentAt + retryAfter * 1_000;
}

/** The wait that the response stated, in milliseconds; 0 if it stated none. */
export function reportedWait(call: Call): number {
  return Math.max(0, (reportedUntil(call) ?? call.entry.sentAt) - call.entry.sentAt);
}

/**
 * Whether the call came before its due time. An admitted call may be early by `TIMER_TOLERANCE_MS`.
 * @param due virtual epoch ms
 */
export function isBefore(later: Call, due: number): boolean {
  return due - later.entry.at > (later.entry.admitted ? TIMER_TOLERANCE_MS : 0);
}

/**
 * Whether the call came no sooner than the response to the earlier one told, or waited as long while the sandbox's clock stood still, where it never arrives at the
 * stated time. `false` if the response stated no wait.
 */
export function waitedAsStated(later: Call, earlier: Call): boolean {
  const due = dueAt(earlier);
  return due !== undefined && (later.entry.at >= due || waited(later, earlier) >= due - answeredAt(earlier));
}

/** Milliseconds by which the machine has probably delayed the call: half of its recent scheduling lag, which is a maximum. */
export function probableDelay({ entry: { arrived } }: Call): number {
  return (arrived?.lagMs ?? 0) / 2;
}

/** Milliseconds by which the machine may have delayed the call: twice its recent scheduling lag, because the client's process lags as well as the server. */
export function possibleDelay({ entry: { arrived } }: Call): number {
  return 2 * (arrived?.lagMs ?? 0);
}

/** The decision of the policy that refused the call; `undefined` if no policy refused it. */
export function refusing({ entry: { decisions, refusedBy } }: Call): JournalDecision | undefined {
  return refusedBy === undefined ? undefined : decisions.find(({ policy }) => policy === refusedBy);
}

/** Whether a 429 refuses the credential itself: no limit refused the call, no wait was stated, and no caller was identified. No wait helps. */
export function isBarred(call: Call): boolean {
  const { status, caller, keyHash, refusedBy } = call.entry;
  return (
    status === 429 &&
    refusedBy === undefined &&
    caller === undefined &&
    keyHash !== undefined &&
    dueAt(call) === undefined
  );
}

/** All attempts of a request up to this call, in order of arrival. */
export function attempts(last: Call): readonly Call[] {
  const chain: Call[] = [];
  for (let call: Call | undefined = last; call; call = call.repeats) chain.push(call);
  return chain.reverse();
}

/** The decisions of the policies that charge the call. */
export function chargedDecisions({ entry: { decisions } }: Call): readonly JournalDecision[] {
  return decisions.filter(({ cost }) => cost > 0);
}

/** Identity of a bucket as one program uses it with one credential. */
export function bucketKey(call: Call, bucket: string): string {
  return `${bucket} ${call.caller} ${call.program}`;
}

/** Identity of a request including its exact body. */
export function exactKey({ requestKey, entry: { bodyHash } }: Call): string {
  return `${requestKey} ${bodyHash}`;
}

/** Identity of a program with one credential. */
export function senderOf({ program, caller }: Call): string {
  return `${program} ${caller}`;
}

/**
 * Whether the request costs more than the whole quota and no instant would admit it. A limit with a queue may be longer than its quota, and states an instant
 * then.
 */
export function isInadmissible(call: Call): boolean {
  const decision = refusing(call);
  return decision !== undefined && decision.cost > decision.limit && decision.retryAt === null;
}

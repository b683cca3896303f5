/**
 * What the journal tells of a request.
 * @module
 */

export interface JournalEntry {
  readonly id: string;
  /** Name of the sandbox that it came to; empty for the one without a name. */
  readonly sandbox: string;
  readonly profile: string;
  readonly method: string;
  /** With its query, as it came but for credentials, which are masked. */
  readonly path: string;
  /** Short hash of the path with its query as it came, where something in it is masked: tells apart what looks alike. */
  readonly pathHash: string | undefined;
  readonly operation: string | undefined;
  /** Caller facts; credentials masked. */
  readonly caller: Readonly<Record<string, string>> | undefined;
  /** Short hash of the credential that was shown, good or not: tells callers apart whose masked credentials look alike. */
  readonly keyHash: string | undefined;
  /** 0: the connection was closed before an answer, by a fault or by the client. */
  readonly status: number;
  /** Name of the profile's error that answered, if one did. */
  readonly error: string | undefined;
  /** How the client was kept from a whole answer; `undefined`: all of it was sent. */
  readonly broken: Broken | undefined;
  readonly admitted: boolean;
  /** The policy that refused it. */
  readonly refusedBy: string | undefined;
  readonly decisions: readonly JournalDecision[];
  /** Policies that were asked and had nothing to say about it. */
  readonly skipped: readonly Skipped[];
  /** Policies whose soft limit this request was the first to pass in its window. */
  readonly warnings: readonly string[];
  /** Seconds that the answer's `Retry-After` told to wait, however it wrote them. */
  readonly retryAfter: number | undefined;
  /**
   * Virtual epoch ms, ascending: the instants at which the answer told its client to come back. Counted are `Retry-After`, other header fields and fields of the
   * body, each as a client reads it. A stamp at which the request would certainly be refused is left out.
   */
  readonly comeBackAt: readonly number[];
  /** What the answer's headers told of policies. */
  readonly told: readonly ReportedQuota[];
  /** Short hash of the body, if it had one: tells whether two requests are the same. */
  readonly bodyHash: string | undefined;
  /** Short hash of the body without timestamps and random ids: equal for two tries of a client that stamps each. Made while clients are judged. */
  readonly bodyShape: string | undefined;
  /** How many entries the longest list of its body has, where that is a JSON object with a list in it: what a call for many things asks for. */
  readonly items: number | undefined;
  /** Short hash of the idempotency key, where the provider takes one and it had one. */
  readonly idempotencyKey: string | undefined;
  /** Whether it asked for what has changed only (`If-None-Match`). */
  readonly conditional: boolean;
  /** `If-None-Match` as it came. */
  readonly ifNoneMatch: string | undefined;
  /** Entity tag of the answer. */
  readonly etag: string | undefined;
  /** What the provider's cache said of it. */
  readonly cache: 'HIT' | 'MISS' | 'BYPASS' | undefined;
  /** Virtual epoch ms of arrival, and of the decision that the answer tells. */
  readonly at: number;
  readonly sentAt: number;
  /** Virtual epoch ms at which the answer had been handed over; `null` while it has not been, and where the clock stood still. */
  readonly answeredAt: number | null;
  /** The machine's epoch ms of arrival. */
  readonly realAt: number;
  /** Real milliseconds from arrival to sending. */
  readonly durationMs: number;
  /** Virtual milliseconds that limits delayed the request, until its turn: the longest delay of any policy. Left out where none did. */
  readonly delayMs?: number | undefined;
  /** The machine's epoch ms, with fractions, at which it arrived. Its client did not know what was answered later. */
  readonly beganAt: number;
  /** The machine's epoch ms, with fractions, at which the answer had been handed over; `null` while it has not been, and where its client closed the connection first. */
  readonly leftAt: number | null;
  /** The latest instant (the machine's epoch ms, with fractions) at which the operating system still held the answer unread for its client. */
  readonly unreadAt: number | undefined;
  /**
   * The earliest instant (the machine's epoch ms, with fractions) at which the client's process was seen asleep with the answer read: what it sends from then on
   * it sends in knowledge of it. `null` while that has not been seen, `undefined` where it was not looked for.
   */
  readonly readAt: number | null | undefined;
  /** What is known of the arrival besides, while clients are judged. */
  readonly arrived: ArrivalTiming | undefined;
  /** The connection that it came on; `undefined` in-process. */
  readonly peer: Peer | undefined;
  /** What the client calls itself: its `X-Mock429-Client` header field. */
  readonly client: string | undefined;
}

/** How exact the instant of an arrival is. A server that is not given the processor reads requests late. */
export interface ArrivalTiming {
  /** The earliest instant at which it can have reached the machine: the machine's epoch ms, with fractions. */
  readonly earliestAt: number;
  /** By how much the machine lately gave a program the processor too late, in real milliseconds. */
  readonly lagMs: number;
}

/** The client's end of a connection: what tells the programs apart that share a credential. */
export interface Peer {
  /** Numbers the connections of a server, from 1. */
  readonly connection: number;
  /** The machine's epoch ms, with fractions. */
  readonly openedAt: number;
  /** `User-Agent` of its first request. */
  readonly userAgent: string | undefined;
  /** The process that opened it, where the operating system tells. */
  readonly opener: ClientProcess | undefined;
}

/** A process on this machine. */
export interface ClientProcess {
  readonly pid: number;
  /** The process that started it, the one that started that, and so on: at most 3. */
  readonly ancestors: readonly number[];
  /** The machine's epoch ms; exact to about 10 ms. */
  readonly startedAt: number;
  /** Other processes that had sent requests and were still there when it opened its first connection. */
  readonly beside: readonly number[];
}

/** What the headers of an answer told of one policy. */
export interface ReportedQuota {
  readonly policy: string;
  readonly remaining: number;
  readonly resetAt: number | null;
}

/** `applies`: it speaks of other requests; `no-limit`: the account has none; `no-partition`: the request lacks what is counted by. */
export interface Skipped {
  readonly policy: string;
  readonly why: 'applies' | 'no-limit' | 'no-partition';
}

export interface JournalDecision {
  readonly policy: string;
  /** The bucket's id, as `quotas()` has it. */
  readonly bucket: string;
  /** What was counted apart; credentials masked. */
  readonly partition: Readonly<Record<string, string>>;
  readonly allowed: boolean;
  /** Units that it asked for. */
  readonly cost: number;
  /** Units taken when this had been decided, its own included. */
  readonly used: number;
  readonly limit: number;
  readonly remaining: number;
  readonly resetAt: number | null;
  /** The first instant, epoch ms, at which this policy had room for it; `null`: never, or nobody can tell. */
  readonly retryAt: number | null;
  /** Units taken in the end, refunds included. */
  readonly charged: number;
  readonly refunded: number;
  /** Virtual milliseconds that the policy delayed the request, until its turn; left out where it did not. */
  readonly delayMs?: number | undefined;
}

/**
 * `cut`: the connection was closed within the body, after the request had taken effect; `dropped`: it was closed in place of an answer, before anything took
 * effect; `gone`: the client closed it before the answer, and nothing took effect.
 */
export type Broken = (typeof BROKEN)[number];

/** All that an answer may be broken by. */
export const BROKEN = ['cut', 'dropped', 'gone'] as const;

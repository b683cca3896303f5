/**
 * The parts of a journal entry that are objects.
 * @module
 */

/** How exact the instant of an arrival is. A server that does not get the processor reads requests late. */
export interface ArrivalTiming {
  /** The earliest instant at which it can have reached the machine: the machine's epoch ms, with fractions. */
  readonly earliestAt: number;
  /** The machine's recent scheduling lag, in real milliseconds. */
  readonly lagMs: number;
}

/** The client's end of a connection. It distinguishes programs that share a credential. */
export interface Peer {
  /** The number of the connection, from 1. */
  readonly connection: number;
  /** The machine's epoch ms, with fractions. */
  readonly openedAt: number;
  /** `User-Agent` of its first request. */
  readonly userAgent: string | undefined;
  /** The process that opened it, where the operating system reveals it. */
  readonly opener: ClientProcess | undefined;
}

/** A process on this machine. */
export interface ClientProcess {
  readonly pid: number;
  /** Its parent process, the parent of that, and so on: at most 3. */
  readonly ancestors: readonly number[];
  /** The machine's epoch ms; exact to about 10 ms. */
  readonly startedAt: number;
  /**
   * Processes that were still there when it opened its first connection: others that had sent requests, and the parents of such processes. The parents show which
   * scripts still ran. Its own ancestors are not counted as parents.
   */
  readonly beside: readonly number[];
}

/** Whether a job still ran when an answer showed it. */
export type JobState = 'running' | 'ended';

/** What the headers of an answer reported of one policy. */
export interface ReportedQuota {
  readonly policy: string;
  readonly remaining: number;
  readonly resetAt: number | null;
}

/** A policy that did not apply. `applies`: its condition excludes the request; `no-limit`: the account has no quota; `no-partition`: the request lacks a fact that the policy partitions by. */
export interface Skipped {
  readonly policy: string;
  readonly why: 'applies' | 'no-limit' | 'no-partition';
}

/** What one policy decided about a request. */
export interface JournalDecision {
  readonly policy: string;
  /** The bucket's id, as `quotas()` has it. */
  readonly bucket: string;
  /** The facts that the policy partitions by; credentials are masked. */
  readonly partition: Readonly<Record<string, string>>;
  readonly allowed: boolean;
  /** Units that the request costs. */
  readonly cost: number;
  /** Units used after the decision, its own included. */
  readonly used: number;
  readonly limit: number;
  readonly remaining: number;
  readonly resetAt: number | null;
  /** The first instant, epoch ms, at which this policy had room for it; `null`: never, or unknown. */
  readonly retryAt: number | null;
  /** Units charged in the end, after refunds. */
  readonly charged: number;
  readonly refunded: number;
  /** Virtual milliseconds that the policy delayed the request, until its turn; left out where it did not. */
  readonly delayMs?: number | undefined;
}

/**
 * `cut`: the connection was closed within the body, after the request had taken effect; `dropped`: it was closed in place of an answer, before anything took
 * effect; `gone`: the client closed it before the answer, and nothing took effect; `left`: the client closed it while the answer was streamed.
 */
export type Broken = (typeof BROKEN)[number];

/** Every kind of broken answer. */
export const BROKEN = ['cut', 'dropped', 'gone', 'left'] as const;

/** How far a streamed body has been sent. */
export interface StreamProgress {
  /** Chunks: events, lines or tokens. */
  chunks: number;
  /** Bytes of the body. */
  bytes: number;
  /** Virtual epoch ms at which the stream ended; `null` while it runs. */
  endedAt: number | null;
}

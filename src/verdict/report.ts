/**
 * What a verdict says: plain data, for programs and for those who write it out.
 * @module
 */

/** `error` fails a verdict, `warn` only warns. */
export type Severity = 'error' | 'warn';
export type Verdict = 'pass' | 'warn' | 'fail';

/** A provider's advice to its clients, and where it gives it. */
export interface ShownAdvice {
  /** What it asks of a client, in our own words. */
  readonly says: string;
  readonly level: 'documented' | 'inferred' | 'assumed';
  readonly note?: string | undefined;
  readonly source: { readonly title: string; readonly url?: string | undefined } | null;
}

/** A check that was made, and what came of it. */
export interface CheckResult {
  readonly check: string;
  readonly title: string;
  readonly severity: Severity;
  readonly verdict: Verdict;
  readonly advice: ShownAdvice;
}

/** One caller's offences against one piece of advice. */
export interface Finding {
  readonly check: string;
  readonly title: string;
  readonly severity: Severity;
  readonly profile: string;
  /** `key klinky_live_…bbbb`; credentials masked. */
  readonly caller: string;
  /** A plain sentence with numbers, without a full stop. */
  readonly says: string;
  readonly times: number;
  /** Ids of the journal's entries that show it, in the order of arrival. */
  readonly entries: readonly string[];
  readonly advice: ShownAdvice;
}

/** How much of a limit was used. */
export interface Throughput {
  readonly policy: string;
  readonly unit: string;
  /** Units charged between the first request and the last that the policy was asked about, over all its buckets. */
  readonly used: number;
  /** The most that the limit would have let through in the same time, in the same buckets. */
  readonly possible: number;
}

export interface Figures {
  readonly requests: number;
  /** By every policy; a 429 may yet come from elsewhere. */
  readonly admitted: number;
  /** By a policy, or with a 429 from elsewhere. */
  readonly refused: number;
  /** Answered 2xx or 3xx. */
  readonly succeeded: number;
  /** Any other 4xx. With the three beside it, they are all. */
  readonly rejected: number;
  /** 5xx, and connections that ended without an answer. */
  readonly failed: number;
  /** From the first arrival to the last sending, by the clock of the sandbox. */
  readonly spanMs: number;
  /** Of the limit that was used most, by share; `null` where none was asked that lets through so many in so long. */
  readonly throughput: Throughput | null;
  /** Sum of what refusals told to wait, and of the time until the same caller came back, over those after which it did. */
  readonly toldToWaitMs: number;
  readonly waitedMs: number;
  readonly longestRefusalStreak: number;
}

export interface ProfileReport {
  readonly profile: string;
  readonly title: string;
  readonly verdict: Verdict;
  readonly figures: Figures;
  readonly checks: readonly CheckResult[];
  /** The gravest first. */
  readonly findings: readonly Finding[];
}

export interface Report {
  readonly verdict: Verdict;
  /** Requests that were judged, and those that the journal no longer had. */
  readonly requests: { readonly judged: number; readonly lost: number };
  /** Those that were asked anything. */
  readonly profiles: readonly ProfileReport[];
}

/**
 * What a verdict says: plain data, for programs and for those who write it out.
 * @module
 */

/** `error` fails a verdict, `warn` only warns. */
export type Severity = 'error' | 'warn';

/**
 * `undecided`: nothing was found that fails the verdict, but there is something of which nobody can tell whether the client broke a rule: a request may have
 * crossed the answer that it seems to ignore, or requests left the journal before they were judged.
 */
export type Verdict = 'pass' | 'warn' | 'undecided' | 'fail';

/** `not-judged`: nothing happened that the check could judge. */
export type CheckVerdict = Verdict | 'not-judged';

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
  readonly verdict: CheckVerdict;
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
  /** Ids of the journal's entries that show it, in the order of arrival; at most 20. */
  readonly entries: readonly string[];
  /** How many more entries show it. */
  readonly entriesOmitted: number;
  /** The calls that show the gravest of them; at most 5. */
  readonly calls: readonly ShownCall[];
  /** What to set in the client's library to mend it, where the library is known. */
  readonly hint?: string | undefined;
  readonly advice: ShownAdvice;
}

/** One call of a finding. */
export interface ShownCall {
  readonly id: string;
  /** Arrival by the clock of the sandbox, epoch ms. */
  readonly at: number;
  /** Number of the connection; left out in-process. */
  readonly connection?: number | undefined;
  /** The process that sent it, where the system tells. */
  readonly pid?: number | undefined;
  /** What its client knew: `the answer to request 3, which had left 61 ms before on connection 2`. */
  readonly knew?: string | undefined;
}

/** Something of which nobody can tell whether a client broke a rule. */
export interface Undecided {
  /** Empty: it is about no check in particular. */
  readonly check: string;
  readonly profile: string;
  readonly caller: string;
  /** A plain sentence, without a full stop. */
  readonly says: string;
  readonly times: number;
  readonly entries: readonly string[];
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

/** How long it took to do what a limit had held up. */
export interface CompletionTime {
  readonly policy: string;
  /** From the first refusal to the last admission of a call that had been refused, by the clock of the sandbox. */
  readonly tookMs: number;
  /** The least time in which the limit lets through as much. */
  readonly bestMs: number;
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
  /** 5xx, and connections that ended without an answer or within one. */
  readonly failed: number;
  /** From the first arrival to the last sending, by the clock of the sandbox. */
  readonly spanMs: number;
  /** Of the limit that was used most, by share; `null` where none was asked that lets through so many in so long. */
  readonly throughput: Throughput | null;
  /** Of the times that a limit held up work which was then done, the one that took the most time beyond the best; `null` where there was none. */
  readonly completion: CompletionTime | null;
  /**
   * Time in which somebody had been told to wait, and in which somebody who had been told to was waiting, over those who came back. What several were told at
   * the same time counts once.
   */
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
  readonly undecided: readonly Undecided[];
}

export interface Report {
  readonly verdict: Verdict;
  /** Requests that were judged, and those that left the journal before they could be. */
  readonly requests: { readonly judged: number; readonly lost: number };
  /** Those that were asked anything. */
  readonly profiles: readonly ProfileReport[];
}

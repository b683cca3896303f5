/**
 * A verdict as plain data, for programs and for renderers.
 * @module
 */

/** `error` fails a verdict, `warn` only warns. */
export type Severity = 'error' | 'warn';

/**
 * `undecided`: nothing was found that fails the verdict, but in some case it cannot be decided whether the client broke a rule: a request may have crossed the answer
 * that it seems to ignore, or requests left the journal before they were judged.
 */
export type Verdict = 'pass' | 'warn' | 'undecided' | 'fail';

/** `not-judged`: nothing happened that the check could judge. */
export type CheckVerdict = Verdict | 'not-judged';

/** A provider's advice to its clients, and where it gives it. */
export interface ReportedAdvice {
  /** What it asks of a client, paraphrased. */
  readonly says: string;
  readonly level: 'documented' | 'inferred' | 'assumed';
  readonly note?: string | undefined;
  readonly source: { readonly title: string; readonly url?: string | undefined } | null;
}

/** A check and its result. */
export interface CheckResult {
  readonly check: string;
  readonly title: string;
  readonly severity: Severity;
  readonly verdict: CheckVerdict;
  readonly advice: ReportedAdvice;
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
  /** The calls of the gravest incident; at most 5. */
  readonly calls: readonly ReportedCall[];
  /** What to set in the client's library to fix it, where the library is known. */
  readonly hint?: string | undefined;
  readonly advice: ReportedAdvice;
}

/** One call of a finding. */
export interface ReportedCall {
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

/** A case in which it cannot be decided whether a client broke a rule. */
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
  /** Admitted by every policy. The answer may still be a 429 that no policy made. */
  readonly admitted: number;
  /** Refused by a policy, or answered with a 429 that no policy made. */
  readonly refused: number;
  /** Answered 2xx or 3xx. */
  readonly succeeded: number;
  /** Answered with any other 4xx. `refused`, `succeeded`, `rejected` and `failed` add up to `requests`. */
  readonly rejected: number;
  /** 5xx, and connections that ended without an answer or within one. */
  readonly failed: number;
  /** From the first arrival to the last sending, by the clock of the sandbox. */
  readonly spanMs: number;
  /** Of the limit of which the largest share was used; `null` where no limit was asked that refills with time. */
  readonly throughput: Throughput | null;
  /** Of the episodes in which a limit delayed work that was then done, the one that took the most time beyond the least; `null` where there was none. */
  readonly completion: CompletionTime | null;
  /**
   * Time in which at least one client had been told to wait (`toldToWaitMs`), and in which at least one of them was waiting (`waitedMs`). Only waits after which the
   * client came back count.
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
  /** The profiles that received requests. */
  readonly profiles: readonly ProfileReport[];
}

/**
 * The verdict as plain, JSON-compatible data. Programs and renderers read it.
 * @module
 */

/** Severity of a finding. `error` fails the verdict, `warn` leads to the verdict `warn`. */
export type Severity = 'error' | 'warn';

/**
 * The verdict on a provider's clients. `undecided`: no finding fails the verdict, but the journal does not show in every case whether a client broke a rule. A
 * request may have crossed the response that it seems to ignore, or the journal evicted requests before they were judged.
 */
export type Verdict = 'pass' | 'warn' | 'undecided' | 'fail';

/** The verdict of one check. `not-judged`: the run contains nothing that the check can judge. */
export type CheckVerdict = Verdict | 'not-judged';

/** Advice to the clients of a provider, with its source. */
export interface ReportedAdvice {
  /** What the advice asks of a client, paraphrased. */
  readonly says: string;
  /** How certain the advice is: stated by the source, inferred from it, or assumed. */
  readonly level: 'documented' | 'inferred' | 'assumed';
  readonly note?: string | undefined;
  /** The page that gives the advice; `null` if there is none. */
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

/** The incidents of one caller in one check. */
export interface Finding {
  readonly check: string;
  readonly title: string;
  readonly severity: Severity;
  readonly profile: string;
  /** The caller, with its credential masked: `key klinky_live_…bbbb`; or `without a credential`. */
  readonly caller: string;
  /** A sentence with numbers, without the final full stop. */
  readonly says: string;
  /** The number of incidents. */
  readonly times: number;
  /** Ids of the journal's entries that show it, in the order of arrival; at most 20. */
  readonly entries: readonly string[];
  /** The number of further entries that are not in `entries`. */
  readonly entriesOmitted: number;
  /** The calls of the most serious incident; at most 5. */
  readonly calls: readonly ReportedCall[];
  /** What to set in the client's HTTP library, if the library is known. Otherwise the check's own hint, if it has one. */
  readonly hint?: string | undefined;
  readonly advice: ReportedAdvice;
}

/** One call of a finding. */
export interface ReportedCall {
  /** Id of the journal entry. */
  readonly id: string;
  /** Arrival by the sandbox's clock; epoch ms. */
  readonly at: number;
  /** Number of the connection. Absent for in-process calls. */
  readonly connection?: number | undefined;
  /** The process that sent the call, if the operating system reports it. */
  readonly pid?: number | undefined;
  /** What the client knew: `the answer to request 3, which had left 61 ms before on connection 2`. */
  readonly knew?: string | undefined;
  /** Id of the request whose answer `knew` describes. */
  readonly knownAnswer?: string | undefined;
}

/** A case in which the journal does not show whether a client broke a rule. */
export interface Undecided {
  /** Name of the check. Empty if the case concerns no particular check. */
  readonly check: string;
  readonly profile: string;
  readonly caller: string;
  /** A sentence without the final full stop. */
  readonly says: string;
  /** The number of incidents, or of requests that were not judged. */
  readonly times: number;
  /** Ids of journal entries, in order of arrival. */
  readonly entries: readonly string[];
}

/** How much of a limit was used. */
export interface Throughput {
  readonly policy: string;
  readonly unit: string;
  /** Units charged in all buckets of the policy, between the first and the last request that the policy charged. */
  readonly used: number;
  /** The most units that the limit could have admitted in the same time, in the same buckets. */
  readonly possible: number;
}

/** How long it took to complete work that a limit had delayed. */
export interface CompletionTime {
  readonly policy: string;
  /** From the first refusal to the last admission of a call that had been refused, in milliseconds by the sandbox's clock. */
  readonly tookMs: number;
  /** The shortest time in which the limit admits the same calls, in milliseconds. */
  readonly bestMs: number;
}

/** The figures of a run. */
export interface Figures {
  /** Requests that have a response. */
  readonly requests: number;
  /** Requests that were not refused. */
  readonly admitted: number;
  /** Requests that a policy refused, and other requests that got a 429. */
  readonly refused: number;
  /** Responses with 2xx or 3xx, except those that were cut. */
  readonly succeeded: number;
  /** Responses with another 4xx. `refused`, `succeeded`, `rejected` and `failed` add up to `requests`. */
  readonly rejected: number;
  /** Requests with a 5xx, with no response, or with a successful response that was cut. */
  readonly failed: number;
  /** From the first arrival to the last response, in milliseconds by the sandbox's clock. */
  readonly spanMs: number;
  /** Usage of the limit with the largest used share; `null` if no request was charged to a limit that refills with time. */
  readonly throughput: Throughput | null;
  /** The completion time of the episode with the most time above its minimum; `null` if no limit delayed work that was completed later. */
  readonly completion: CompletionTime | null;
  /**
   * The union of all stated waits (`toldToWaitMs`) and the union of all actual waits (`waitedMs`), in milliseconds. Only waits after which the client came back
   * count.
   */
  readonly toldToWaitMs: number;
  readonly waitedMs: number;
  /** The largest number of consecutive refusals of one caller. */
  readonly longestRefusalStreak: number;
}

/** The verdict on the clients of one provider. */
export interface ProfileReport {
  readonly profile: string;
  readonly title: string;
  readonly verdict: Verdict;
  readonly figures: Figures;
  /** All checks that apply, in the order of the profile's advice. */
  readonly checks: readonly CheckResult[];
  /** Errors first. */
  readonly findings: readonly Finding[];
  readonly undecided: readonly Undecided[];
}

/** The verdict on a run. */
export interface Report {
  /** The worst verdict of all profiles; `undecided` if requests were lost and nothing fails. */
  readonly verdict: Verdict;
  /** The number of judged requests, and of requests that the journal evicted before they were judged. */
  readonly requests: { readonly judged: number; readonly lost: number };
  /** The profiles that received requests. */
  readonly profiles: readonly ProfileReport[];
}

/**
 * The advice that applies to every client, whether or not the provider's profile gives advice. A profile's own advice for the same check replaces the entry
 * here.
 * @module
 */
import type { ReportedAdvice } from './report/report.js';

const RFC_9110: ReportedAdvice['source'] = {
  title: 'RFC 9110, HTTP Semantics, section 10.2.3',
  url: 'https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3',
};

/** One entry of the baseline, in the shape of a profile's advice. */
interface CommonAdvice {
  readonly says: string;
  readonly note?: string;
  readonly source: ReportedAdvice['source'];
  /** Values for the check's own options schema; milliseconds for durations. An empty object selects the schema's defaults. */
  readonly options: Readonly<Record<string, unknown>>;
}

const USUAL_PRACTICE = 'usual practice; the profile gives no advice of its own';

/** Baseline advice by check name. */
export const baseline: Readonly<Record<string, CommonAdvice>> = {
  'retry-too-early': {
    says: 'Retry-After says how long a client ought to wait before it asks again',
    source: RFC_9110,
    options: {},
  },
  hammering: {
    says: 'A client that is refused pauses before it asks again',
    note: USUAL_PRACTICE,
    source: null,
    options: { refusals: 3, pause: 1_000 },
  },
  'no-backoff': {
    says: 'A client that meets failures of the server waits longer from retry to retry',
    note: USUAL_PRACTICE,
    source: null,
    options: { least: 50, waits: 3 },
  },
  uncoordinated: {
    says: 'All calls of a program wait while any of them has been told to',
    note: USUAL_PRACTICE,
    source: null,
    options: {},
  },
  'shared-key': {
    says: 'Programs that share a credential agree on who spends how much, or have a credential each',
    note: USUAL_PRACTICE,
    source: null,
    options: {},
  },
  'never-admissible': {
    says: 'A request that costs more than the whole quota is split, or not sent',
    note: USUAL_PRACTICE,
    source: null,
    options: {},
  },
  'futile-retry': {
    says: 'What was rejected as it is (400, 401, 403, 404, 405, 410, 413, 415, 422) is changed before it is sent again, or not sent',
    note: 'the RFC says it of 403; of the others it is usual practice',
    source: {
      title: 'RFC 9110, HTTP Semantics, section 15.5.4',
      url: 'https://www.rfc-editor.org/rfc/rfc9110#section-15.5.4',
    },
    options: { repeats: 2, within: 60_000 },
  },
  'no-retry-budget': {
    says: 'A client whose calls mostly fail retries few of them, or stops for a while',
    note: 'retry budgets are usual practice (gRPC, Finagle and the AWS SDKs have one); the profile gives no advice of its own',
    source: null,
    options: { failures: 10, budget: 0.5, within: 60_000 },
  },
  'lost-or-doubled': {
    says: 'What was refused is delivered in the end, and nothing is made twice',
    note: USUAL_PRACTICE,
    source: null,
    options: {},
  },
  'no-timeout': {
    says: 'A client gives up on an answer that does not come',
    note: USUAL_PRACTICE,
    source: null,
    options: { after: 60_000 },
  },
};

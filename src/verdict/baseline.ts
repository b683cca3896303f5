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
    says: 'A client sends nothing to a limit before the wait that its refusal stated is over',
    source: RFC_9110,
    options: {},
  },
  hammering: {
    says: 'A client that is refused pauses before it sends another request',
    note: USUAL_PRACTICE,
    source: null,
    options: { refusals: 3, pause: 1_000 },
  },
  'no-backoff': {
    says: 'A client that retries after server failures waits longer before each retry',
    note: USUAL_PRACTICE,
    source: null,
    options: { least: 50, waits: 3 },
  },
  uncoordinated: {
    says: 'All calls of a program wait while one of them has to wait',
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
    says: 'A client splits a request that costs more than the whole quota, or does not send it',
    note: USUAL_PRACTICE,
    source: null,
    options: {},
  },
  'futile-retry': {
    says: 'A client changes a rejected request (400, 401, 403, 404, 405, 410, 413, 415, 422) before it sends it again, or does not send it',
    note: 'the RFC says so for 403; for the other statuses it is usual practice',
    source: {
      title: 'RFC 9110, HTTP Semantics, section 15.5.4',
      url: 'https://www.rfc-editor.org/rfc/rfc9110#section-15.5.4',
    },
    options: { repeats: 2, within: 60_000 },
  },
  'no-retry-budget': {
    says: 'A client retries only a few of its calls while most of them fail, or stops for a while',
    note: 'retry budgets are usual practice (gRPC, Finagle and the AWS SDKs have one); the profile gives no advice of its own',
    source: null,
    options: { failures: 10, budget: 0.5, within: 60_000 },
  },
  'lost-or-doubled': {
    says: 'A client delivers every refused write in the end, and performs no write twice',
    note: USUAL_PRACTICE,
    source: null,
    options: {},
  },
  'no-timeout': {
    says: 'A client stops waiting for a response that does not arrive',
    note: USUAL_PRACTICE,
    source: null,
    options: { after: 60_000 },
  },
};

/**
 * What a program in the same process has of a sandbox.
 * @module
 */

import type { Interception, InterceptOptions } from './intercept.js';
import type { ClockReading } from './runtime/clock.js';
import type { InFlightRequest } from './sandbox/control/in-flight.js';
import type { Quota, QuotaChange } from './sandbox/control/quotas.js';
import type { EventType, MockEventOf } from './sandbox/events.js';
import type { Explanation } from './sandbox/explain/request.js';
import type { Fault } from './sandbox/faults/faults.js';
import type { FaultInput } from './sandbox/faults/schema.js';
import type { Job, JobDefaults, JobDefaultsUpdate, JobUpdate } from './sandbox/jobs/jobs.js';
import type { RequestFilter, RequestWait } from './sandbox/journal/query.js';
import type { Snapshot } from './sandbox/snapshot/format.js';
import type { SnapshotOptions } from './sandbox/snapshot/save.js';
import type { ReportOptions } from './sandbox/verdict/report.js';
import type { Account } from './state/accounts.js';
import type { JournalEntry } from './state/journal/entry.js';
import type { Report } from './verdict/report/report.js';

/** What one sandbox offers: everything that the control API can do. */
export interface MockSandbox {
  /**
   * Requests a provider: a path (`/api/v1/domains`), a URL on any host, or a Request. No port is involved. Where several profiles are served the path begins
   * with the profile's id, as it does on a port. It may be passed on by itself, to a client that takes a `fetch`.
   *
   * @example
   * const response = await mock.fetch('/api/v1/public/links', { headers: { 'X-API-Key': 'klinky_live_a' } });
   * const client = new KlinkyClient({ key: 'klinky_live_a', fetch: mock.fetch });
   */
  fetch(input: string | URL | Request, init?: RequestInit): Promise<Response>;
  /**
   * Leads the process's `fetch` here where it is for a provider's real base URL, so that a client is tested as it is. It is the whole process's: what was
   * intercepted last answers, so tests that run at the same time in one process had better be given `fetch` of their sandboxes. What does not use the global
   * `fetch` (node:http, a `fetch` that was kept earlier) is not led here. Redirects (only a fault makes any) are handed over as they are.
   *
   * @example
   * const interception = mock.intercept({ unhandled: 'error', origins: { 'https://staging.example.com': 'klinky' } });
   * await new KlinkyClient({ key: 'klinky_live_a' }).links(); // no base URL to change
   * interception.restore();
   *
   * @throws OptionError
   */
  intercept(options?: InterceptOptions): Interception;
  /**
   * Everything goes by it: windows, delays, jobs, the `Date` header.
   *
   * @example
   * await mock.clock.freeze();
   * await mock.clock.advance('1h'); // windows end, and what is due on the way happens
   */
  readonly clock: MockClock;
  /**
   * Every live bucket; credentials are masked.
   *
   * @example
   * mock.quotas()[0]; // { id, profile: 'klinky', policy: 'account-hour', partition: { account: 'default' }, limit: 100, used: 1, remaining: 99, resetAt }
   */
  quotas(): Quota[];
  /**
   * Sets a bucket: `remaining` or `used`, by policy and partition (credentials in full) or by the `id` that `quotas()` tells.
   *
   * @example
   * mock.setQuota({ policy: 'account-hour', partition: { account: 'default' }, remaining: 3 });
   *
   * @throws Problem
   */
  setQuota(change: QuotaChange): Quota;
  /**
   * Which keys belong to an account, its plan, its own quotas. Counts are kept. The account that is returned has its keys masked.
   *
   * @example
   * mock.setAccount('klinky', 'acme', { plan: 'growth', keys: ['klinky_live_b'], quotas: { 'account-hour': 5 } });
   *
   * @throws Problem
   */
  setAccount(
    profile: string,
    account: string,
    change: { plan?: string; keys?: readonly string[]; quotas?: Record<string, number> },
  ): Account;
  /**
   * Answers in place of the provider's own: a status, a body, headers, a delay on the mock's clock, a connection that breaks. The first that is meant for a
   * request and whose turn it is answers it.
   *
   * @example
   * mock.faults.add({ match: { method: 'GET', path: '/api/v1/public/links' }, status: 503, times: 2 });
   * mock.faults.add({ delayMs: 1_500 }); // all others are answered once the clock is there
   */
  readonly faults: {
    add(fault: FaultInput): Fault;
    list(): readonly Fault[];
    remove(id?: string): boolean;
  };
  /** What takes time: predictions, audits and the like. */
  readonly jobs: {
    /** Profile by profile, in the order of their creation. */
    list(): Job[];
    /**
     * Ends a running job, keeps it running, or moves its end.
     *
     * @example
     * await mock.jobs.set(id, { state: 'failed' }); // now: its place is free, its webhook told
     * await mock.jobs.set(id, { endsInMs: 60_000 });
     *
     * @throws Problem
     */
    set(id: string, change: JobUpdate): Promise<Job>;
    /** How long the jobs to come run, and how they end. @throws Problem */
    defaults(profile: string): JobDefaults;
    /** Sets that; `null` gives it back to the profile. @throws Problem */
    setDefaults(profile: string, change: JobDefaultsUpdate): JobDefaults;
  };
  /**
   * The journal, or what fits of it, oldest first.
   *
   * @example
   * mock.requests({ status: 429 }).length; // how often the client was refused
   *
   * @throws Problem
   */
  requests(filter?: RequestFilter): JournalEntry[];
  /**
   * Those that fit once so many have come (those counted that are there already), or whatever has come when the wait is over: 5 s of real time, or `wait`.
   *
   * @throws Problem; the signal's reason, once it is given
   */
  waitForRequests(wait?: RequestWait & { readonly signal?: AbortSignal | undefined }): Promise<JournalEntry[]>;
  /**
   * Why a request was admitted or refused, policy by policy, in English, by its id in the journal.
   *
   * @example
   * const [refused] = mock.requests({ status: 429 });
   * console.log(mock.explain(refused.id).text);
   *
   * @throws Problem where the journal does not have it
   */
  explain(request: string): Explanation;
  /**
   * Whether the clients behaved: what the providers advise, checked against the journal, and what the run came to in numbers. `renderReport` writes it out.
   *
   * @example
   * const { verdict, profiles } = mock.report({ ended: true });
   * expect(profiles[0].findings.map(({ says }) => says)).toEqual([]);
   */
  report(options?: ReportOptions): Report;
  /** Empties the journal; counters stay. */
  clearRequests(): void;
  /**
   * Hears of one kind of events, or of all; the result ends it.
   *
   * @example
   * const end = mock.on('refusal', ({ data }) => console.log(data.path, data.retryAfter));
   */
  on<T extends EventType | '*'>(type: T, listener: (event: MockEventOf<T>) => void): () => void;
  /** Requests that wait for their delay to end. */
  inFlight(): InFlightRequest[];
  /**
   * Counters, journal, faults, jobs and resources are gone, and requests in flight end at once; with `clock` and `accounts` those are as at the start as well.
   *
   * @example
   * afterEach(() => mock.reset({ clock: true, accounts: true }));
   */
  reset(options?: { clock?: boolean; accounts?: boolean }): void;
  /**
   * Everything that the sandbox remembers, clock included, as JSON that is always written in the same order; credentials are in it in full. What is in flight is
   * not. A clock that stands still is restored at its instant, one that runs goes on as if it had run all the while.
   *
   * @example
   * await mock.clock.freeze();
   * writeFileSync('used-up.json', JSON.stringify(mock.snapshot()));
   */
  snapshot(options?: SnapshotOptions): Snapshot;
  /**
   * Goes on as the sandbox that was saved would, in place of what there is; requests in flight end at once.
   *
   * @example
   * mock.restore(JSON.parse(readFileSync('used-up.json', 'utf8')));
   *
   * @throws Problem, and changes nothing, where the snapshot is of a newer version or does not fit what is served
   */
  restore(snapshot: Snapshot): void;
}

export interface MockClock {
  /** Epoch milliseconds. */
  now(): number;
  read(): ClockReading;
  /** Milliseconds, or a duration such as `90s`, `1h`, `PT1H`. The clock has moved when this returns; the promise waits for responses that became due. */
  advance(by: number | string): Promise<ClockReading>;
  /**
   * Jumps to an instant, in either direction; stops or starts; goes at another rate (virtual milliseconds per real one).
   *
   * @example
   * await mock.clock.set({ now: '2026-05-12T08:59:59.999Z', frozen: true });
   *
   * @throws Problem
   */
  set(change: { now?: string | number; frozen?: boolean; rate?: number }): Promise<ClockReading>;
  freeze(): Promise<ClockReading>;
  resume(): Promise<ClockReading>;
}

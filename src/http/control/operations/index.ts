/**
 * The table of operations. To add an operation, write one file (or an entry in the file of its topic) and add one line here: `Mock` gets the method, and the
 * control API the call.
 * @module
 */

import { type CallsOf, callsOf } from '../define-operation.js';
import type { Change, HttpForm } from '../operation.js';
import { accounts, setAccount } from './accounts.js';
import { advanceClock, readClock, setClock } from './clock.js';
import { addFault, listFaults, removeFault } from './faults.js';
import { jobDefaults, listJobs, setJob, setJobDefaults } from './jobs.js';
import { events } from './journal/events.js';
import { explain } from './journal/explain.js';
import { report } from './journal/report.js';
import { clearRequests, requests, reset, waitForRequests } from './journal/requests.js';
import { usage } from './journal/usage.js';
import { getProfile, listProfiles, setProfile } from './profiles.js';
import { inFlight, quotas, setQuota } from './quotas.js';
import { listSandboxes, removeSandbox } from './sandboxes.js';
import { restore, snapshot } from './snapshot.js';
import { health, metrics, openApi } from './system.js';
import { addEndpoint, listDeliveries, listEndpoints, removeEndpoint, sendEvent } from './webhooks.js';

/** The operations on a sandbox, by the name of the method of `Mock`. */
export const operations = {
  /**
   * The clock of the sandbox. Windows, delays, jobs and the `Date` header use it.
   *
   * @example
   * await mock.clock.freeze();
   * await mock.clock.advance('1h'); // windows end, and everything that becomes due on the way happens
   */
  clock: {
    /** Reads the time and the mode of the clock. */
    read: readClock,
    /**
     * Jumps to an instant, in either direction; stops or starts the clock; changes its rate (virtual milliseconds per real one).
     *
     * @example
     * await mock.clock.set({ now: '2026-05-12T08:59:59.999Z', frozen: true });
     *
     * @throws Problem
     */
    set: setClock,
    /**
     * Advances the clock by milliseconds, or by a duration such as `90s`, `1h`, `PT1H`. The clock has moved when this returns; the promise resolves once all
     * responses
     * that became due have been sent.
     *
     * @throws Problem
     */
    advance: advanceClock,
  },
  /**
   * The journal, or the entries of it that match a filter, oldest first.
   *
   * @example
   * mock.requests({ status: 429 }).length; // how often the client was refused
   *
   * @throws Problem
   */
  requests,
  /**
   * Resolves with the matching entries once there are `count` of them, existing ones included. After `wait` (default: 5 s of real time) it resolves with those
   * that
   * exist.
   *
   * @throws Problem; the reason of the signal where it aborts
   */
  waitForRequests,
  /** Empties the journal; counters stay. */
  clearRequests,
  /**
   * Removes counters, journal, faults, jobs and resources, and ends requests in flight at once. The options `clock` and `accounts` restore those to their
   * initial state as well.
   *
   * @example
   * afterEach(() => mock.reset({ clock: true, accounts: true }));
   */
  reset,
  /**
   * Explains in English, policy by policy, why a request was admitted or refused. The argument is its id in the journal.
   *
   * @example
   * const [refused] = mock.requests({ status: 429 });
   * console.log(mock.explain(refused.id).text);
   *
   * @throws Problem where the journal does not contain it
   */
  explain,
  /**
   * Judges the clients: it checks the journal against the advice of the providers, and computes the figures of the run. `renderReport` turns the report into
   * text.
   *
   * @example
   * const { verdict, profiles } = mock.report({ ended: true });
   * expect(profiles[0].findings.map(({ says }) => says)).toEqual([]);
   */
  report,
  /**
   * The complete state of the sandbox, clock included, as JSON with a stable key order. It contains credentials in full. It does not contain requests in
   * flight. A
   * frozen clock is restored at its instant; a running clock continues as if it had never stopped.
   *
   * @example
   * await mock.clock.freeze();
   * writeFileSync('used-up.json', JSON.stringify(mock.snapshot()));
   */
  snapshot,
  /**
   * Replaces the state of the sandbox by a snapshot; requests in flight end at once.
   *
   * @example
   * mock.restore(JSON.parse(readFileSync('used-up.json', 'utf8')));
   *
   * @throws Problem where the snapshot has a newer version or does not fit the served profiles; nothing is changed then
   */
  restore,
  /**
   * Lists the live buckets, credentials masked: all of them, or those that a filter selects.
   *
   * @example
   * mock.quotas()[0]; // { id, profile: 'klinky', policy: 'account-hour', partition: { account: 'default' }, limit: 100, used: 1, remaining: 99, resetAt }
   */
  quotas,
  /**
   * Sets `remaining` or `used` of a bucket. The bucket is identified by policy and partition (credentials in full), or by the `id` that `quotas()` returns.
   *
   * @example
   * mock.setQuota({ policy: 'account-hour', partition: { account: 'default' }, remaining: 3 });
   *
   * @throws Problem
   */
  setQuota,
  /**
   * The usage page that providers show: calls in the current minute, hour and day, a trend of seven days, a breakdown by key, and soft warnings.
   *
   * @example
   * const [{ total, trend, keys, warnings }] = mock.usage({ profile: 'full-domination' }).profiles;
   *
   * @throws Problem
   */
  usage,
  /** Lists the requests that wait for the end of their delay. */
  inFlight,
  /** Lists the accounts of a profile in order of creation, credentials masked. @throws Problem */
  accounts,
  /**
   * Sets the keys, the plan and the quotas of an account. Counters are kept. The returned account has its keys masked.
   *
   * @example
   * mock.setAccount('klinky', 'acme', { plan: 'growth', keys: ['klinky_live_b'], quotas: { 'account-hour': 5 } });
   *
   * @throws Problem
   */
  setAccount,
  /**
   * Changes the plan of a profile's default account and its active variants, while it is served. Other sandboxes are not affected. Counters are kept where a policy
   * still counts in the same way; `cleared` names the policies whose counters are gone. `reset({ profiles: true })` restores what the mock was created with.
   *
   * @example
   * const { cleared } = await mock.setProfile('klinky', { plan: 'growth', variants: ['sliding-hour'] }); // ['account-hour']
   *
   * @throws Problem
   */
  setProfile,
  /**
   * Faults replace or change the provider's answers: a status, a body, headers, a delay on the mock's clock, a broken connection. The first fault that matches
   * a request
   * answers it.
   *
   * @example
   * mock.faults.add({ match: { method: 'GET', path: '/api/v1/public/links' }, status: 503, times: 2 });
   * mock.faults.add({ delayMs: 1_500 }); // all other requests are answered once the clock has advanced so far
   */
  faults: {
    /** Lists the faults in order of creation. */
    list: listFaults,
    /** Adds a fault and returns it with its id. @throws Problem */
    add: addFault,
    /** Removes one fault, or all of them; returns whether there was one. */
    remove: removeFault,
  },
  /** Jobs: items that run for a time, such as predictions and audits. */
  jobs: {
    /** Lists the jobs by profile, in order of creation. */
    list: listJobs,
    /**
     * Ends a running job, keeps it running, or moves its end.
     *
     * @example
     * await mock.jobs.set(id, { state: 'failed' }); // now: its lease is released, its webhook is sent
     * await mock.jobs.set(id, { endsInMs: 60_000 });
     *
     * @throws Problem
     */
    set: setJob,
    /** The run time and the outcome of new jobs. @throws Problem */
    defaults: jobDefaults,
    /** Sets the defaults of new jobs; `null` restores those of the profile. @throws Problem */
    setDefaults: setJobDefaults,
  },
  /**
   * Webhooks that the provider sends: signed and retried as its profile says, on the mock's clock, to addresses of this machine and to allowed hosts.
   *
   * @example
   * const { secret } = mock.webhooks.add({ url: 'http://127.0.0.1:8080/hooks', events: ['audit.completed'] });
   * await mock.clock.advance('4m'); // the audit ends, and its webhook is delivered
   * mock.webhooks.deliveries()[0]; // { type: 'audit.completed', state: 'delivered', attempts: 1, status: 200, … }
   */
  webhooks: {
    /** Lists the endpoints that were registered with `add`, secrets masked. */
    list: listEndpoints,
    /** Registers an endpoint, as the dashboard of a provider does. Returns it with its secret in full. @throws Problem */
    add: addEndpoint,
    /** Removes one endpoint, or all of them; returns whether there was one. */
    remove: removeEndpoint,
    /**
     * Raises an event and sends it now, for events that happen outside the API. Resolves with its deliveries once they have been answered.
     *
     * @example
     * await mock.webhooks.send({ type: 'content.published', data: { contentId: 'cnt_1' } });
     *
     * @throws Problem
     */
    send: sendEvent,
    /** Lists the deliveries: those that wait, and the newest that are over. @throws Problem */
    deliveries: listDeliveries,
  },
};

const changes = new Map<string, Change<readonly unknown[], unknown>>();
nameChanges(operations, '');

/** The operation that changes a sandbox and has this path in the table, such as `clock.advance`; `undefined` if there is none. */
export function changeNamed(name: string): Change<readonly unknown[], unknown> | undefined {
  return changes.get(name);
}

function nameChanges(tree: object, prefix: string): void {
  for (const [key, node] of Object.entries(tree) as [string, object][]) {
    const path = prefix + key;
    if (!('http' in node)) nameChanges(node, `${path}.`);
    else if ('name' in node) {
      const change = node as Change<readonly unknown[], unknown>;
      change.name = path;
      changes.set(path, change);
    }
  }
}

/** Calls without a method of `Mock`: they concern the server, or they stream. */
export const serverCalls: readonly CallsOf[] = [
  health,
  metrics,
  openApi,
  listProfiles,
  getProfile,
  events,
  listSandboxes,
  removeSandbox,
];

/** All calls of the control API. */
export function allCalls(): readonly CallsOf[] {
  return [...serverCalls, ...leavesOf(operations).map(callsOf)];
}

function leavesOf(tree: object): { readonly http: HttpForm }[] {
  return Object.values(tree).flatMap((node: object) =>
    'http' in node ? [node as { readonly http: HttpForm }] : leavesOf(node),
  );
}

/**
 * The table of operations. A new one is one file (or an entry in a file of its topic) and one line here: `Mock` gets the method, the control API the call.
 * @module
 */

import { type CallsOf, callsOf } from '../define-operation.js';
import type { HttpForm } from '../operation.js';
import { accounts, setAccount } from './accounts.js';
import { advanceClock, readClock, setClock } from './clock.js';
import { events } from './events.js';
import { explain } from './explain.js';
import { addFault, listFaults, removeFault } from './faults.js';
import { jobDefaults, listJobs, setJob, setJobDefaults } from './jobs.js';
import { getProfile, listProfiles } from './profiles.js';
import { inFlight, quotas, setQuota } from './quotas.js';
import { report } from './report.js';
import { clearRequests, requests, reset, waitForRequests } from './requests.js';
import { listSandboxes, removeSandbox } from './sandboxes.js';
import { restore, snapshot } from './snapshot.js';
import { health, openApi } from './system.js';

/** What can be done to a sandbox, by the name that the method of `Mock` has. */
export const operations = {
  /**
   * The clock of the sandbox: windows, delays, jobs and the `Date` header go by it.
   *
   * @example
   * await mock.clock.freeze();
   * await mock.clock.advance('1h'); // windows end, and what becomes due on the way happens
   */
  clock: {
    /** What the clock shows, and how it runs. */
    read: readClock,
    /**
     * Jumps to an instant, in either direction; stops or starts; runs at another rate (virtual milliseconds per real one).
     *
     * @example
     * await mock.clock.set({ now: '2026-05-12T08:59:59.999Z', frozen: true });
     *
     * @throws Problem
     */
    set: setClock,
    /**
     * Moves the clock forward: by milliseconds, or by a duration such as `90s`, `1h`, `PT1H`. The clock has moved when this returns; the promise resolves once
     * responses that became due have been handed over.
     *
     * @throws Problem
     */
    advance: advanceClock,
  },
  /**
   * The journal, or the entries of it that match, oldest first.
   *
   * @example
   * mock.requests({ status: 429 }).length; // how often the client was refused
   *
   * @throws Problem
   */
  requests,
  /**
   * Resolves with the matching entries once there are `count` of them (those already there included), or with what there is when the wait is over: 5 s of real
   * time, or `wait`.
   *
   * @throws Problem; the signal's reason, once it is given
   */
  waitForRequests,
  /** Empties the journal; counters stay. */
  clearRequests,
  /**
   * Removes counters, journal, faults, jobs and resources, and ends requests in flight at once; with `clock` and `accounts` those are as at the start as well.
   *
   * @example
   * afterEach(() => mock.reset({ clock: true, accounts: true }));
   */
  reset,
  /**
   * Why a request was admitted or refused, policy by policy, in English, by its id in the journal.
   *
   * @example
   * const [refused] = mock.requests({ status: 429 });
   * console.log(mock.explain(refused.id).text);
   *
   * @throws Problem where the journal does not have it
   */
  explain,
  /**
   * The verdict on the clients: what the providers advise, checked against the journal, and the run in numbers. `renderReport` turns it into text.
   *
   * @example
   * const { verdict, profiles } = mock.report({ ended: true });
   * expect(profiles[0].findings.map(({ says }) => says)).toEqual([]);
   */
  report,
  /**
   * Everything that the sandbox remembers, clock included, as JSON that is always written in the same order; credentials are in it in full. Requests in flight are
   * not in it. A clock that stands still is restored at its instant; one that runs goes on as if it had run all the while.
   *
   * @example
   * await mock.clock.freeze();
   * writeFileSync('used-up.json', JSON.stringify(mock.snapshot()));
   */
  snapshot,
  /**
   * Replaces what there is by a saved sandbox; requests in flight end at once.
   *
   * @example
   * mock.restore(JSON.parse(readFileSync('used-up.json', 'utf8')));
   *
   * @throws Problem, and changes nothing, where the snapshot is of a newer version or does not fit what is served
   */
  restore,
  /**
   * Every live bucket; credentials are masked.
   *
   * @example
   * mock.quotas()[0]; // { id, profile: 'klinky', policy: 'account-hour', partition: { account: 'default' }, limit: 100, used: 1, remaining: 99, resetAt }
   */
  quotas,
  /**
   * Sets a bucket: `remaining` or `used`, by policy and partition (credentials in full) or by the `id` that `quotas()` gives.
   *
   * @example
   * mock.setQuota({ policy: 'account-hour', partition: { account: 'default' }, remaining: 3 });
   *
   * @throws Problem
   */
  setQuota,
  /** Requests that wait for the end of their delay. */
  inFlight,
  /** The accounts of a profile, in the order in which they were made; their keys are masked. @throws Problem */
  accounts,
  /**
   * Sets which keys belong to an account, its plan, its own quotas. Counts are kept. The account that is returned has its keys masked.
   *
   * @example
   * mock.setAccount('klinky', 'acme', { plan: 'growth', keys: ['klinky_live_b'], quotas: { 'account-hour': 5 } });
   *
   * @throws Problem
   */
  setAccount,
  /**
   * Answers in place of the provider's own: a status, a body, headers, a delay on the mock's clock, a connection that breaks. The first fault that matches a request
   * answers it.
   *
   * @example
   * mock.faults.add({ match: { method: 'GET', path: '/api/v1/public/links' }, status: 503, times: 2 });
   * mock.faults.add({ delayMs: 1_500 }); // all others are answered once the clock is there
   */
  faults: {
    /** The faults, in the order in which they were added. */
    list: listFaults,
    /** Adds a fault, and returns it with its id. @throws Problem */
    add: addFault,
    /** Removes one fault, or all; returns whether there was one. */
    remove: removeFault,
  },
  /** Jobs: what takes time, such as predictions and audits. */
  jobs: {
    /** Profile by profile, in the order of their creation. */
    list: listJobs,
    /**
     * Ends a running job, keeps it running, or moves its end.
     *
     * @example
     * await mock.jobs.set(id, { state: 'failed' }); // now: its place is free, its webhook is sent
     * await mock.jobs.set(id, { endsInMs: 60_000 });
     *
     * @throws Problem
     */
    set: setJob,
    /** How long new jobs run, and how they end. @throws Problem */
    defaults: jobDefaults,
    /** Sets the defaults; `null` restores the profile's own. @throws Problem */
    setDefaults: setJobDefaults,
  },
};

/** Calls without a method of `Mock`: about the server, or a stream. */
export const serverCalls: readonly CallsOf[] = [
  health,
  openApi,
  listProfiles,
  getProfile,
  events,
  listSandboxes,
  removeSandbox,
];

/** Every call of the control API. */
export function allCalls(): readonly CallsOf[] {
  return [...serverCalls, ...leavesOf(operations).map(callsOf)];
}

function leavesOf(tree: object): { readonly http: HttpForm }[] {
  return Object.values(tree).flatMap((node: object) =>
    'http' in node ? [node as { readonly http: HttpForm }] : leavesOf(node),
  );
}

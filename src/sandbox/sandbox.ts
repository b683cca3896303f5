/**
 * A sandbox: a clock, a journal, faults and, for every provider, its state. What the control API can do is a method here.
 * @module
 */

import type { Provider } from '../profile/compiled/provider.js';
import type { ClockReading } from '../runtime/clock.js';
import type { Account } from '../state/accounts.js';
import type { JournalEntry } from '../state/journal/entry.js';
import type { JournalStore } from '../state/store.js';
import { type AccountChange, changeAccount } from './control/accounts.js';
import { type ClockChange, checkAdvance, checkClockChange } from './control/clock-change.js';
import { type InFlightRequest, listInFlight } from './control/in-flight.js';
import { changeQuota, listQuotas, type Quota, type QuotaChange } from './control/quotas.js';
import { type Core, instantOf, type Port, type SandboxCounts } from './core.js';
import { Events } from './events.js';
import type { Answer } from './exchange/answer.js';
import { handleRequest } from './exchange/exchange.js';
import { defaultQuota } from './exchange/policy-queries.js';
import type { Arrival } from './exchange/request.js';
import { type Explanation, explainRequest } from './explain/request.js';
import type { Fault } from './faults/faults.js';
import type { FaultInput } from './faults/schema.js';
import { Jobs } from './jobs/jobs.js';
import { JobWatch } from './jobs/watch.js';
import { checkWait, compileQuery, findEntry, type RequestFilter, type RequestWait } from './journal/query.js';
import { RequestWaiters } from './journal/request-waiters.js';
import { Footprint } from './memory/footprint.js';
import { createMemoryStore } from './memory-store.js';
import { createProviderState, type ProviderState } from './provider-state.js';
import { checkMatch, findProviderState, waitingIn } from './provider-states.js';
import { carryOver } from './replace-provider.js';
import { type InitialState, initialStateOf, type ResetOptions, resetSandbox } from './reset.js';
import type { SandboxOptions } from './sandbox-options.js';
import type { Snapshot } from './snapshot/format.js';
import { type CheckFault, readSnapshot } from './snapshot/read.js';
import { restoreSandbox } from './snapshot/restore.js';
import { type SnapshotOptions, saveSandbox } from './snapshot/save.js';
import type { FaultStore, SandboxClock } from './store.js';
import type { RunningVerdict } from './verdict/judged-sandbox.js';

export class Sandbox {
  readonly clock: SandboxClock;
  readonly journal: JournalStore;
  readonly faults: FaultStore;
  readonly events: Events;
  readonly jobs: Jobs;
  /** Set where its clients are judged as requests leave the journal. */
  readonly runningVerdict: RunningVerdict | undefined;
  readonly #waits: RequestWaiters;
  readonly #providerStates = new Map<string, ProviderState>();
  readonly #core: Core;
  readonly #initialState: InitialState;
  readonly #footprint: Footprint;
  readonly counts: SandboxCounts = { requests: 0, refused: 0, changes: 0 };
  #held = 0;

  constructor(
    readonly name: string,
    options: SandboxOptions,
  ) {
    this.#initialState = initialStateOf(options);
    const store = (options.createStore ?? createMemoryStore)(name, {
      ...options,
      failed: (error) => options.log('warn', `what was due failed: ${(error as Error).stack ?? error}`),
    });
    this.clock = store.clock;
    this.journal = store.journal;
    this.faults = store.faults;
    this.#waits = new RequestWaiters(this.journal);
    const jobs = new JobWatch(this.clock, (event) => this.events.emit(event));
    this.events = new Events(
      (error) => options.log('warn', `a listener failed: ${String(error)}`),
      (listeners) => jobs.listen(listeners > 0),
      (row) => this.journal.entry(row)!,
    );
    this.journal.onForget(() => this.events.settle());
    for (const provider of options.providers)
      this.#providerStates.set(provider.id, createProviderState(name, provider, store, options));
    this.#core = {
      name,
      clock: this.clock,
      journal: this.journal,
      faults: this.faults,
      jobs,
      judging: options.judgeWith !== undefined,
      prefer: options.prefer ?? true,
      log: options.log,
      deliver: options.deliver,
      counts: this.counts,
      emit: (event) => {
        jobs.catchUp();
        this.events.emit(event);
      },
    };
    this.#footprint = new Footprint(this.#core, this.#providerStates, this.events, options.mayGrow);
    this.jobs = new Jobs(this.#core, this.#providerStates);
    this.runningVerdict = options.judgeWith?.(this);
    this.clock.onMove((reading) => this.#core.emit({ type: 'clock', at: reading.epochMs, data: reading }));
  }

  get profiles(): string[] {
    return [...this.#providerStates.keys()];
  }

  /** What shows credentials, of all that is served. */
  get secrets() {
    return this.#providerStates.values().next().value!.origin.secrets;
  }

  /** Answers a provider's request. */
  handle(profile: string, arrival: Arrival, port: Port): Answer | Promise<Answer> {
    this.#footprint.received(arrival.body.text.length);
    return handleRequest(this.#core, this.#providerStates.get(profile)!, arrival, port);
  }

  /** Another text whenever what a snapshot holds may be another. The time alone changes nothing of it. */
  get revision(): string {
    return `${this.counts.requests}/${this.events.lastId}/${this.faults.revision}/${this.counts.changes}`;
  }

  /** How many bytes of memory it takes: an estimate. */
  get bytes(): number {
    return this.#footprint.bytes;
  }

  /** It has been asked something, and is in use until the answer has left. */
  hold(port: Port): void {
    this.#held += 1;
    port.onDone(() => --this.#held);
  }

  /** Whether somebody waits for an answer, or listens. */
  get inUse(): boolean {
    return this.#held > 0 || this.#waits.size > 0 || this.events.listeners > 0;
  }

  /** @throws Problem when the instant or the rate cannot be */
  async setClock(change: ClockChange): Promise<ClockReading> {
    await this.clock.set(checkClockChange(change));
    return this.clock.read();
  }

  /** Milliseconds, or a duration such as `90s` or `PT1H`. Resolves once all that became due has been handed over. @throws Problem */
  async advanceClock(by: number | string): Promise<ClockReading> {
    await this.clock.advance(checkAdvance(by, this.clock.now()));
    return this.clock.read();
  }

  /** Counters, journal, faults, jobs and resources are gone; requests in flight end at once. */
  reset(options: ResetOptions = {}): void {
    resetSandbox(this.#core, this.#providerStates, this.#initialState, options);
  }

  quotas(): Quota[] {
    return [...this.#providerStates.values()].flatMap((providerState) =>
      listQuotas(providerState, instantOf(this.#core)),
    );
  }

  /** @throws Problem */
  setQuota(change: QuotaChange): Quota {
    this.counts.changes += 1;
    return changeQuota(this.#providerStates, change, instantOf(this.#core));
  }

  /** What the default account may take by a policy, in the profile's own units; `undefined`: no limit. @throws Problem */
  defaultQuota(profile: string, policy: string): number | undefined {
    return defaultQuota(findProviderState(this.#providerStates, profile), policy);
  }

  /** @throws Problem */
  setAccount(profile: string, id: string, change: AccountChange): Account {
    this.counts.changes += 1;
    return changeAccount(findProviderState(this.#providerStates, profile), id, change);
  }

  /** @throws Problem */
  accounts(profile: string): Account[] {
    return findProviderState(this.#providerStates, profile).accounts.list();
  }

  /** Takes a fault that `checkFault` has passed. @throws Problem when its profile is not served, or has no such operation */
  addFault({ match = {}, ...spec }: FaultInput): Fault {
    checkMatch(this.#providerStates, match);
    this.#footprint.grew();
    return this.faults.add({ ...spec, match });
  }

  inFlight(): InFlightRequest[] {
    return [...this.#providerStates.values()].flatMap(listInFlight);
  }

  /** Requests that have no answer yet. None while the clock stands still: whoever moves it keeps their clients waiting. */
  waiting(): JournalEntry[] {
    return this.clock.isFrozen ? [] : [...this.#providerStates.values()].flatMap(waitingIn);
  }

  /** The journal, or what fits of it, oldest first. @throws Problem */
  requests(filter: RequestFilter = {}): JournalEntry[] {
    return compileQuery(filter, this.journal, this.#providerStates).select();
  }

  /** Those that fit once so many have come, or whatever has come when the wait is over or the signal given. @throws Problem */
  async waitForRequests(wait: RequestWait, signal?: AbortSignal): Promise<JournalEntry[]> {
    const query = compileQuery(wait, this.journal, this.#providerStates);
    await this.#waits.until({ ...checkWait(wait, this.journal), already: query.count(), fits: query.fits, signal });
    return query.select();
  }

  /** Why a request of the journal was admitted or refused, in English. @throws Problem */
  explain(request: string): Explanation {
    const entry = findEntry(this.journal, request);
    return explainRequest(entry, findProviderState(this.#providerStates, entry.profile).provider);
  }

  /** Everything that it remembers, as JSON; credentials in full. */
  snapshot(options: SnapshotOptions = {}): Snapshot {
    return saveSandbox(this.#core, this.#providerStates, this.counts.requests, options);
  }

  /** Goes on as the sandbox would that was saved; requests in flight end at once. @throws Problem, and changes nothing */
  restore(snapshot: unknown, checkFault: CheckFault): void {
    const read = readSnapshot(snapshot, this.#providerStates, this.clock.real(), checkFault);
    this.counts.requests = read.requests;
    restoreSandbox(this.#core, this.#providerStates, read, this.#initialState);
    this.#footprint.grew();
  }

  provider(profile: string): Provider {
    return findProviderState(this.#providerStates, profile).provider;
  }

  /** Serves another edition of the provider of that id; what is counted and kept goes on. @throws Problem */
  replaceProvider(provider: Provider): void {
    this.counts.changes += 1;
    carryOver(
      this.#providerStates,
      findProviderState(this.#providerStates, provider.id),
      provider,
      this.#initialState.plans[provider.id],
    );
  }

  /** Answers what waits, at once, and sets no more timers. */
  async close(): Promise<void> {
    await this.clock.flush();
    this.clock.stop();
    this.#waits.end();
    this.events.end();
  }

  /** Begins anew for the last time: nobody is to wait or listen any more. */
  end(): void {
    this.reset();
    this.clock.stop();
    this.#waits.end();
    this.events.end();
  }
}

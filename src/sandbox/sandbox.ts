/**
 * A sandbox: a clock, a journal, faults and the state of each provider. Each control operation is a method here.
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
import { Problem } from './control/problem.js';
import {
  activeVariants,
  changeProfile,
  openEdition,
  orderedVariants,
  type ProfileChange,
  type ProfileChanged,
  sameList,
} from './control/profile-change.js';
import {
  changeQuota,
  type Quota,
  type QuotaChange,
  type QuotaFilter,
  type QuotaList,
  selectQuotas,
} from './control/quotas.js';
import { readUsage, type Usage, type UsageOptions } from './control/usage.js';
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
import { enterCalls } from './journal/call-log.js';
import { checkWait, compileQuery, findEntry, type RequestFilter, type RequestWait } from './journal/query.js';
import { RequestWaiters } from './journal/request-waiters.js';
import { Footprint } from './memory/footprint.js';
import { createMemoryStore } from './memory-store.js';
import { createProviderState, type ProviderState } from './provider-state.js';
import { checkMatch, findProviderState, waitingIn } from './provider-states.js';
import { carryOver } from './replace-provider.js';
import { type InitialState, initialStateOf, type ResetOptions, resetSandbox } from './reset.js';
import type { Editions, SandboxOptions } from './sandbox-options.js';
import type { SandboxCheckpoint } from './snapshot/checkpoint.js';
import type { Snapshot } from './snapshot/format.js';
import { Handover } from './snapshot/handover.js';
import { type CheckFault, checkVersion, readSnapshot, variantsIn } from './snapshot/read.js';
import { restoreSandbox } from './snapshot/restore.js';
import { type SnapshotOptions, saveSandbox } from './snapshot/save.js';
import type { FaultStore, SandboxClock } from './store.js';
import type { RunningVerdict } from './verdict/judged-sandbox.js';
import { WebhookControl } from './webhooks/control.js';
import { raiseJobEnd } from './webhooks/raise.js';
import { settleDeliveries } from './webhooks/send.js';
import { hasTargets } from './webhooks/targets.js';

/** An isolated copy of all state: what one sandbox name gives access to. */
export class Sandbox {
  readonly clock: SandboxClock;
  readonly journal: JournalStore;
  readonly faults: FaultStore;
  readonly events: Events;
  readonly jobs: Jobs;
  /** Endpoints of webhooks, and what is sent to them. */
  readonly webhooks: WebhookControl;
  /** What replicas of this sandbox do with its state. */
  readonly handover: Handover;
  /** The verdict on its clients, updated as requests leave the journal. Unset if clients are not judged. */
  readonly runningVerdict: RunningVerdict | undefined;
  /** Callers of `waitForRequests()`. */
  readonly #waits: RequestWaiters;
  readonly #providerStates = new Map<string, ProviderState>();
  readonly #core: Core;
  readonly #initialState: InitialState;
  readonly #footprint: Footprint;
  readonly #editions: Editions | undefined;
  readonly #isReplicated: boolean;
  /** The providers as the server serves them. */
  readonly #served = new Map<string, Provider>();
  readonly counts: SandboxCounts = { requests: 0, refused: 0, delivered: 0, undelivered: 0, changes: 0 };
  /** Requests to this sandbox whose response has not been sent. */
  #unanswered = 0;

  constructor(
    readonly name: string,
    options: SandboxOptions,
  ) {
    this.#initialState = initialStateOf(options);
    this.#editions = options.editions;
    this.#isReplicated = options.isReplicated ?? false;
    for (const provider of options.providers) this.#served.set(provider.id, provider);
    const store = (options.createStore ?? createMemoryStore)(name, {
      ...options,
      failed: (error) => options.log('warn', `a timer callback failed: ${(error as Error).stack ?? error}`),
    });
    this.clock = store.clock;
    this.journal = store.journal;
    this.faults = store.faults;
    this.#waits = new RequestWaiters(this.journal);
    const jobs = new JobWatch(this.clock, (event) => this.events.emit(event), {
      wanted: () => [...this.#providerStates.values()].some(hasTargets),
      ended: (end) => raiseJobEnd(this.#core, end),
    });
    this.events = new Events(
      (error) => options.log('warn', `a listener failed: ${String(error)}`),
      (listeners) => jobs.listen(listeners > 0 || options.isReplicated === true),
      (row) => this.journal.entry(row)!,
    );
    this.journal.onForget(() => {
      this.events.settle();
      for (const providerState of this.#providerStates.values()) enterCalls(this.#core, providerState);
    });
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
      hooks: options.hooks ?? {},
      emit: (event) => {
        jobs.catchUp();
        this.events.emit(event);
      },
    };
    this.#footprint = new Footprint(this.#core, this.#providerStates, this.events, options.mayGrow);
    this.jobs = new Jobs(this.#core, this.#providerStates);
    this.webhooks = new WebhookControl(this.#core, this.#providerStates);
    if (this.#isReplicated) jobs.listen(true);
    this.handover = new Handover(this.#core, this.#providerStates, this.events, {
      isReplicated: this.#isReplicated,
      ownVariants: (id) => this.ownVariants(id),
      restore: ({ snapshot, rows }, checkFault) => this.#restore(snapshot, checkFault, rows),
    });
    this.runningVerdict = options.judgeWith?.(this);
    this.clock.onMove((reading) => this.#core.emit({ type: 'clock', at: reading.epochMs, data: reading }));
  }

  /** The ids of the served profiles. */
  get profiles(): string[] {
    return [...this.#providerStates.keys()];
  }

  /** Masks the credentials of all served providers. */
  get secrets() {
    return this.#providerStates.values().next().value!.origin.secrets;
  }

  /** Handles a request to a provider. */
  handle(profile: string, arrival: Arrival, port: Port): Answer | Promise<Answer> {
    this.#footprint.received(arrival.body.bytes.length);
    return handleRequest(this.#core, this.#providerStates.get(profile)!, arrival, port);
  }

  /** A text that changes whenever the content of a snapshot may have changed. Time alone does not change it. */
  get revision(): string {
    return `${this.counts.requests}/${this.events.lastId}/${this.faults.revision}/${this.counts.changes}`;
  }

  /** Estimated bytes of memory. */
  get bytes(): number {
    return this.#footprint.bytes;
  }

  /** Marks the sandbox as in use until the response over this port has been sent. */
  markInUse(port: Port): void {
    this.#unanswered += 1;
    port.onDone(() => --this.#unanswered);
  }

  /** Whether a request is unanswered, or a caller waits for requests or listens to events. A sandbox in use is not evicted. */
  get inUse(): boolean {
    return this.#unanswered > 0 || (!this.#isReplicated && this.isListenedTo);
  }

  /** Whether a caller waits for requests or listens to events. */
  get isListenedTo(): boolean {
    return this.#waits.size > 0 || this.events.listeners > 0;
  }

  /** Sets the clock. @throws Problem if the instant or the rate is invalid */
  async setClock(change: ClockChange): Promise<ClockReading> {
    const checked = checkClockChange(change);
    this.handover.dropEnded();
    await this.clock.set(checked);
    await settleDeliveries(this.#core, this.#providerStates.values());
    return this.clock.read();
  }

  /** Advances the clock by milliseconds or a duration such as `90s` or `PT1H`. Resolves once everything that became due has been sent. @throws Problem */
  async advanceClock(by: number | string): Promise<ClockReading> {
    const ms = checkAdvance(by, this.clock.now());
    this.handover.dropEnded();
    await this.clock.advance(ms);
    await settleDeliveries(this.#core, this.#providerStates.values());
    return this.clock.read();
  }

  /** Removes counters, journal, faults, jobs and resources; requests in flight end at once. */
  reset(options: ResetOptions = {}): void {
    if (options.profiles) this.#restoreProfiles();
    resetSandbox(this.#core, this.#providerStates, this.#initialState, options);
  }

  /** The live buckets that a filter selects; all of them by default. @throws Problem */
  quotas(filter: QuotaFilter = {}): Quota[] {
    return this.listQuotas(filter).quotas;
  }

  /** The same, and how many there are without the filter's limit. @throws Problem */
  listQuotas(filter: QuotaFilter): QuotaList {
    return selectQuotas(this.#providerStates, filter, instantOf(this.#core));
  }

  /** The usage page: calls by period and key, and soft warnings. @throws Problem */
  usage(options: UsageOptions = {}): Usage {
    return readUsage(this.#providerStates, options, instantOf(this.#core));
  }

  /** Seeds a bucket. @throws Problem */
  setQuota(change: QuotaChange): Quota {
    this.counts.changes += 1;
    return changeQuota(this.#providerStates, change, instantOf(this.#core));
  }

  /** The quota of the default account under a policy, in the profile's own units; `undefined` if it has none. @throws Problem */
  defaultQuota(profile: string, policy: string): number | undefined {
    return defaultQuota(findProviderState(this.#providerStates, profile), policy);
  }

  /** Changes an account's plan, keys or own quotas; creates it if needed. @throws Problem */
  setAccount(profile: string, id: string, change: AccountChange): Account {
    this.counts.changes += 1;
    return changeAccount(findProviderState(this.#providerStates, profile), id, change);
  }

  /** The accounts of a profile. @throws Problem */
  accounts(profile: string): Account[] {
    return findProviderState(this.#providerStates, profile).accounts.list();
  }

  /** Adds a fault that `checkFault` has accepted. @throws Problem if its profile is not served or lacks the operation */
  addFault({ match = {}, ...spec }: FaultInput): Fault {
    checkMatch(this.#providerStates, match);
    this.#footprint.grew();
    return this.faults.add({ ...spec, match });
  }

  /** Requests that have no complete response yet. */
  inFlight(): InFlightRequest[] {
    return [...this.#providerStates.values()].flatMap(listInFlight);
  }

  /** Requests that have no answer yet. Empty while the clock is frozen: their clients wait because the test does not advance it. */
  waiting(): JournalEntry[] {
    return this.clock.isFrozen ? [] : [...this.#providerStates.values()].flatMap(waitingIn);
  }

  /** The journal's entries that match the filter, oldest first. @throws Problem */
  requests(filter: RequestFilter = {}): JournalEntry[] {
    return compileQuery(filter, this.journal, this.#providerStates).select();
  }

  /** Resolves with the matching entries once there are as many as wanted, or when the time is up or the signal aborts. @throws Problem */
  async waitForRequests(wait: RequestWait, signal?: AbortSignal): Promise<JournalEntry[]> {
    const query = compileQuery(wait, this.journal, this.#providerStates);
    await this.#waits.until({ ...checkWait(wait, this.journal), already: query.count(), fits: query.fits, signal });
    return query.select();
  }

  /** Explains in English why a request of the journal was admitted or refused. @throws Problem */
  explain(request: string): Explanation {
    const entry = findEntry(this.journal, request);
    return explainRequest(entry, findProviderState(this.#providerStates, entry.profile).provider);
  }

  /** The whole state as JSON, with credentials unmasked. */
  snapshot(options: SnapshotOptions = {}): Snapshot {
    return saveSandbox(this.#core, this.#providerStates, this.counts.requests, options, (id) => this.ownVariants(id));
  }

  /** Reads the profiles with the variants that a snapshot has, so that `restore` can serve them. @throws Problem if one cannot be read */
  async openEditionsOf(snapshot: unknown): Promise<void> {
    for (const [id, provider] of this.#served) {
      const variants = variantsIn(snapshot, id);
      if (variants) await openEdition(provider, variants, this.#editions, `profiles.${id}.variants`);
    }
  }

  /**
   * Restores a snapshot; requests in flight end at once.
   *
   * @throws Problem if the snapshot is invalid, or has variants that have not been read (`openEditionsOf`); nothing is changed then
   */
  restore(snapshot: unknown, checkFault: CheckFault): void {
    this.#restore(snapshot, checkFault);
  }

  #restore(snapshot: unknown, checkFault: CheckFault, rows?: SandboxCheckpoint['rows']): void {
    checkVersion(snapshot);
    const editions = this.#editionsOf(snapshot);
    const states = new Map(
      [...this.#providerStates].map(([id, providerState]) => [id, { ...providerState, provider: editions.get(id)! }]),
    );
    const read = readSnapshot(snapshot, states, this.clock.real(), checkFault);
    for (const [id, provider] of editions) if (provider !== this.provider(id)) this.#serve(provider);
    this.counts.requests = read.requests;
    restoreSandbox(this.#core, this.#providerStates, read, this.#initialState, rows);
    this.#footprint.grew();
  }

  /** The editions with the variants that a snapshot has; those of the server where it has none. @throws Problem if one has not been read */
  #editionsOf(snapshot: unknown): Map<string, Provider> {
    const edition = (id: string, served: Provider): Provider => {
      const variants = variantsIn(snapshot, id);
      if (!variants) return served;
      const field = `profiles.${id}.variants`;
      const wanted = orderedVariants(served, variants, field);
      const loaded = this.loadedEdition(id, wanted);
      if (loaded) return loaded;
      const call = `setProfile('${id}', { variants: ${JSON.stringify(wanted)} })`;
      const detail = `the profile has not been read with these variants; call ${call} first`;
      throw new Problem(400, 'variants-not-read', detail, field);
    };
    return new Map([...this.#served].map(([id, served]) => [id, edition(id, served)]));
  }

  /** The profile with these variants, if it has been read; `undefined` if not, or if they do not exist. @throws Problem if it is not served */
  loadedEdition(profile: string, variants: readonly string[]): Provider | undefined {
    const served = this.servedProvider(profile);
    if (sameList(activeVariants(served), variants)) return served;
    return this.#editions?.loaded(profile, variants);
  }

  /** The provider as the server serves it, whatever variants this sandbox has. @throws Problem */
  servedProvider(profile: string): Provider {
    return this.#served.get(profile) ?? this.provider(profile);
  }

  /** The provider of a profile. @throws Problem */
  provider(profile: string): Provider {
    return findProviderState(this.#providerStates, profile).provider;
  }

  /**
   * Changes the plan of the default account and the active variants of a profile, in this sandbox only. Counts of policies that still count in the same way are
   * kept. @throws Problem; nothing is changed then
   */
  async setProfile(profile: string, { plan, variants }: ProfileChange): Promise<ProfileChanged> {
    for (;;) {
      const before = findProviderState(this.#providerStates, profile, 404, 'id');
      const { provider } = before;
      const after = variants === undefined ? provider : await openEdition(provider, variants, this.#editions);
      // The profile may have been reloaded, or changed by another call, while the edition was read.
      if (this.#providerStates.get(profile) !== before) continue;
      this.counts.changes += 1;
      return changeProfile(this.#providerStates, before, after, plan, this.#initialState.plans[profile]);
    }
  }

  /** Reads the edition that `setProfile` needs, so that the change itself does not wait. @throws Problem, ProfileError */
  async prepareProfile(profile: string, variants: readonly string[] | undefined): Promise<void> {
    if (variants !== undefined) await openEdition(this.provider(profile), variants, this.#editions);
  }

  /** The active variants of a profile if `setProfile` has set others than those of the server; `undefined` if it has not. @throws Problem */
  ownVariants(profile: string): readonly string[] | undefined {
    const provider = this.provider(profile);
    return provider === this.#served.get(profile) ? undefined : activeVariants(provider);
  }

  /** Serves a new edition of the provider with the same id. Counts and stored state carry over. @param own the edition with the variants of this sandbox @throws Problem */
  replaceProvider(provider: Provider, own: Provider = provider): void {
    this.counts.changes += 1;
    this.#served.set(provider.id, provider);
    this.#serve(own);
  }

  /** Serves all profiles with the variants of the server, and puts their default accounts on the plans of the start. */
  #restoreProfiles(): void {
    for (const [id, provider] of this.#served) {
      if (this.provider(id) !== provider) this.#serve(provider);
      const providerState = findProviderState(this.#providerStates, id);
      const account = provider.profile.accounts.default;
      const { plan } = this.#initialState.accounts(providerState).get(account)!;
      providerState.accounts.put(account, { plan });
    }
  }

  #serve(provider: Provider): void {
    const { id } = provider;
    carryOver(
      this.#providerStates,
      findProviderState(this.#providerStates, id),
      provider,
      this.#initialState.plans[id],
    );
  }

  /** Answers delayed requests and sends the rest of streams at once, then stops all timers. */
  async close(): Promise<void> {
    await this.clock.flush();
    // The answers to delayed requests may be streams.
    await this.clock.flush();
    this.clock.stop();
    this.#waits.end();
    this.events.end();
  }

  /** Resets the sandbox and ends all waits and listeners, before it is removed. */
  end(): void {
    this.reset();
    this.clock.stop();
    this.#waits.end();
    this.events.end();
  }
}

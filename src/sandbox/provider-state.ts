/**
 * The state of one provider within one sandbox: its store, and what exists only in this process (requests in flight, timers of webhooks, cached queries).
 * @module
 */
import type { PolicyQuery } from '../limits/engine.js';
import type { Caller } from '../limits/facts.js';
import type { Phase, Policy } from '../limits/policy.js';
import { anonymousAccount } from '../profile/callers/anonymous.js';
import type { Provider } from '../profile/compiled/provider.js';
import { Accounts } from '../state/accounts.js';
import type { JournalEntry, Skipped } from '../state/journal/entry.js';
import type { AccountStore, EndpointStore, ProviderStore } from '../state/store.js';
import { type Origin, secretsOf } from './masking/masking.js';
import type { SandboxStore } from './store.js';
import { Deliveries } from './webhooks/deliveries.js';

/** Stores that a reset replaces; the accounts and the endpoints stay. */
type ReplacedStores = Omit<ProviderStore, 'accounts' | 'endpoints'>;

/** The state of one provider. A reset replaces all members but `provider`, `accounts`, `endpoints` and `origin`: a request in flight keeps those that it began with. */
export interface ProviderState extends Mutable<ReplacedStores> {
  readonly provider: Provider;
  readonly accounts: AccountStore;
  readonly endpoints: EndpointStore;
  /** The store of the sandbox. A reset opens new stores from it. */
  readonly sandboxStore: SandboxStore;
  /** Webhooks that are to be sent, and those that were. */
  deliveries: Deliveries;
  /** The row of the journal from which on calls have not been entered in logs of calls. */
  loggedTo: number;
  /** The webhooks of running jobs, by job id: `cancel` drops the timer, `schedule` sets it to the job's current end. */
  webhooks: Map<string, { cancel: () => void; schedule: () => void }>;
  /** Requests that are delayed or being sent, by lease. */
  inFlight: Map<string, InFlight>;
  /** The last query to each policy, by partition. */
  queries: Map<Policy, Map<string, PolicyQuery>>;
  /** The last list of queries in each phase. */
  lastQueries: Record<Phase, readonly PolicyQuery[]>;
  /** The queries of a caller, if all of its requests have the same. */
  queriesOfCaller: WeakMap<Caller, CallerQueries>;
  /** The policies that did not apply to the last request. */
  lastSkipped: readonly Skipped[];
  /** The instants to come back at that the last refusal reported. The same array is stored again if they have not changed. */
  lastInstants: readonly number[];
  /** The facts that all journal rows of the provider share. */
  origin: Origin;
}

/** The options that `createProviderState` reads. */
export interface ProviderStateOptions {
  /** All providers that are served together. */
  readonly providers: readonly Provider[];
  /** Plan of the default account, by profile, in place of the profile's. */
  readonly plans: Readonly<Record<string, string>>;
}

/** The queries that every request of one caller makes. */
export interface CallerQueries {
  /** The revision of the accounts that the quotas were read from. */
  readonly revision: number;
  readonly queries: readonly PolicyQuery[];
  readonly skipped: readonly Skipped[];
}

/** A request that has no complete response yet. */
export interface InFlight {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly operation: string | undefined;
  readonly caller: Readonly<Record<string, string>>;
  /** The credential that it sent, unmasked. */
  readonly credential: string | undefined;
  /** Epoch ms, virtual. */
  readonly since: number;
  /** Epoch ms at which its delay ends; `null` if it is not delayed, only being sent. */
  readonly until: number | null;
  /** Ends the request without an answer. */
  abort(): void;
  /** Makes its journal entry if it were never answered; `undefined` if its answer is being sent, and is in the journal. */
  readonly entry: (() => JournalEntry) | undefined;
}

/** Creates the state of a provider. @param sandbox name of the sandbox */
export function createProviderState(
  sandbox: string,
  provider: Provider,
  store: SandboxStore,
  options: ProviderStateOptions,
): ProviderState {
  const accounts = store.openAccounts(provider.profile.accounts.plan);
  accounts.load(initialAccounts(provider, options.plans[provider.id]).list());
  const providerState: ProviderState = {
    provider,
    origin: {
      sandbox,
      profile: provider.id,
      secrets: secretsOf(options.providers),
      secretFacts: provider.secretFacts,
      isKnown: (credential) => isKnown(providerState, credential),
    },
    lastSkipped: [],
    lastInstants: [],
    accounts,
    endpoints: store.openEndpoints(),
    sandboxStore: store,
    ...store.openProvider(provider),
    ...processState(store),
  };
  return providerState;
}

/** Whether a credential belongs to an account or was issued by a request. */
export function isKnown(
  { accounts, resources }: Pick<ProviderStore, 'accounts' | 'resources'>,
  credential: string,
): boolean {
  return accounts.ownerOf(credential) !== undefined || resources.credentials.has(credential);
}

/** Replaces buckets, jobs, resources and stored answers by empty stores; accounts and endpoints stay. Aborts requests in flight and cancels pending webhooks. */
export function clearProviderState(providerState: ProviderState): void {
  for (const request of [...providerState.inFlight.values()]) request.abort();
  for (const { cancel } of providerState.webhooks.values()) cancel();
  providerState.deliveries.clear();
  providerState.resources.discard();
  const { sandboxStore, provider } = providerState;
  Object.assign(providerState, sandboxStore.openProvider(provider), processState(sandboxStore));
}

function processState({ journal }: SandboxStore) {
  return {
    deliveries: new Deliveries(),
    loggedTo: journal.ring.next,
    webhooks: new Map<string, { cancel: () => void; schedule: () => void }>(),
    inFlight: new Map<string, InFlight>(),
    queries: new Map<Policy, Map<string, PolicyQuery>>(),
    lastQueries: { arrival: [], caller: [] },
    queriesOfCaller: new WeakMap<Caller, CallerQueries>(),
  };
}

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] };

/** The accounts that a profile sets up: the default account, on `plan` where one is given, and those of its fixtures. */
export function initialAccounts({ profile }: Provider, plan: string | undefined): Accounts {
  const accounts = new Accounts(profile.accounts.plan);
  // A variant may lack the plan.
  const exists = plan !== undefined && Object.hasOwn(profile.plans, plan);
  accounts.put(profile.accounts.default, { plan: exists ? plan : profile.accounts.plan });
  const anonymous = anonymousAccount(profile);
  if (anonymous && anonymous.account !== profile.accounts.default)
    accounts.put(anonymous.account, { plan: anonymous.plan });
  for (const fixture of profile.fixtures) {
    if (fixture.account !== undefined)
      accounts.put(fixture.account, { plan: fixture.plan ?? profile.accounts.plan, keys: [fixture.key] });
  }
  return accounts;
}

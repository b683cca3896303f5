/**
 * The state of one provider within one sandbox: its store, and what only this process has (requests in flight, timers of webhooks, cached queries).
 * @module
 */
import type { PolicyQuery } from '../limits/engine.js';
import type { Caller } from '../limits/facts.js';
import type { Phase, Policy } from '../limits/policy.js';
import type { Provider } from '../profile/compiled/provider.js';
import { Accounts } from '../state/accounts.js';
import type { JournalEntry, Skipped } from '../state/journal/entry.js';
import type { AccountStore, ProviderStore } from '../state/store.js';
import { type Origin, secretsOf } from './masking/masking.js';
import type { SandboxStore } from './store.js';

/** Stores that a reset replaces; the accounts stay. */
type Replaced = Omit<ProviderStore, 'accounts'>;

/** The state of one provider. A reset replaces all members but `provider`, `accounts` and `origin`: a request in flight keeps those that it began with. */
export interface ProviderState extends Mutable<Replaced> {
  readonly provider: Provider;
  readonly accounts: AccountStore;
  /** The store of the sandbox, which opens other stores in place of these. */
  readonly sandboxStore: SandboxStore;
  /** What takes back a webhook that waits for its job's end, by job. */
  webhooks: Map<string, { cancel: () => void; schedule: () => void }>;
  /** Requests that wait or are being sent, by lease. */
  inFlight: Map<string, InFlight>;
  /** The last query to each policy, by partition. */
  queries: Map<Policy, Map<string, PolicyQuery>>;
  /** The last list of queries in each phase. */
  lastQueries: Record<Phase, readonly PolicyQuery[]>;
  /** The queries of a caller, where they are the same for all of its requests. */
  queriesOfCaller: WeakMap<Caller, CallerQueries>;
  /** The policies that did not apply to the last request. */
  lastSkipped: readonly Skipped[];
  /** What the journal's rows of it have in common. */
  origin: Origin;
}

export interface ProviderStateOptions {
  /** All providers that are served together. */
  readonly providers: readonly Provider[];
  /** Plan of the default account, by profile, in place of the profile's. */
  readonly plans: Readonly<Record<string, string>>;
}

/** The queries that every request of one caller gives. */
export interface CallerQueries {
  /** The revision of the accounts that the quotas were read from. */
  readonly revision: number;
  readonly queries: readonly PolicyQuery[];
  readonly skipped: readonly Skipped[];
}

export interface InFlight {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly operation: string | undefined;
  readonly caller: Readonly<Record<string, string>>;
  /** What it showed to say who calls, in full. */
  readonly credential: string | undefined;
  /** Epoch ms, virtual. */
  readonly since: number;
  /** Epoch ms at which a delay ends; `null` while it is only being sent. */
  readonly until: number | null;
  /** Ends it without an answer. */
  abort(): void;
  /** As the journal would have it if it were never answered. */
  entry(): JournalEntry;
}

/** Creates the state of a provider. @param sandbox its name */
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
    accounts,
    sandboxStore: store,
    ...store.openProvider(provider),
    ...ofThisProcess(),
  };
  return providerState;
}

/** Whether it is a credential of an account, or one that a request has created. */
export function isKnown(
  { accounts, resources }: Pick<ProviderStore, 'accounts' | 'resources'>,
  credential: string,
): boolean {
  return accounts.ownerOf(credential) !== undefined || resources.credentials.has(credential);
}

/** Replaces buckets, jobs, resources and stored answers by empty stores; accounts stay. Requests in flight and webhooks that wait are ended. */
export function clearProviderState(providerState: ProviderState): void {
  for (const request of [...providerState.inFlight.values()]) request.abort();
  for (const { cancel } of providerState.webhooks.values()) cancel();
  providerState.resources.discard();
  Object.assign(providerState, providerState.sandboxStore.openProvider(providerState.provider), ofThisProcess());
}

function ofThisProcess() {
  return {
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
  accounts.put(profile.accounts.default, { plan: plan ?? profile.accounts.plan });
  for (const fixture of profile.fixtures) {
    if (fixture.account !== undefined)
      accounts.put(fixture.account, { plan: fixture.plan ?? profile.accounts.plan, keys: [fixture.key] });
  }
  return accounts;
}

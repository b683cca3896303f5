/**
 * A world: everything that one provider remembers within one sandbox.
 * @module
 */
import type { PolicyQuery } from '../limits/engine.js';
import type { Caller } from '../limits/facts.js';
import type { Phase, Policy } from '../limits/policy.js';
import type { Provider } from '../profile/compiled/provider.js';
import { Accounts } from '../state/accounts.js';
import { MemoryStore } from '../state/buckets/bucket-store.js';
import { Ids } from '../state/ids.js';
import type { JournalEntry, Skipped } from '../state/journal/entry.js';
import { Resources } from '../state/resources/resources.js';
import { type Origin, secretsOf } from './masking/masking.js';

export interface StoredResponse {
  readonly status: number;
  readonly body: unknown;
  readonly contentType: string | undefined;
  /** Epoch ms. */
  readonly storedAt: number;
  /** What the request said, where the same key with something else is a conflict. */
  readonly fingerprint: string;
}

export interface ProviderState {
  readonly provider: Provider;
  store: MemoryStore;
  resources: Resources;
  ids: Ids;
  readonly accounts: Accounts;
  /** Responses by caller, path and query. */
  cache: Map<string, StoredResponse>;
  /** Responses by caller's account and idempotency key. */
  idempotency: Map<string, StoredResponse>;
  jobDefaults: { runTimeMs?: number; outcome?: string };
  /** Windows for which the soft warning has been given: `policy partition start`. */
  warned: Set<string>;
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
  /** All that are served together. */
  readonly providers: readonly Provider[];
  /** Plan of the default account, by profile, in place of the profile's. */
  readonly plans: Readonly<Record<string, string>>;
  readonly maxBuckets?: number | undefined;
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

/** @param sandbox its name */
export function createProviderState(sandbox: string, provider: Provider, options: ProviderStateOptions): ProviderState {
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
    accounts: initialAccounts(provider, options.plans[provider.id]),
    jobDefaults: {},
    ...empty(options.maxBuckets),
  };
  return providerState;
}

/** Whether it is a credential of an account, or one that a request has created. */
export function isKnown({ accounts, resources }: ProviderState, credential: string): boolean {
  return accounts.ownerOf(credential) !== undefined || resources.credentials.has(credential);
}

/** Forgets counters, jobs, resources and what is stored; accounts stay. */
export function clearProviderState(providerState: ProviderState, maxBuckets: number | undefined): void {
  for (const request of [...providerState.inFlight.values()]) request.abort();
  for (const { cancel } of providerState.webhooks.values()) cancel();
  providerState.resources.discard();
  Object.assign(providerState, empty(maxBuckets));
  providerState.jobDefaults = {};
}

function empty(maxBuckets: number | undefined) {
  return {
    store: new MemoryStore(maxBuckets),
    resources: new Resources(),
    ids: new Ids(),
    cache: new Map<string, StoredResponse>(),
    idempotency: new Map<string, StoredResponse>(),
    warned: new Set<string>(),
    webhooks: new Map<string, { cancel: () => void; schedule: () => void }>(),
    inFlight: new Map<string, InFlight>(),
    queries: new Map<Policy, Map<string, PolicyQuery>>(),
    lastQueries: { arrival: [], caller: [] },
    queriesOfCaller: new WeakMap<Caller, CallerQueries>(),
  };
}

export function initialAccounts({ profile }: Provider, plan: string | undefined): Accounts {
  const accounts = new Accounts(profile.accounts.plan);
  accounts.put(profile.accounts.default, { plan: plan ?? profile.accounts.plan });
  for (const fixture of profile.fixtures) {
    if (fixture.account !== undefined)
      accounts.put(fixture.account, { plan: fixture.plan ?? profile.accounts.plan, keys: [fixture.key] });
  }
  return accounts;
}

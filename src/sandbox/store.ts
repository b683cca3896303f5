/**
 * The interface to everything that one sandbox stores: the clock, the faults, the journal, and for each provider its buckets, accounts, ids, resources and
 * stored answers. `memory-store.ts` is the only implementation.
 *
 * The exchange, the control operations and the behaviours use only these interfaces, so `SandboxOptions.createStore` can supply another implementation.
 * @module
 */
import type { Provider } from '../profile/compiled/provider.js';
import type { Clock } from '../runtime/clock.js';
import type { AccountStore, EndpointStore, JournalStore, ProviderStore, ResponseStore } from '../state/store.js';
import type { Faults } from './faults/faults.js';

/** The public members of a class, as an interface that others can implement. */
type Public<T> = Pick<T, keyof T>;

/** The clock of a sandbox and what is due by it. */
export type SandboxClock = Public<Clock>;

/** The faults of a sandbox, with how often each was matched and used. */
export type FaultStore = Public<Faults>;

/** The arguments for creating a store. All sandboxes of a mock share them. */
export interface StoreOptions {
  readonly providers: readonly Provider[];
  readonly clock: { readonly frozen?: boolean; readonly now?: number };
  /** Buckets per policy before the least recently used are evicted. */
  readonly maxBuckets?: number | undefined;
  /** Entries in the journal. */
  readonly journalSize?: number | undefined;
  /** Is called with the error of a timer callback that failed. */
  readonly failed: (error: unknown) => void;
}

/** The stores of one sandbox. */
export interface SandboxStore {
  readonly clock: SandboxClock;
  readonly faults: FaultStore;
  readonly journal: JournalStore;
  /** An empty store for a provider. A request in flight keeps the store that it started with, so a reset opens a new one. */
  openProvider(provider: Provider): Omit<ProviderStore, 'accounts' | 'endpoints'>;
  /** An empty account store. `defaultPlan` is the plan of accounts that set none. */
  openAccounts(defaultPlan: string): AccountStore;
  /** An empty store for endpoints of webhooks. */
  openEndpoints(): EndpointStore;
  /** An empty store for responses. */
  openResponses(): ResponseStore;
}

/** Creates the store of a sandbox. @param sandbox name of the sandbox; empty for the main one */
export type CreateStore = (sandbox: string, options: StoreOptions) => SandboxStore;

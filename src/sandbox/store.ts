/**
 * Everything that one sandbox remembers, behind one interface: the clock, the faults, the journal, and for each provider its buckets, accounts, ids, resources and
 * stored answers. `memory-store.ts` is the only implementation.
 *
 * The exchange, the control operations and the behaviours only see these interfaces, so another implementation is given in `SandboxOptions.createStore`.
 * @module
 */
import type { Provider } from '../profile/compiled/provider.js';
import type { Clock } from '../runtime/clock.js';
import type { AccountStore, JournalStore, ProviderStore, ResponseStore } from '../state/store.js';
import type { Faults } from './faults/faults.js';

/** The public members of a class, as an interface that others can implement. */
type Public<T> = Pick<T, keyof T>;

/** The clock of a sandbox and what is due by it. */
export type SandboxClock = Public<Clock>;

/** The faults of a sandbox, with how often each was matched and used. */
export type FaultStore = Public<Faults>;

/** What a store is created with. The same for all sandboxes of a mock. */
export interface StoreOptions {
  readonly providers: readonly Provider[];
  readonly clock: { readonly frozen?: boolean; readonly now?: number };
  /** Buckets that each policy may have before the least recently used are evicted. */
  readonly maxBuckets?: number | undefined;
  /** Entries that the journal keeps. */
  readonly journalSize?: number | undefined;
  /** Is told of what was due by the clock and failed. */
  readonly failed: (error: unknown) => void;
}

/** The stores of one sandbox. */
export interface SandboxStore {
  readonly clock: SandboxClock;
  readonly faults: FaultStore;
  readonly journal: JournalStore;
  /** An empty store for a provider. A request in flight keeps the store that it began with, so a reset opens another one. */
  openProvider(provider: Provider): Omit<ProviderStore, 'accounts'>;
  /** An empty store for accounts, whose plan is `defaultPlan` unless they have another. */
  openAccounts(defaultPlan: string): AccountStore;
  /** An empty store for answers. */
  openResponses(): ResponseStore;
}

/** Creates the store of a sandbox. @param sandbox its name; empty for the one without a name */
export type CreateStore = (sandbox: string, options: StoreOptions) => SandboxStore;

/**
 * The stores of one provider in one sandbox, as everything outside `state/` sees them. The classes of this folder implement them in memory.
 *
 * The methods are synchronous: a request is admitted, answered and settled in one go. A store that is shared by several processes takes a lock for the sandbox,
 * reads what has changed into these interfaces, lets the code run, and writes the changes back before it releases the lock (docs/architecture.md).
 * @module
 */
import type { Bucket, BucketTransactions } from '../limits/engine.js';
import type { Policy } from '../limits/policy.js';
import type { Accounts } from './accounts.js';
import type { Ids } from './ids.js';
import type { Journal } from './journal/journal.js';
import type { Resources } from './resources/resources.js';

export type { CollectionStore } from './resources/collection-store.js';

/** The public members of a class, as an interface that others can implement. */
type Public<T> = Pick<T, keyof T>;

/** Buckets with their states, as an algorithm made them. */
export type BucketDump = Readonly<Record<string, readonly (readonly [partition: string, state: unknown])[]>>;

/** The buckets of all policies of a provider. */
export interface BucketStore extends BucketTransactions {
  /** The state of one bucket; `undefined` if there is none. */
  get(policy: Policy, partition: Bucket['partition']): unknown;
  /** Every bucket of the policy, the least recently used first. */
  entries(policy: Policy): Iterable<[partition: string, state: unknown]>;
  /** How many buckets there are. */
  readonly size: number;
  /** Bytes of memory that they take: an estimate. */
  readonly bytes: number;
  /** A store that shares the buckets of these policies with this one, and has no others. */
  sharing(policies: Iterable<Policy>): BucketStore;
  /** Every bucket by policy, the least recently used first. */
  dump(): BucketDump;
  /** Replaces the buckets of the given policies by dumped ones, and drops all others. */
  load(policies: Iterable<Policy>, buckets: BucketDump): void;
}

/** Accounts: their plans, their own quotas, their credentials. */
export type AccountStore = Public<Accounts>;

/** The newest requests and answers. */
export type JournalStore = Public<Journal>;

/** The sequence of random-looking ids. */
export type IdSource = Public<Ids>;

/** The collections of items, jobs included, and the credentials that requests have created. */
export type ResourceStore = Public<Resources>;

/** An answer that is stored to be sent again. */
export interface StoredResponse {
  readonly status: number;
  readonly body: unknown;
  readonly contentType: string | undefined;
  /** Epoch ms. */
  readonly storedAt: number;
  /** Tells two requests with the same key apart: the same key with another fingerprint is a conflict. */
  readonly fingerprint: string;
}

/** Stored answers by key. Bounded: the oldest entry is evicted. */
export interface ResponseStore extends Iterable<[key: string, response: StoredResponse]> {
  get(key: string): StoredResponse | undefined;
  /** Stores an answer as the newest entry. */
  set(key: string, response: StoredResponse): void;
  delete(key: string): void;
  /** Bytes of memory that they take: an estimate. */
  readonly bytes: number;
}

/** The windows for which the soft warning has been given. */
export interface WarningStore extends Iterable<string> {
  has(window: string): boolean;
  add(window: string): void;
}

/** How new jobs run and end, where that differs from the profile. */
export interface JobDefaultsRecord {
  /** Milliseconds. */
  runTimeMs?: number;
  /** A state that jobs end in. */
  outcome?: string;
}

/** Everything that one provider remembers within one sandbox. */
export interface ProviderStore {
  readonly buckets: BucketStore;
  readonly accounts: AccountStore;
  readonly ids: IdSource;
  readonly resources: ResourceStore;
  /** The provider's server-side cache: answers by caller, path and query. */
  readonly cache: ResponseStore;
  /** Answers by account and idempotency key. */
  readonly idempotency: ResponseStore;
  readonly jobDefaults: JobDefaultsRecord;
  /** By `policy partition start`. */
  readonly warned: WarningStore;
}

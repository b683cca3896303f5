/**
 * The interfaces to the stores of one provider in one sandbox. Code outside `state/` uses only these; the classes of this folder implement them in memory.
 *
 * The methods are synchronous: a request is admitted, answered and settled in one turn. A store that several processes share takes a lock for the sandbox,
 * reads what has changed into these interfaces, runs the code, and writes the changes back before it releases the lock (docs/architecture.md).
 * @module
 */
import type { Bucket, BucketTransactions } from '../limits/engine.js';
import type { Policy } from '../limits/policy.js';
import type { Accounts } from './accounts.js';
import type { Calls } from './calls.js';
import type { Endpoints } from './endpoints.js';
import type { Ids } from './ids.js';
import type { Journal } from './journal/journal.js';
import type { Resources } from './resources/resources.js';

export type { CollectionStore } from './resources/collection-store.js';

/** The public members of a class, as an interface that others can implement. */
type Public<T> = Pick<T, keyof T>;

/** Buckets with their states, by policy id. */
export type BucketDump = Readonly<Record<string, readonly (readonly [partition: string, state: unknown])[]>>;

/** The buckets of all policies of a provider. */
export interface BucketStore extends BucketTransactions {
  /** The state of one bucket; `undefined` if there is none. */
  get(policy: Policy, partition: Bucket['partition']): unknown;
  /** Every bucket of the policy, the least recently used first. */
  entries(policy: Policy): Iterable<[partition: string, state: unknown]>;
  /** How many buckets there are. */
  readonly size: number;
  /** Estimated bytes of memory. */
  readonly bytes: number;
  /** Drops every bucket that has expired by an instant (epoch ms). */
  dropEnded(horizon: number): void;
  /** A store that shares the buckets of these policies with this one, and has no others. */
  sharing(policies: Iterable<Policy>): BucketStore;
  /** Every bucket by policy, the least recently used first. */
  dump(): BucketDump;
  /** Replaces the buckets of the given policies by dumped ones, and drops all others. */
  load(policies: Iterable<Policy>, buckets: BucketDump): void;
}

/** Accounts: their plans, their own quotas, their credentials. */
export type AccountStore = Public<Accounts>;

/** Endpoints of webhooks that were registered through the control API. */
export type EndpointStore = Public<Endpoints>;

/** The calls by minute, hour and day, of each credential and of all. */
export type CallStore = Public<Calls>;

/** The newest requests with their answers. */
export type JournalStore = Public<Journal>;

/** The sequence of random-looking ids. */
export type IdSource = Public<Ids>;

/** The collections of items, jobs included, and the credentials that requests have issued. */
export type ResourceStore = Public<Resources>;

/** A response that is stored to be sent again. */
export interface StoredResponse {
  readonly status: number;
  readonly body: unknown;
  readonly contentType: string | undefined;
  /** Epoch ms. */
  readonly storedAt: number;
  /** Hash of the request. The same key with another fingerprint is a conflict. */
  readonly fingerprint: string;
}

/** Stored responses by key. Bounded: the oldest entry is evicted. */
export interface ResponseStore extends Iterable<[key: string, response: StoredResponse]> {
  get(key: string): StoredResponse | undefined;
  /** Stores a response as the newest entry. */
  set(key: string, response: StoredResponse): void;
  delete(key: string): void;
  /** Estimated bytes of memory. */
  readonly bytes: number;
}

/** The windows for which the soft warning has been sent. */
export interface WarningStore extends Iterable<string> {
  has(window: string): boolean;
  add(window: string): void;
}

/** The run time and outcome of new jobs, if they differ from the profile's. */
export interface JobDefaultsRecord {
  /** Milliseconds. */
  runTimeMs?: number;
  /** A state that jobs end in. */
  outcome?: string;
}

/** The whole state of one provider within one sandbox. */
export interface ProviderStore {
  readonly buckets: BucketStore;
  readonly accounts: AccountStore;
  readonly endpoints: EndpointStore;
  readonly calls: CallStore;
  readonly ids: IdSource;
  readonly resources: ResourceStore;
  /** The provider's server-side cache: responses by caller, path and query. */
  readonly cache: ResponseStore;
  /** Responses by account and idempotency key. */
  readonly idempotency: ResponseStore;
  readonly jobDefaults: JobDefaultsRecord;
  /** By `policy partition resetAt`. */
  readonly warned: WarningStore;
}

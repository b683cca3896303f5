/**
 * The format of a snapshot. It is plain JSON: parsing and serialising it yields the same text, and so does restoring and saving it.
 * @module
 */

import type { Policy } from '../../limits/policy.js';
import type { Window } from '../../limits/windows.js';
import type { ClockState } from '../../runtime/clock.js';
import type { Account } from '../../state/accounts.js';
import type { CallsDump } from '../../state/calls.js';
import type { JournalEntry } from '../../state/journal/entry.js';
import type { Shared } from '../../state/resources/collection-store.js';
import type { Item } from '../../state/resources/item.js';
import type { StoredResponse } from '../../state/store.js';
import type { Fault } from '../faults/faults.js';
import type { WebhooksSnapshot } from './read-webhooks.js';

/** The value of `format`. */
export const SNAPSHOT_FORMAT = 'mock429-snapshot';

/** Is increased when an older version would misread a new snapshot. */
export const SNAPSHOT_VERSION = 1;

/** The state of a whole sandbox. Credentials are unmasked. */
export interface Snapshot {
  readonly format: typeof SNAPSHOT_FORMAT;
  readonly version: number;
  readonly clock: ClockState;
  /** How many requests had arrived. The next one gets the following number. */
  readonly requests: number;
  readonly faults: { readonly made: number; readonly list: readonly Fault[] };
  readonly profiles: Readonly<Record<string, ProviderSnapshot>>;
  /** Only if it was requested. */
  readonly journal?: readonly JournalEntry[];
}

/** The state of one provider. */
export interface ProviderSnapshot {
  readonly accounts: readonly Account[];
  readonly jobDefaults: { readonly runTimeMs?: number; readonly outcome?: string };
  readonly ids: readonly [state: number, made: number];
  /** By policy, in the order of the profile. */
  readonly counters: Readonly<Record<string, CounterSnapshot>>;
  readonly resources: ResourcesSnapshot;
  readonly cache: readonly StoredSnapshot[];
  readonly idempotency: readonly StoredSnapshot[];
  readonly warned: readonly string[];
  /** The active variants, if they are not those of the server. */
  readonly variants?: readonly string[];
  /** Left out if there were no calls. */
  readonly calls?: CallsDump;
  /** Left out if there are neither endpoints nor waiting deliveries. */
  readonly webhooks?: WebhooksSnapshot;
}

/** The buckets of one policy, and how it counts. A policy that counts differently cannot use the states. */
export interface CounterSnapshot {
  readonly counts: {
    readonly algorithm: string;
    readonly window: Window;
    readonly partitionBy: readonly string[];
    readonly scale: number;
    readonly holds: string | null;
    /** Left out where values are not counted together. */
    readonly groups?: Policy['groups'];
  };
  /** Partition and state, the least recently used first. */
  readonly buckets: readonly (readonly [partition: string, state: unknown])[];
}

/** The items of all collections of a provider, and the credentials that requests have issued. */
export interface ResourcesSnapshot {
  readonly serial: number;
  readonly collections: Readonly<Record<string, readonly CollectionSnapshot[]>>;
  readonly credentials: readonly { readonly key: string; readonly account: string; readonly revoked: boolean }[];
}

/** The items of one collection in one scope. */
export interface CollectionSnapshot {
  readonly scope: string;
  readonly items: readonly Item[];
  readonly shared: readonly Shared[];
}

/** A stored response with its key. */
export type StoredSnapshot = readonly [key: string, stored: StoredResponse];

/**
 * What a snapshot is made of. Everything in it is plain JSON: written out and read back it is the same, and what was saved once more after that is the same text.
 * @module
 */

import type { Window } from '../../limits/windows.js';
import type { ClockState } from '../../runtime/clock.js';
import type { Account } from '../../state/accounts.js';
import type { JournalEntry } from '../../state/journal/entry.js';
import type { Shared } from '../../state/resources/collection-store.js';
import type { Item } from '../../state/resources/item.js';
import type { StoredResponse } from '../../state/store.js';
import type { Fault } from '../faults/faults.js';

export const SNAPSHOT_FORMAT = 'mock429-snapshot';

/** Rises when something that is written would be misread by those who know the former version. */
export const SNAPSHOT_VERSION = 1;

/** A whole sandbox. Credentials are in it in full. */
export interface Snapshot {
  readonly format: typeof SNAPSHOT_FORMAT;
  readonly version: number;
  readonly clock: ClockState;
  /** Requests that had come: the next one is named by the number after it. */
  readonly requests: number;
  readonly faults: { readonly made: number; readonly list: readonly Fault[] };
  readonly profiles: Readonly<Record<string, ProviderSnapshot>>;
  /** Where it was asked for. */
  readonly journal?: readonly JournalEntry[];
}

/** What one provider remembers. */
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
}

/** Buckets of one policy, and how it counts: states mean nothing to a policy that counts otherwise. */
export interface CounterSnapshot {
  readonly counts: {
    readonly algorithm: string;
    readonly window: Window;
    readonly partitionBy: readonly string[];
    readonly scale: number;
    readonly holds: string | null;
  };
  /** Partition and state, the least recently used first. */
  readonly buckets: readonly (readonly [partition: string, state: unknown])[];
}

export interface ResourcesSnapshot {
  readonly serial: number;
  readonly collections: Readonly<Record<string, readonly CollectionSnapshot[]>>;
  readonly credentials: readonly { readonly key: string; readonly account: string; readonly revoked: boolean }[];
}

export interface CollectionSnapshot {
  readonly scope: string;
  readonly items: readonly Item[];
  readonly shared: readonly Shared[];
}

export type StoredSnapshot = readonly [key: string, stored: StoredResponse];

/**
 * Saves a sandbox as a snapshot, always in the same order.
 *
 * Requests in flight are not saved: their charges stay, and their leases are released.
 * @module
 */
import { holderOf, NO_WINDOW, type Policy, paramsFor, windowed } from '../../limits/policy.js';
import type { CallLog } from '../../profile/compiled/provider.js';
import type { Account } from '../../state/accounts.js';
import type { Item, JobProgress } from '../../state/resources/item.js';
import type { ResourceStore, StoredResponse } from '../../state/store.js';
import type { Core } from '../core.js';
import type { Fault } from '../faults/faults.js';
import { withCallsEntered } from '../journal/call-log.js';
import type { ProviderState } from '../provider-state.js';
import {
  type CollectionSnapshot,
  type CounterSnapshot,
  type ProviderSnapshot,
  type ResourcesSnapshot,
  SNAPSHOT_FORMAT,
  SNAPSHOT_VERSION,
  type Snapshot,
  type StoredSnapshot,
} from './format.js';
import { toPlain } from './json.js';
import { saveWebhooks } from './read-webhooks.js';

/** Options of a snapshot. */
export interface SnapshotOptions {
  /** Whether it includes the journal. Default: `false`. */
  readonly journal?: boolean | undefined;
}

/** Options of a checkpoint, which is saved while requests are under way. */
export interface SaveOptions extends SnapshotOptions {
  /** Whether the units that a request holds of a bucket are saved. Default: those of no request are. */
  readonly holds?: ((request: string, profile: string, policy: string, partition: string) => boolean) | undefined;
}

/**
 * Saves a sandbox.
 *
 * @param requests how many requests have arrived
 * @param variantsOf returns the variants of a profile, if they are not those of the server
 */
export function saveSandbox(
  core: Core,
  providerStates: ReadonlyMap<string, ProviderState>,
  requests: number,
  options: SaveOptions,
  variantsOf: (profile: string) => readonly string[] | undefined,
): Snapshot {
  const { clock, faults, journal } = core;
  const { made, list } = faults.dump();
  const snapshot: Snapshot = {
    format: SNAPSHOT_FORMAT,
    version: SNAPSHOT_VERSION,
    clock: clock.dump(),
    requests,
    faults: { made, list: list.map(orderedFault) },
    profiles: Object.fromEntries(
      [...providerStates].map(([id, providerState]) => [
        id,
        saveProviderState(
          providerState,
          // A checkpoint says up to which row calls have been entered. A snapshot is restored without the journal.
          options.holds ? providerState.resources : withCallsEntered(core, providerState),
          clock.horizon(clock.now()),
          variantsOf(id),
          options.holds,
        ),
      ]),
    ),
    ...(options.journal ? { journal: options.holds ? journal.rowEntries() : journal.entries() } : {}),
  };
  return toPlain(snapshot) as Snapshot;
}

function saveProviderState(
  providerState: ProviderState,
  resources: ResourceStore,
  horizon: number,
  variants: readonly string[] | undefined,
  holds: SaveOptions['holds'],
): ProviderSnapshot {
  const { runTimeMs, outcome } = providerState.jobDefaults;
  const webhooks = saveWebhooks(providerState);
  return {
    accounts: providerState.accounts.list().map(({ id, plan, quotas, keys }): Account => ({ id, plan, quotas, keys })),
    jobDefaults: { ...(runTimeMs === undefined ? {} : { runTimeMs }), ...(outcome === undefined ? {} : { outcome }) },
    ids: providerState.ids.dump(),
    counters: saveCounters(providerState, horizon, holds),
    resources: saveResources(resources, providerState.provider.callLogs),
    cache: [...providerState.cache].map(saveStored),
    idempotency: [...providerState.idempotency].map(saveStored),
    warned: [...providerState.warned],
    ...(variants === undefined ? {} : { variants }),
    ...(providerState.calls.isEmpty ? {} : { calls: providerState.calls.dump() }),
    ...(webhooks === undefined ? {} : { webhooks }),
  };
}

/** How a policy counts: a saved state is only valid for a policy with an equal value. */
export function countingOf(policy: Policy): CounterSnapshot['counts'] {
  const { algorithm, window = NO_WINDOW, partitionBy, scale, groups } = policy;
  return {
    algorithm: algorithm.name,
    window: sorted(window),
    partitionBy,
    scale,
    holds: holderOf(policy) ?? null,
    ...(groups && { groups: sorted(groups) }),
  };
}

/** The live buckets. Expired ones are omitted, so that the result does not depend on when the store evicts them. */
function saveCounters(
  { provider, buckets, resources }: ProviderState,
  horizon: number,
  holds: SaveOptions['holds'],
): ProviderSnapshot['counters'] {
  const tables = buckets.dump();
  const jobs = new Set([...resources.jobs()].map(({ item }) => item.id));
  return Object.fromEntries(
    provider.policies.flatMap((policy) => {
      const { algorithm, id } = policy;
      const buckets = (tables[id] ?? [])
        .map(([partition, state]): [string, unknown] => [
          partition,
          algorithm.kind === 'lease'
            ? algorithm.retain(state, (lease) => jobs.has(lease) || holds?.(lease, provider.id, id, partition) === true)
            : state,
        ])
        .filter(
          ([partition, state]) => algorithm.expiresAt(paramsFor(windowed(policy, partition), 0), state) > horizon,
        );
      return buckets.length === 0 ? [] : [[id, { counts: countingOf(policy), buckets }]];
    }),
  );
}

/** @param logs logs of calls. They come last, since when they are opened depends on when the calls are entered */
function saveResources(resources: ResourceStore, logs: readonly CallLog[]): ResourcesSnapshot {
  const isLog = (id: string) => logs.some(({ collection }) => collection.id === id);
  const all = [...resources.collectionStores()];
  const entered = all.filter(({ collection }) => isLog(collection));
  entered.sort((a, b) => (a.collection + a.scope < b.collection + b.scope ? -1 : 1));
  const collections: Record<string, CollectionSnapshot[]> = {};
  for (const { collection, scope, collectionStore } of [
    ...all.filter(({ collection }) => !isLog(collection)),
    ...entered,
  ]) {
    collections[collection] ??= [];
    collections[collection].push({
      scope,
      items: collectionStore.all().map(orderedItem),
      shared: collectionStore.shared,
    });
  }
  return {
    serial: resources.serial,
    collections,
    credentials: [...resources.credentials].map(([key, { account, revoked }]) => ({ key, account, revoked })),
  };
}

function orderedItem({ id, createdAt, serial, data, updatedAt, uniqueKeys, job }: Item): Item {
  const item = { id, createdAt, serial, data, updatedAt, uniqueKeys };
  return job ? { ...item, job: orderedJob(job) } : item;
}

function orderedJob({ endsAt, outcome, holds, webhook }: JobProgress): JobProgress {
  return {
    endsAt,
    outcome,
    holds: holds.map(({ policy, partition }) => ({ policy, partition })),
    ...(webhook ? { webhook: { url: webhook.url, base: webhook.base } } : {}),
  };
}

function saveStored([key, stored]: [string, StoredResponse]): StoredSnapshot {
  const { status, body, contentType, storedAt, fingerprint } = stored;
  return [key, { status, body, contentType, storedAt, fingerprint }];
}

/** A fault with its keys sorted; body and headers keep the order in which they are sent. */
function orderedFault(fault: Fault): Fault {
  return sorted({ ...fault, match: sorted(fault.match) });
}

function sorted<T extends object>(map: T): T {
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1))) as T;
}

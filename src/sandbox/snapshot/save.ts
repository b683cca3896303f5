/**
 * Writes a sandbox down, always in the same order.
 *
 * What is in flight is no part of it: what those requests have been charged stays charged, and what they hold at the moment is free.
 * @module
 */
import { type Policy, paramsFor } from '../../limits/policy.js';
import type { Account } from '../../state/accounts.js';
import type { Item, Job } from '../../state/resources/item.js';
import type { Resources } from '../../state/resources/resources.js';
import type { Core } from '../core.js';
import type { Fault } from '../faults/faults.js';
import type { StoredResponse, World } from '../provider-state.js';
import {
  type CounterSnapshot,
  type ResourcesSnapshot,
  type ShelfSnapshot,
  SNAPSHOT_FORMAT,
  SNAPSHOT_VERSION,
  type Snapshot,
  type StoredSnapshot,
  type WorldSnapshot,
} from './format.js';
import { toPlain } from './json.js';

export interface SnapshotOptions {
  /** Whether the journal is in it, too. */
  readonly journal?: boolean | undefined;
}

/** @param requests how many have come */
export function saveSandbox(
  { clock, faults, journal }: Core,
  worlds: ReadonlyMap<string, World>,
  requests: number,
  options: SnapshotOptions,
): Snapshot {
  const { made, list } = faults.dump();
  const snapshot: Snapshot = {
    format: SNAPSHOT_FORMAT,
    version: SNAPSHOT_VERSION,
    clock: clock.dump(),
    requests,
    faults: { made, list: list.map(orderedFault) },
    profiles: Object.fromEntries([...worlds].map(([id, world]) => [id, saveWorld(world, clock.horizon(clock.now()))])),
    ...(options.journal ? { journal: journal.entries() } : {}),
  };
  return toPlain(snapshot) as Snapshot;
}

function saveWorld(world: World, horizon: number): WorldSnapshot {
  const { runTimeMs, outcome } = world.jobDefaults;
  return {
    accounts: world.accounts.list().map(({ id, plan, quotas, keys }): Account => ({ id, plan, quotas, keys })),
    jobDefaults: { ...(runTimeMs === undefined ? {} : { runTimeMs }), ...(outcome === undefined ? {} : { outcome }) },
    ids: world.ids.dump(),
    counters: saveCounters(world, horizon),
    resources: saveResources(world.resources),
    cache: [...world.cache].map(saveStored),
    idempotency: [...world.idempotency].map(saveStored),
    warned: [...world.warned],
  };
}

/** What a state has to mean the same to. */
export function countingOf({ algorithm, window, partitionBy, scale, options }: Policy): CounterSnapshot['counts'] {
  return {
    algorithm: algorithm.name,
    window: sorted(window),
    partitionBy,
    scale,
    holds: (options['holds'] as string | undefined) ?? null,
  };
}

/** Without the buckets that say nothing any more: when the store gets round to dropping them is its own affair. */
function saveCounters({ provider, store, resources }: World, horizon: number): WorldSnapshot['counters'] {
  const tables = store.dump();
  const jobs = new Set([...resources.jobs()].map(({ item }) => item.id));
  return Object.fromEntries(
    provider.policies.flatMap((policy) => {
      const { algorithm, id } = policy;
      const params = paramsFor(policy, 0);
      const buckets = (tables[id] ?? [])
        .map(([partition, state]): [string, unknown] => [
          partition,
          algorithm.kept ? algorithm.kept(state, (lease) => jobs.has(lease)) : state,
        ])
        .filter(([, state]) => algorithm.expiresAt(params, state) > horizon);
      return buckets.length === 0 ? [] : [[id, { counts: countingOf(policy), buckets }]];
    }),
  );
}

function saveResources(resources: Resources): ResourcesSnapshot {
  const collections: Record<string, ShelfSnapshot[]> = {};
  for (const { collection, scope, shelf } of resources.shelves()) {
    collections[collection] ??= [];
    collections[collection].push({ scope, items: shelf.all().map(orderedItem), shared: shelf.shared });
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

function orderedJob({ endsAt, outcome, holds, webhook }: Job): Job {
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

/** Its body and its headers stay in the order in which they are sent. */
function orderedFault(fault: Fault): Fault {
  return sorted({ ...fault, match: sorted(fault.match) });
}

function sorted<T extends object>(map: T): T {
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1))) as T;
}

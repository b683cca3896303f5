/**
 * Puts what a snapshot says in the place of what there is. Everything has been read by then, so nothing of this can fail half way.
 * @module
 */
import type { Core } from '../core.js';
import { resumeWebhooks } from '../jobs/webhooks.js';
import { clearWorld, type World } from '../provider-state.js';
import type { Beginning } from '../reset.js';
import type { ReadSnapshot } from './read.js';
import type { ReadWorld } from './read-provider-state.js';

/** Requests in flight end at once, as with a reset. A provider that the snapshot does not speak of begins anew. */
export function restoreSandbox(
  core: Core,
  worlds: ReadonlyMap<string, World>,
  { clock, faults, worlds: saved, journal }: ReadSnapshot,
  beginning: Beginning,
): void {
  for (const world of worlds.values()) {
    clearWorld(world, beginning.maxBuckets);
    world.accounts.load(beginning.accounts(world).list());
  }
  core.jobs.restart(worlds.values());
  core.faults.load(faults);
  core.journal.load(journal);
  core.clock.load(clock);
  for (const [id, world] of saved) fill(worlds.get(id)!, world);
  core.jobs.restart(worlds.values());
  for (const world of worlds.values()) resumeWebhooks(core, world);
  core.emit({ type: 'reset', at: core.clock.now(), data: { clock: true, accounts: true } });
}

function fill(world: World, saved: ReadWorld): void {
  const { store, resources, ids, accounts, cache, idempotency, warned } = world;
  accounts.load(saved.accounts);
  world.jobDefaults = saved.jobDefaults;
  ids.load(saved.ids);
  store.load(world.provider.policies, saved.counters);
  resources.serial = saved.serial;
  for (const { collection, scope, items, shared } of saved.shelves)
    (resources.find(collection, scope) ?? resources.open(collection, scope, [])).load(items, shared);
  for (const [key, issued] of saved.credentials) resources.credentials.set(key, issued);
  for (const [key, stored] of saved.cache) cache.set(key, stored);
  for (const [key, stored] of saved.idempotency) idempotency.set(key, stored);
  for (const window of saved.warned) warned.add(window);
}

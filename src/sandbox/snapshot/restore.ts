/**
 * Restores a parsed snapshot. Everything has been checked before, so this cannot fail half-way.
 * @module
 */
import type { JournalRows } from '../../state/journal/journal.js';
import type { Core } from '../core.js';
import { resumeWebhooks } from '../jobs/webhooks.js';
import { clearProviderState, type ProviderState } from '../provider-state.js';
import type { InitialState } from '../reset.js';
import { schedule } from '../webhooks/send.js';
import type { ReadSnapshot } from './read.js';
import type { ReadProviderState } from './read-provider-state.js';

/** Replaces the state of a sandbox. Requests in flight end, as with a reset. A provider that the snapshot lacks is reset. @param rows the numbers of the journal's rows; default: those that follow */
export function restoreSandbox(
  core: Core,
  providerStates: ReadonlyMap<string, ProviderState>,
  { clock, faults, providerStates: saved, journal }: ReadSnapshot,
  initialState: InitialState,
  rows?: JournalRows,
): void {
  for (const providerState of providerStates.values()) {
    clearProviderState(providerState);
    providerState.accounts.load(initialState.accounts(providerState).list());
    providerState.endpoints.load([], 0);
  }
  core.jobs.restart(providerStates.values());
  core.faults.load(faults);
  core.journal.load(journal, rows);
  core.clock.load(clock);
  for (const [id, providerState] of saved) fill(providerStates.get(id)!, providerState);
  core.jobs.restart(providerStates.values());
  for (const providerState of providerStates.values()) {
    resumeWebhooks(core, providerState);
    for (const delivery of providerState.deliveries.pending()) schedule(core, providerState, delivery);
    // The calls of a restored journal are entered in the restored logs already.
    providerState.loggedTo = core.journal.ring.next;
  }
  core.emit({ type: 'reset', at: core.clock.now(), data: { clock: true, accounts: true } });
}

function fill(providerState: ProviderState, saved: ReadProviderState): void {
  const { buckets, resources, ids, accounts, cache, idempotency, warned } = providerState;
  accounts.load(saved.accounts);
  providerState.jobDefaults = saved.jobDefaults;
  ids.load(saved.ids);
  buckets.load(providerState.provider.policies, saved.counters);
  resources.serial = saved.serial;
  for (const { collection, scope, items, shared } of saved.collectionStores)
    (resources.find(collection, scope) ?? resources.open(collection, scope, [])).load(items, shared);
  for (const [key, issued] of saved.credentials) resources.credentials.set(key, issued);
  for (const [key, stored] of saved.cache) cache.set(key, stored);
  for (const [key, stored] of saved.idempotency) idempotency.set(key, stored);
  for (const window of saved.warned) warned.add(window);
  if (saved.calls) providerState.calls.load(saved.calls);
  if (saved.webhooks) {
    providerState.endpoints.load(saved.webhooks.endpoints, saved.webhooks.endpointsMade);
    providerState.deliveries.load(saved.webhooks.deliveries, saved.webhooks.deliveriesMade);
  }
}

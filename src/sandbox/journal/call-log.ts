/**
 * Logs of calls: collections whose entries are the calls of their scope, such as an audit log.
 *
 * Nothing is done per request. The entries are made from the journal when a request reads a log, and before rows are dropped; a call that the journal has
 * overwritten by then has no entry. When that is does not matter to anything else: the entries have serial numbers and ids of their own. So a snapshot contains
 * the entries that are due, though to take one does not change the state.
 * @module
 */
import type { Context } from '../../behaviours/behaviour.js';
import { collectionStoreOf, newItem, withRoot, withScope } from '../../behaviours/collections/shared.js';
import type { CallLog } from '../../profile/compiled/provider.js';
import { idsOfNumber } from '../../state/ids.js';
import type { JournalEntry } from '../../state/journal/entry.js';
import type { ResourceStore } from '../../state/store.js';
import type { Core } from '../core.js';
import { fresh } from '../exchange/template-scope.js';
import type { ProviderState } from '../provider-state.js';

/** Serial numbers of entries, and of what their collections are seeded with, begin above this one. */
const FIRST_SERIAL = 2 ** 40;

/** Enters the calls that the journal has and the logs of the provider have not. */
export function enterCalls({ journal }: Core, providerState: ProviderState): void {
  if (providerState.provider.callLogs.length === 0) return;
  enterAll(journal, providerState, providerState.resources);
  providerState.loggedTo = journal.ring.next;
}

/** The resources of a provider as they are once all calls have been entered. They are a copy if calls are due. */
export function withCallsEntered({ journal }: Core, providerState: ProviderState): ResourceStore {
  const { provider, resources, loggedTo } = providerState;
  if (provider.callLogs.length === 0 || loggedTo === journal.ring.next) return resources;
  const copy = resources.copy();
  enterAll(journal, providerState, copy);
  return copy;
}

function enterAll(journal: Core['journal'], { provider, loggedTo }: ProviderState, resources: ResourceStore): void {
  const { next } = journal.ring;
  const { serial } = resources;
  resources.serial = lastSerial(provider.callLogs, resources);
  for (let row = Math.max(loggedTo, next - journal.capacity); row < next; row++) {
    const entry = journal.entry(row);
    if (entry?.profile !== provider.id || entry.caller === undefined) continue;
    for (const log of provider.callLogs) if (isEntered(log, entry.caller)) enter(resources, log, entry);
  }
  resources.serial = serial;
}

/** The serial number of the newest entry. */
function lastSerial(logs: readonly CallLog[], resources: ResourceStore): number {
  const ids = new Set(logs.map(({ collection }) => collection.id));
  let last = FIRST_SERIAL;
  for (const { collection, collectionStore } of resources.collectionStores())
    if (ids.has(collection)) for (const { serial } of collectionStore.all()) last = Math.max(last, serial);
  return last;
}

function isEntered({ callers }: CallLog, caller: Readonly<Record<string, string>>): boolean {
  return Object.entries(callers).every(([fact, values]) => values.includes(caller[fact] ?? ''));
}

function enter(resources: ResourceStore, { collection, item, keep }: CallLog, entry: JournalEntry): void {
  const now = entry.at;
  const call = {
    method: entry.method,
    path: entry.path,
    operation: entry.operation,
    status: entry.status,
    at: now,
    userAgent: entry.peer?.userAgent ?? null,
  };
  const ids = idsOfNumber(resources.serial - FIRST_SERIAL);
  const base = withScope(([root, name = '']) => (root === 'new' ? fresh(ids, name, now) : undefined), {
    caller: entry.caller,
    call,
    now,
  });
  // The behaviours' functions for items need no more of a context.
  const context = { scope: base, now, resources } as Context;
  const collectionStore = collectionStoreOf(collection, context);
  const data = item.render(withRoot(base, 'item', {}), now) as Record<string, unknown>;
  resources.add(collectionStore, newItem(collection, context, data));
  const calls = collectionStore.all();
  for (const { id } of calls.slice(0, Math.max(0, calls.length - keep))) collectionStore.remove(id);
}

/**
 * Logs of calls: collections whose entries are the calls of their scope, such as an audit log.
 *
 * Nothing is done per request. The entries are made from the journal when a request reads a log, and before rows are dropped; a call that the journal has
 * overwritten by then has no entry. A snapshot contains the entries that are due, but to take one does not change the state.
 * @module
 */
import type { Context } from '../../behaviours/behaviour.js';
import { collectionStoreOf, newItem, withRoot, withScope } from '../../behaviours/collections/shared.js';
import type { CallLog } from '../../profile/compiled/provider.js';
import type { JournalEntry } from '../../state/journal/entry.js';
import type { Core } from '../core.js';
import { fresh } from '../exchange/template-scope.js';
import type { ProviderState } from '../provider-state.js';

/** What entries are made of and where they go. */
export type CallLogStores = Pick<ProviderState, 'ids' | 'resources'>;

/** Enters the calls that the journal has and the logs of the provider have not. */
export function enterCalls({ journal }: Core, providerState: ProviderState): void {
  if (providerState.provider.callLogs.length === 0) return;
  enterAll(journal, providerState, providerState);
  providerState.loggedTo = journal.ring.next;
}

/** The ids and the resources of a provider as they are once all calls have been entered. They are copies if calls are due, so that a read does not change the state. */
export function withCallsEntered({ journal }: Core, providerState: ProviderState): CallLogStores {
  if (providerState.provider.callLogs.length === 0 || providerState.loggedTo === journal.ring.next)
    return providerState;
  const copies = { ids: providerState.ids.copy(), resources: providerState.resources.copy() };
  enterAll(journal, providerState, copies);
  return copies;
}

function enterAll(journal: Core['journal'], { provider, loggedTo }: ProviderState, stores: CallLogStores): void {
  const { next } = journal.ring;
  for (let row = Math.max(loggedTo, next - journal.capacity); row < next; row++) {
    const entry = journal.entry(row);
    if (entry?.profile !== provider.id || entry.caller === undefined) continue;
    for (const log of provider.callLogs) if (isEntered(log, entry.caller)) enter(stores, log, entry);
  }
}

function isEntered({ callers }: CallLog, caller: Readonly<Record<string, string>>): boolean {
  return Object.entries(callers).every(([fact, values]) => values.includes(caller[fact] ?? ''));
}

function enter({ ids, resources }: CallLogStores, { collection, item, keep }: CallLog, entry: JournalEntry): void {
  const now = entry.at;
  const call = {
    method: entry.method,
    path: entry.path,
    operation: entry.operation,
    status: entry.status,
    at: now,
    userAgent: entry.peer?.userAgent ?? null,
  };
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

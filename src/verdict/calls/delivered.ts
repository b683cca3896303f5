/**
 * Writes whose content a later request of their sender may have delivered in another form. A client that was refused need not send the same request again:
 *
 * - It may overwrite the resource: a later PUT, PATCH or DELETE of the same path replaces an earlier one.
 * - It may split a list: later, shorter lists or single items for the same path, or for the path above it, have as many items together.
 * - It may merge items: a later list for the same path, or for the path above or below it, is longer.
 *
 * The journal has no content, so whether the later request did deliver the earlier write is not known. Such a write is not reported as lost or given up.
 * @module
 */
import { memoiseWeakly } from '../../runtime/memoise.js';
import { type Call, senderOf } from './call.js';
import type { View } from './view.js';

/** Methods of requests that change something. */
export const WRITES: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);
/** Methods that change the resource of their path. */
const CHANGES: ReadonlySet<string> = new Set(['PUT', 'PATCH', 'DELETE']);

/** The writes that a later success may have delivered in another form, cached for each view. */
export const perhapsDelivered: (view: View) => ReadonlySet<Call> = memoiseWeakly(findPerhapsDelivered);

/** The later successes of one sender. */
class LaterWrites {
  readonly #changed = new Set<string>();
  /** For each path, the total of items by their number in one request. */
  readonly #items = new Map<string, Map<number, number>>();
  /** For each path, the number of items in the longest list that was sent to it. */
  readonly #longest = new Map<string, number>();
  /** For each path, the same for the paths right below it. */
  readonly #longestBelow = new Map<string, number>();

  add({ entry: { method, path, pathHash, items } }: Call): void {
    if (CHANGES.has(method)) this.#changed.add(pathHash ?? path);
    raise(this.#longest, path, items ?? 0);
    raise(this.#longestBelow, pathAbove(path), items ?? 0);
    if (method !== 'POST') return;
    const size = items ?? 1;
    const bySize = this.#items.get(path) ?? new Map<number, number>();
    this.#items.set(path, bySize.set(size, (bySize.get(size) ?? 0) + size));
  }

  mayInclude({ entry: { method, path, pathHash, items = 1 } }: Call): boolean {
    if (CHANGES.has(method) && this.#changed.has(pathHash ?? path)) return true;
    const paths = [path, pathAbove(path)];
    const lists = [...paths.map((one) => this.#longest.get(one)), this.#longestBelow.get(path)];
    if (method !== 'DELETE' && lists.some((longest = 0) => longest > items)) return true;
    if (method !== 'POST' || items < 2) return false;
    const parts = paths.flatMap((one) => [...(this.#items.get(one) ?? [])]).filter(([size]) => size < items);
    return parts.reduce((sum, [, total]) => sum + total, 0) >= items;
  }
}

function pathAbove(path: string): string {
  return path.replace(/\/[^/]*$/, '');
}

/** Sets a value of a map unless it is larger already. */
function raise(all: Map<string, number>, key: string, value: number): void {
  all.set(key, Math.max(all.get(key) ?? 0, value));
}

function findPerhapsDelivered({ calls }: View): ReadonlySet<Call> {
  const bySender = new Map<string, LaterWrites>();
  const found = new Set<Call>();
  for (const call of [...calls].reverse()) {
    if (!WRITES.has(call.entry.method)) continue;
    const sender = senderOf(call);
    const later = bySender.get(sender) ?? new LaterWrites();
    bySender.set(sender, later);
    if (call.outcome === 'succeeded') later.add(call);
    else if (later.mayInclude(call)) found.add(call);
  }
  return found;
}

/**
 * The forms in which a later success may deliver a write, as names. `gave-up` uses them for a run that is longer than the journal, where the items of all later
 * requests cannot be counted. So they match more than `perhapsDelivered`: in doubt, a write is delivered.
 */
export function otherForms({ caller, entry: { method, path, pathHash, items = 1 } }: Call): readonly string[] {
  const name = (form: string, at: string) => JSON.stringify([form, caller, at]);
  const near = [path, pathAbove(path)];
  const changes = CHANGES.has(method) ? [name('change', pathHash ?? path)] : [];
  const lists = method === 'DELETE' || !WRITES.has(method) ? [] : [...near, `${path}/`].map((at) => name('list', at));
  const single = method === 'POST' && items > 1 ? near.map((at) => name('item', at)) : [];
  return [...changes, ...lists, ...single];
}

/** The names of the forms of a success, as `otherForms` has them. */
export function formsOf({ caller, entry: { method, path, pathHash, items = 1 } }: Call): readonly string[] {
  const name = (form: string, at: string) => JSON.stringify([form, caller, at]);
  const changes = CHANGES.has(method) ? [name('change', pathHash ?? path)] : [];
  const lists = items > 1 ? [name('list', path), name('list', `${pathAbove(path)}/`)] : [];
  const single = method === 'POST' ? [name('item', path)] : [];
  return [...changes, ...lists, ...single];
}

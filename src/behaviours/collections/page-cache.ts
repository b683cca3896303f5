/**
 * Pages of lists that have been made before: who polls a list that has not changed gets the very same.
 * @module
 */
import type { CollectionStore } from '../../state/store.js';
import type { Success } from '../behaviour.js';

/** Items on pages that are kept, before all are forgotten. */
const MAX_ITEMS = 10_000;

/** Of one shelf. */
interface CachedPage {
  /** As the shelf was then. */
  readonly version: number;
  /** By all that the request asks for. */
  readonly replies: Map<string, Success>;
  items: number;
}

export class PageCache {
  #made = new WeakMap<CollectionStore, CachedPage>();
  #items = 0;

  get(collectionStore: CollectionStore, key: string): Success | undefined {
    const made = this.#made.get(collectionStore);
    return made?.version === collectionStore.version ? made.replies.get(key) : undefined;
  }

  /** @param shown how many items are on it */
  keep(collectionStore: CollectionStore, key: string, reply: Success, shown: number): Success {
    // An empty page takes room as well.
    const items = shown + 10;
    if (this.#items + items > MAX_ITEMS) {
      this.#made = new WeakMap();
      this.#items = 0;
    }
    this.#items += items;
    const { version } = collectionStore;
    const made = this.#made.get(collectionStore);
    if (made?.version === version) {
      made.replies.set(key, reply);
      made.items += items;
    } else {
      this.#items -= made?.items ?? 0;
      this.#made.set(collectionStore, { version, replies: new Map([[key, reply]]), items });
    }
    return reply;
  }
}

/** A value so written that several in a row cannot be read in another way. */
export function cacheKeyPart(value: unknown): string {
  if (value === undefined) return '-';
  if (typeof value === 'string') return `${value.length}:${value}`;
  return typeof value === 'object' ? `=${JSON.stringify(value)};` : `${typeof value} ${String(value)};`;
}

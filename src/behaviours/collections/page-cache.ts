/**
 * A cache of rendered pages: a client that polls an unchanged list gets the same object again.
 * @module
 */
import type { CollectionStore } from '../../state/store.js';
import type { Success } from '../behaviour.js';

/** Items on all cached pages; when there are more, all pages are dropped. */
const MAX_ITEMS = 10_000;

/** The cached pages of one collection store. */
interface CachedPage {
  /** The version of the collection store at the time. */
  readonly version: number;
  /** By the parameters of the request that select the page. */
  readonly replies: Map<string, Success>;
  items: number;
}

/** The pages of one operation. A page is valid as long as its collection store has the same version. */
export class PageCache {
  #pages = new WeakMap<CollectionStore, CachedPage>();
  #items = 0;

  /** The cached page; `undefined` if there is none or the collection store has changed. */
  get(collectionStore: CollectionStore, key: string): Success | undefined {
    const cached = this.#pages.get(collectionStore);
    return cached?.version === collectionStore.version ? cached.replies.get(key) : undefined;
  }

  /** Caches a page. @param itemCount how many items are on it @returns the page */
  set(collectionStore: CollectionStore, key: string, reply: Success, itemCount: number): Success {
    // An empty page takes memory, too.
    const items = itemCount + 10;
    if (this.#items + items > MAX_ITEMS) {
      this.#pages = new WeakMap();
      this.#items = 0;
    }
    this.#items += items;
    const { version } = collectionStore;
    const cached = this.#pages.get(collectionStore);
    if (cached?.version === version) {
      cached.replies.set(key, reply);
      cached.items += items;
    } else {
      this.#items -= cached?.items ?? 0;
      this.#pages.set(collectionStore, { version, replies: new Map([[key, reply]]), items });
    }
    return reply;
  }
}

/** Encodes a value so that concatenated parts are unambiguous. */
export function cacheKeyPart(value: unknown): string {
  if (value === undefined) return '-';
  if (typeof value === 'string') return `${value.length}:${value}`;
  return typeof value === 'object' ? `=${JSON.stringify(value)};` : `${typeof value} ${String(value)};`;
}

/**
 * What the provider keeps: collections of items, apart by scope (an account, a campaign …), and jobs, which are items with a life.
 * @module
 */
import { bytesOfMap } from '../bytes.js';
import { Records } from '../records.js';
import { type CollectionStore, MemoryCollection } from './collection-store.js';
import type { JobItem, NewItem } from './item.js';
import { WIDTH } from './packed-items.js';
import { StoredItem } from './stored-item.js';

/** A credential that came into being as an item of a collection. */
export interface Issued {
  /** The account that made it. */
  readonly account: string;
  readonly revoked: boolean;
}

/** Bytes of a shelf with nothing on it: an estimate. */
const EMPTY_COLLECTION_BYTES = 500;

export class Resources {
  readonly #records = new Records(WIDTH);
  /** By the credential in full. */
  readonly credentials = new Map<string, Issued>();
  #collectionStores = new Map<string, Map<string, CollectionStore>>();
  #serial = 0;

  /** The shelf of one scope, if it has been opened. */
  find(collection: string, scope: string): CollectionStore | undefined {
    return this.#collectionStores.get(collection)?.get(scope);
  }

  /** A new shelf of one scope, and what it holds to begin with. */
  open(collection: string, scope: string, seed: readonly NewItem[]): CollectionStore {
    let scopes = this.#collectionStores.get(collection);
    if (!scopes) {
      scopes = new Map();
      this.#collectionStores.set(collection, scopes);
    }
    const collectionStore = new MemoryCollection(this.#records);
    scopes.set(scope, collectionStore);
    for (const item of seed) this.add(collectionStore, item);
    return collectionStore;
  }

  /**
   * Puts a new item on the shelf.
   *
   * @param json its data as JSON, where nobody will change the item that is returned: then it is put away, and whoever asks for it gets another that is the same
   */
  add(collectionStore: CollectionStore, item: NewItem, json?: string): StoredItem {
    this.#serial += 1;
    const added = new StoredItem(item, this.#serial);
    collectionStore.put(added, json);
    return added;
  }

  /** Lets go of everything: whoever still has an item or a shelf of it is not to ask for more. */
  discard(): void {
    this.#collectionStores.clear();
    this.#records.clear();
  }

  /** Empties a collection; it is filled again at first sight. */
  forget(collection: string): void {
    for (const collectionStore of this.#collectionStores.get(collection)?.values() ?? []) collectionStore.discard();
    this.#collectionStores.delete(collection);
  }

  /** Every item with a life, in every collection and scope. */
  *jobs(): Generator<{ collection: string; scope: string; item: JobItem }> {
    for (const { collection, scope, collectionStore } of this.collectionStores()) {
      if (!collectionStore.lively) continue;
      for (const item of collectionStore.all()) if (item.job) yield { collection, scope, item: item as JobItem };
    }
  }

  /** What is on every shelf there is. */
  *collectionStores(): Generator<{ collection: string; scope: string; collectionStore: CollectionStore }> {
    for (const [collection, scopes] of this.#collectionStores)
      for (const [scope, collectionStore] of scopes) yield { collection, scope, collectionStore };
  }

  /** Bytes that it takes: an estimate. */
  get bytes(): number {
    let bytes = this.#records.bytes + bytesOfMap(this.credentials);
    for (const scopes of this.#collectionStores.values())
      bytes += bytesOfMap(scopes, (collectionStore) => EMPTY_COLLECTION_BYTES + collectionStore.bytes);
    return bytes;
  }

  /** How many items there have been. */
  get serial(): number {
    return this.#serial;
  }

  set serial(serial: number) {
    this.#serial = serial;
  }
}

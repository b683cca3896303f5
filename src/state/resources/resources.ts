/**
 * The resources of a provider: collections of items, separated by scope (an account, a campaign …). A job is an item with a life cycle.
 * @module
 */
import { bytesOfMap } from '../bytes.js';
import { Records } from '../records.js';
import { type CollectionStore, MemoryCollection } from './collection-store.js';
import type { JobItem, NewItem } from './item.js';
import { WIDTH } from './packed-items.js';
import { StoredItem } from './stored-item.js';

/** A credential that a request has issued by creating an item. */
export interface Issued {
  /** The account of the request. */
  readonly account: string;
  readonly revoked: boolean;
}

/** Estimated bytes of an empty collection store. */
const EMPTY_COLLECTION_BYTES = 500;

/** The resources of one provider in one sandbox. */
export class Resources {
  readonly #records = new Records(WIDTH);
  /** By credential, unmasked. */
  readonly credentials = new Map<string, Issued>();
  #collectionStores = new Map<string, Map<string, CollectionStore>>();
  #serial = 0;

  /** The collection store of a scope, if it has been opened. */
  find(collection: string, scope: string): CollectionStore | undefined {
    return this.#collectionStores.get(collection)?.get(scope);
  }

  /** Opens the collection store of a scope. @param seed its initial items */
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
   * Adds a new item to a collection store.
   *
   * @param json its data as JSON, if no code will change the returned item. The item may then be packed, and later reads return an equal copy
   */
  add(collectionStore: CollectionStore, item: NewItem, json?: string): StoredItem {
    this.#serial += 1;
    const added = new StoredItem(item, this.#serial);
    collectionStore.put(added, json);
    return added;
  }

  /** A copy, to which items can be added without a change to these resources. Both share the items. */
  copy(): Resources {
    const copy = new Resources();
    copy.#serial = this.#serial;
    for (const [key, issued] of this.credentials) copy.credentials.set(key, issued);
    for (const { collection, scope, collectionStore } of this.collectionStores())
      copy.open(collection, scope, []).load(collectionStore.all(), collectionStore.shared);
    return copy;
  }

  /** Drops everything. Items and collection stores that are still referred to must not be used any more. */
  discard(): void {
    this.#collectionStores.clear();
    this.#records.clear();
  }

  /** Drops a collection. It is seeded again at next use. */
  forget(collection: string): void {
    for (const collectionStore of this.#collectionStores.get(collection)?.values() ?? []) collectionStore.discard();
    this.#collectionStores.delete(collection);
  }

  /** All jobs, in every collection and scope. */
  *jobs(): Generator<{ collection: string; scope: string; item: JobItem }> {
    for (const { collection, scope, collectionStore } of this.collectionStores()) {
      if (!collectionStore.hasJobs) continue;
      for (const item of collectionStore.all()) if (item.job) yield { collection, scope, item: item as JobItem };
    }
  }

  /** All collection stores. */
  *collectionStores(): Generator<{ collection: string; scope: string; collectionStore: CollectionStore }> {
    for (const [collection, scopes] of this.#collectionStores)
      for (const [scope, collectionStore] of scopes) yield { collection, scope, collectionStore };
  }

  /** Estimated bytes of memory. */
  get bytes(): number {
    let bytes = this.#records.bytes + bytesOfMap(this.credentials);
    for (const scopes of this.#collectionStores.values())
      bytes += bytesOfMap(scopes, (collectionStore) => EMPTY_COLLECTION_BYTES + collectionStore.bytes);
    return bytes;
  }

  /** How many items have been created. */
  get serial(): number {
    return this.#serial;
  }

  set serial(serial: number) {
    this.#serial = serial;
  }
}

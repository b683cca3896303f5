/**
 * What the provider keeps: collections of items, apart by scope (an account, a campaign …), and jobs, which are items with a life.
 * @module
 */
import { bytesOfMap } from '../bytes.js';
import { Records } from '../records.js';
import { Shelf } from './collection-store.js';
import type { JobItem, NewItem } from './item.js';
import { WIDTH } from './packed-items.js';
import { KeptItem } from './stored-item.js';

/** A credential that came into being as an item of a collection. */
export interface Issued {
  /** The account that made it. */
  readonly account: string;
  readonly revoked: boolean;
}

/** Bytes of a shelf with nothing on it: an estimate. */
const EMPTY_SHELF_BYTES = 500;

export class Resources {
  readonly #records = new Records(WIDTH);
  /** By the credential in full. */
  readonly credentials = new Map<string, Issued>();
  #shelves = new Map<string, Map<string, Shelf>>();
  #serial = 0;

  /** The shelf of one scope, if it has been opened. */
  find(collection: string, scope: string): Shelf | undefined {
    return this.#shelves.get(collection)?.get(scope);
  }

  /** A new shelf of one scope, and what it holds to begin with. */
  open(collection: string, scope: string, seed: readonly NewItem[]): Shelf {
    let scopes = this.#shelves.get(collection);
    if (!scopes) {
      scopes = new Map();
      this.#shelves.set(collection, scopes);
    }
    const shelf = new Shelf(this.#records);
    scopes.set(scope, shelf);
    for (const item of seed) this.add(shelf, item);
    return shelf;
  }

  /**
   * Puts a new item on the shelf.
   *
   * @param json its data as JSON, where nobody will change the item that is returned: then it is put away, and whoever asks for it gets another that is the same
   */
  add(shelf: Shelf, item: NewItem, json?: string): KeptItem {
    this.#serial += 1;
    const added = new KeptItem(item, this.#serial);
    shelf.put(added, json);
    return added;
  }

  /** Lets go of everything: whoever still has an item or a shelf of it is not to ask for more. */
  discard(): void {
    this.#shelves.clear();
    this.#records.clear();
  }

  /** Empties a collection; it is filled again at first sight. */
  forget(collection: string): void {
    for (const shelf of this.#shelves.get(collection)?.values() ?? []) shelf.discard();
    this.#shelves.delete(collection);
  }

  /** Every item with a life, in every collection and scope. */
  *jobs(): Generator<{ collection: string; scope: string; item: JobItem }> {
    for (const { collection, scope, shelf } of this.shelves()) {
      if (!shelf.lively) continue;
      for (const item of shelf.all()) if (item.job) yield { collection, scope, item: item as JobItem };
    }
  }

  /** What is on every shelf there is. */
  *shelves(): Generator<{ collection: string; scope: string; shelf: Shelf }> {
    for (const [collection, scopes] of this.#shelves)
      for (const [scope, shelf] of scopes) yield { collection, scope, shelf };
  }

  /** Bytes that it takes: an estimate. */
  get bytes(): number {
    let bytes = this.#records.bytes + bytesOfMap(this.credentials);
    for (const scopes of this.#shelves.values())
      bytes += bytesOfMap(scopes, (shelf) => EMPTY_SHELF_BYTES + shelf.bytes);
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

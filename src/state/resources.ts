/**
 * What the provider keeps: collections of items, apart by scope (an account, a campaign …), and jobs, which are items with a life.
 * @module
 */
import type { Item, JobItem, NewItem } from './item.js';
import { KeptItem } from './kept-item.js';
import { Texts } from './texts.js';

/** A credential that came into being as an item of a collection. */
export interface Issued {
  /** The account that made it. */
  readonly account: string;
  readonly revoked: boolean;
}

/** A key that several items have, with their ids in order. */
export type Shared = readonly [key: string, ids: readonly string[]];

/** The items of one collection and scope, in order of creation. */
export class Shelf {
  readonly items = new Map<string, Item>();
  /** Rises with every change of what is on it. */
  version = 0;
  /** Whether there has been a job on it: what such an item shows changes with time. */
  lively = false;
  /** Key → id, or ids in order of creation where some items may share it. */
  readonly #owners = new Map<string, string | Set<string>>();

  put(item: Item): void {
    if (this.items.has(item.id)) this.remove(item.id);
    if (item.job) this.lively = true;
    this.version += 1;
    this.items.set(item.id, item);
    this.#claim(item.uniqueKeys, item.id);
  }

  /** Whether another has this unique key. */
  isTaken(key: string, self?: string): boolean {
    const known = this.#owners.get(key);
    if (known === undefined || typeof known === 'string') return known !== undefined && known !== self;
    return known.size > (self !== undefined && known.has(self) ? 1 : 0);
  }

  /** The first item that has this unique key. */
  owner(key: string): Item | undefined {
    const [id] = this.owners(key);
    return id === undefined ? undefined : this.items.get(id);
  }

  /** Ids of all that have it. */
  owners(key: string): readonly string[] {
    const known = this.#owners.get(key);
    return known === undefined ? [] : typeof known === 'string' ? [known] : [...known];
  }

  /** Keeps the item's place in the order. */
  update(item: Item, data: Record<string, unknown>, uniqueKeys: readonly string[], now: number): void {
    this.#disclaim(item.uniqueKeys, item.id);
    this.#claim(uniqueKeys, item.id);
    this.version += 1;
    Object.assign(item, { data, uniqueKeys, updatedAt: now });
  }

  /** Keys that several items have: whoever got one first is not always who was there first. */
  get shared(): Shared[] {
    return [...this.#owners.keys()].map((key): Shared => [key, this.owners(key)]).filter(([, ids]) => ids.length > 1);
  }

  load(items: readonly Item[], shared: readonly Shared[]): void {
    for (const item of items) this.put(item);
    for (const [key, ids] of shared) this.#owners.set(key, new Set(ids));
  }

  remove(id: string): boolean {
    const item = this.items.get(id);
    if (!item) return false;
    this.version += 1;
    this.#disclaim(item.uniqueKeys, id);
    return this.items.delete(id);
  }

  #claim(keys: readonly string[], id: string): void {
    for (const key of keys) {
      const known = this.#owners.get(key);
      if (typeof known === 'object') known.add(id);
      else this.#owners.set(key, known === undefined ? id : new Set([known, id]));
    }
  }

  #disclaim(keys: readonly string[], id: string): void {
    for (const key of keys) {
      const known = this.#owners.get(key);
      if (typeof known === 'object' && known.size > 1) known.delete(id);
      else this.#owners.delete(key);
    }
  }
}

export class Resources {
  readonly texts = new Texts();
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
    const shelf = new Shelf();
    scopes.set(scope, shelf);
    for (const item of seed) this.add(shelf, item);
    return shelf;
  }

  add(shelf: Shelf, item: NewItem): KeptItem {
    this.#serial += 1;
    const added = new KeptItem(item, this.#serial);
    shelf.put(added);
    return added;
  }

  /** Empties a collection; it is filled again at first sight. */
  forget(collection: string): void {
    this.#shelves.delete(collection);
  }

  /** Every item with a life, in every collection and scope. */
  *jobs(): Generator<{ collection: string; scope: string; item: JobItem }> {
    for (const { collection, scope, shelf } of this.shelves())
      for (const item of shelf.items.values()) if (item.job) yield { collection, scope, item: item as JobItem };
  }

  /** What is on every shelf there is. */
  *shelves(): Generator<{ collection: string; scope: string; shelf: Shelf }> {
    for (const [collection, scopes] of this.#shelves)
      for (const [scope, shelf] of scopes) yield { collection, scope, shelf };
  }

  /** How many items there have been. */
  get serial(): number {
    return this.#serial;
  }

  set serial(serial: number) {
    this.#serial = serial;
  }
}

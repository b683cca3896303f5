/**
 * The items of one collection and scope.
 * @module
 */
import { bytesOfMap, ENTRY_BYTES } from '../bytes.js';
import { Records } from '../records.js';
import type { Item } from './item.js';
import { PackedItems, WIDTH } from './packed-items.js';

/** A unique key that several items have, with their ids in order. */
export type Shared = readonly [key: string, ids: readonly string[]];

/** The items of one collection and scope, as everything outside `state/` sees them. */
export type CollectionStore = Pick<MemoryCollection, keyof MemoryCollection>;

/** The items of one collection and scope, in memory. */
export class MemoryCollection {
  /** Rises with every change to the items. */
  version = 0;
  /** Whether a job was ever stored. Jobs change state with time, so responses that show them are not cached. */
  hasJobs = false;
  /** By id, in order of creation, unless `#unordered`. */
  #items = new Map<string, Item>();
  /** Items in compact form. An item is unpacked for good when it is first read, so that all readers share one object. */
  #packed: PackedItems | undefined;
  readonly #records: Records;
  #unordered = false;
  #newest = 0;
  /** Unique key → id, or ids in order of creation if several items have it. Packed items have keys of their own, which are not in it. */
  readonly #owners = new Map<string, string | Set<string>>();

  constructor(records = new Records(WIDTH)) {
    this.#records = records;
  }

  /** Stores an item. @param json its data as JSON, if the item may be packed: no code will change it through a reference */
  put(item: Item, json?: string): void {
    if (this.has(item.id)) this.remove(item.id);
    if (item.job) this.hasJobs = true;
    this.version += 1;
    if (json === undefined || this.#hasAny(item.uniqueKeys) || !this.#pack(item, json)) this.#insert(item);
  }

  /** Whether there is an item with this id. */
  has(id: string): boolean {
    return this.#items.has(id) || this.#packed?.has(id) === true;
  }

  /** The item with this id. */
  get(id: string): Item | undefined {
    return this.#items.get(id) ?? this.#unpacked(this.#packed?.take(id));
  }

  /** All items, in order of creation. */
  all(): Item[] {
    for (const item of this.#packed?.takeAll() ?? []) this.#unpacked(item);
    const items = [...this.#items.values()];
    if (!this.#unordered) return items;
    items.sort((a, b) => a.serial - b.serial);
    this.#items = new Map(items.map((item) => [item.id, item]));
    this.#unordered = false;
    return items;
  }

  /** Whether an item other than `self` has this unique key. */
  isTaken(key: string, self?: string): boolean {
    const known = this.#owners.get(key);
    if (known === undefined) return this.#isPackedKey(key) && (self === undefined || this.owner(key)!.id !== self);
    if (typeof known === 'string') return known !== self;
    return known.size > (self !== undefined && known.has(self) ? 1 : 0);
  }

  /** The first item that has this unique key. */
  owner(key: string): Item | undefined {
    const [id] = this.#ownersOf(key);
    return id === undefined ? this.#unpacked(this.#packed?.takeByKey(key)) : this.#items.get(id);
  }

  /** Replaces an item's data and keys. Its position in the order stays. */
  update(item: Item, data: Record<string, unknown>, uniqueKeys: readonly string[], now: number): void {
    this.#disclaim(item.uniqueKeys, item.id);
    this.#claim(uniqueKeys, item.id);
    this.version += 1;
    Object.assign(item, { data, uniqueKeys, updatedAt: now });
  }

  /** The unique keys that several items have. The order of the ids is stored, because it may differ from the order of creation. */
  get shared(): Shared[] {
    return [...this.#owners.keys()]
      .sort()
      .map((key): Shared => [key, this.#ownersOf(key)])
      .filter(([, ids]) => ids.length > 1);
  }

  /** Adds items. @param shared the owners of keys that several items have */
  load(items: readonly Item[], shared: readonly Shared[]): void {
    for (const item of items) this.put(item);
    for (const [key, ids] of shared) this.#owners.set(key, new Set(ids));
  }

  /** Removes an item. @returns whether there was one */
  remove(id: string): boolean {
    const item = this.get(id);
    if (!item) return false;
    this.version += 1;
    this.#disclaim(item.uniqueKeys, id);
    return this.#items.delete(id);
  }

  /** Estimated bytes of memory, without the records of packed items. */
  get bytes(): number {
    const items = bytesOfMap(this.#items);
    return (
      items +
      bytesOfMap(this.#owners, (ids) => (typeof ids === 'string' ? 0 : ENTRY_BYTES * ids.size)) +
      (this.#packed?.bytes ?? 0)
    );
  }

  /** Releases the packed items when the collection store is dropped. */
  discard(): void {
    this.#packed?.drop();
    this.#packed = undefined;
  }

  #pack(item: Item, json: string): boolean {
    this.#packed ??= new PackedItems(this.#records);
    return this.#packed.add(item, json);
  }

  #isPackedKey(key: string): boolean {
    return this.#packed?.hasKey(key) === true;
  }

  #insert(item: Item): void {
    this.#items.set(item.id, item);
    this.#newest = Math.max(this.#newest, item.serial);
    this.#claim(item.uniqueKeys, item.id);
  }

  /** Stores an unpacked item among the others. */
  #unpacked(item: Item | undefined): Item | undefined {
    if (!item) return undefined;
    if (item.serial < this.#newest) this.#unordered = true;
    this.#insert(item);
    return item;
  }

  #hasAny(keys: readonly string[]): boolean {
    for (let i = 0; i < keys.length; i++) if (this.#owners.has(keys[i]!) || this.#isPackedKey(keys[i]!)) return true;
    return false;
  }

  /** The ids of the items with this key, packed ones excepted. */
  #ownersOf(key: string): readonly string[] {
    const known = this.#owners.get(key);
    return known === undefined ? [] : typeof known === 'string' ? [known] : [...known];
  }

  #claim(keys: readonly string[], id: string): void {
    for (const key of keys) {
      this.#unpacked(this.#packed?.takeByKey(key));
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

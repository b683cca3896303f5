/**
 * The items of one collection and scope.
 * @module
 */
import { bytesOfMap, ENTRY_BYTES } from '../bytes.js';
import { Records } from '../records.js';
import type { Item } from './item.js';
import { PackedItems, WIDTH } from './packed-items.js';

/** A key that several items have, with their ids in order. */
export type Shared = readonly [key: string, ids: readonly string[]];

/** The items of one collection and scope, as everything outside `state/` sees them. */
export type CollectionStore = Pick<MemoryCollection, keyof MemoryCollection>;

/** The items of one collection and scope, in memory. */
export class MemoryCollection {
  /** Rises with every change of what is on it. */
  version = 0;
  /** Whether there has been a job on it: what such an item shows changes with time. */
  lively = false;
  /** By id, in order of creation, unless `#unordered`. */
  #items = new Map<string, Item>();
  /** Those that were put away. Once somebody asks for one it is among the others, for good: it is one object to all who have it. */
  #packed: PackedItems | undefined;
  readonly #records: Records;
  #unordered = false;
  #newest = 0;
  /** Key → id, or ids in order of creation where some items may share it; of those that were put away each has its keys for itself. */
  readonly #owners = new Map<string, string | Set<string>>();

  constructor(records = new Records(WIDTH)) {
    this.#records = records;
  }

  /** @param json its data as JSON, where the item may be put away: nobody has it, or will change it */
  put(item: Item, json?: string): void {
    if (this.has(item.id)) this.remove(item.id);
    if (item.job) this.lively = true;
    this.version += 1;
    if (json === undefined || this.#hasAny(item.uniqueKeys) || !this.#pack(item, json)) this.#keep(item);
  }

  has(id: string): boolean {
    return this.#items.has(id) || this.#packed?.has(id) === true;
  }

  get(id: string): Item | undefined {
    return this.#items.get(id) ?? this.#unpacked(this.#packed?.take(id));
  }

  /** In order of creation. */
  all(): Item[] {
    for (const item of this.#packed?.takeAll() ?? []) this.#unpacked(item);
    const items = [...this.#items.values()];
    if (!this.#unordered) return items;
    items.sort((a, b) => a.serial - b.serial);
    this.#items = new Map(items.map((item) => [item.id, item]));
    this.#unordered = false;
    return items;
  }

  /** Whether another has this unique key. */
  isTaken(key: string, self?: string): boolean {
    const known = this.#owners.get(key);
    if (known === undefined) return this.#isPackedKey(key) && (self === undefined || this.owner(key)!.id !== self);
    if (typeof known === 'string') return known !== self;
    return known.size > (self !== undefined && known.has(self) ? 1 : 0);
  }

  /** The first item that has this unique key. */
  owner(key: string): Item | undefined {
    const [id] = this.#ownersOf(key);
    return id === undefined ? this.#unpacked(this.#packed?.takeOwner(key)) : this.#items.get(id);
  }

  /** Keeps the item's place in the order. */
  update(item: Item, data: Record<string, unknown>, uniqueKeys: readonly string[], now: number): void {
    this.#disclaim(item.uniqueKeys, item.id);
    this.#claim(uniqueKeys, item.id);
    this.version += 1;
    Object.assign(item, { data, uniqueKeys, updatedAt: now });
  }

  /** Keys that several items have, in their own order: whoever got one first is not always who was there first. */
  get shared(): Shared[] {
    return [...this.#owners.keys()]
      .sort()
      .map((key): Shared => [key, this.#ownersOf(key)])
      .filter(([, ids]) => ids.length > 1);
  }

  load(items: readonly Item[], shared: readonly Shared[]): void {
    for (const item of items) this.put(item);
    for (const [key, ids] of shared) this.#owners.set(key, new Set(ids));
  }

  remove(id: string): boolean {
    const item = this.get(id);
    if (!item) return false;
    this.version += 1;
    this.#disclaim(item.uniqueKeys, id);
    return this.#items.delete(id);
  }

  /** Bytes that it takes, without the records of those that were put away: an estimate. */
  get bytes(): number {
    const items = bytesOfMap(this.#items);
    return (
      items +
      bytesOfMap(this.#owners, (ids) => (typeof ids === 'string' ? 0 : ENTRY_BYTES * ids.size)) +
      (this.#packed?.bytes ?? 0)
    );
  }

  /** It is taken down: nobody will ask for what is on it. */
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

  #keep(item: Item): void {
    this.#items.set(item.id, item);
    this.#newest = Math.max(this.#newest, item.serial);
    this.#claim(item.uniqueKeys, item.id);
  }

  /** Has among the others what was put away. */
  #unpacked(item: Item | undefined): Item | undefined {
    if (!item) return undefined;
    if (item.serial < this.#newest) this.#unordered = true;
    this.#keep(item);
    return item;
  }

  #hasAny(keys: readonly string[]): boolean {
    for (let i = 0; i < keys.length; i++) if (this.#owners.has(keys[i]!) || this.#isPackedKey(keys[i]!)) return true;
    return false;
  }

  /** Ids of all that have it, but for such as were put away. */
  #ownersOf(key: string): readonly string[] {
    const known = this.#owners.get(key);
    return known === undefined ? [] : typeof known === 'string' ? [known] : [...known];
  }

  #claim(keys: readonly string[], id: string): void {
    for (const key of keys) {
      this.#unpacked(this.#packed?.takeOwner(key));
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

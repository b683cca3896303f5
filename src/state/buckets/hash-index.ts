/**
 * Maps texts to rows: a hash table with linear probing, in one typed array of (hash, row) pairs.
 *
 * A `Map` is faster with few keys. With very many, each look-up misses the CPU cache, and a `Map` reads three to five cache lines where this reads two. A key also
 * takes 10 to 20 bytes here instead of 28 to 56, and need not be a string on the heap.
 * @module
 */

const SMALLEST = 16;
/** The highest load factor; it keeps probe sequences short. */
const MAX_LOAD_FACTOR = 4 / 5;

/** A hash table from texts to rows. Subclasses say which text a row has. */
export abstract class HashIndex {
  #cells = new Uint32Array(2 * SMALLEST);
  #mask = SMALLEST - 1;
  #size = 0;

  /** Whether the row has this text; their hashes are equal. */
  protected abstract is(row: number, text: string): boolean;

  protected hash(text: string): number {
    return hashOf(text);
  }

  /** The row of a text; 0 if it has none. */
  find(text: string): number {
    const hash = this.hash(text);
    const cells = this.#cells;
    const mask = this.#mask;
    for (let place = hash & mask; ; place = (place + 1) & mask) {
      const row = cells[2 * place + 1]!;
      if (row === 0 || (cells[2 * place] === hash && this.is(row, text))) return row;
    }
  }

  /** Adds a text that is not in the table. @param row not 0 */
  add(text: string, row: number): void {
    this.#size += 1;
    if (this.#size > MAX_LOAD_FACTOR * (this.#mask + 1)) this.#grow();
    this.#put(this.hash(text), row);
  }

  remove(text: string, row: number): void {
    const cells = this.#cells;
    const mask = this.#mask;
    let gap = this.hash(text) & mask;
    while (cells[2 * gap + 1] !== row) gap = (gap + 1) & mask;
    // A probe stops at an empty cell, so entries that were displaced beyond it move back.
    for (let place = (gap + 1) & mask; cells[2 * place + 1] !== 0; place = (place + 1) & mask) {
      const home = cells[2 * place]! & mask;
      if (((place - home) & mask) < ((place - gap) & mask)) continue;
      cells[2 * gap] = cells[2 * place]!;
      cells[2 * gap + 1] = cells[2 * place + 1]!;
      gap = place;
    }
    cells[2 * gap + 1] = 0;
    this.#size -= 1;
  }

  /** All rows, in no particular order. */
  rows(): number[] {
    const rows: number[] = [];
    for (let at = 1; at < this.#cells.length; at += 2) if (this.#cells[at] !== 0) rows.push(this.#cells[at]!);
    return rows;
  }

  /** Memory in bytes. */
  get bytes(): number {
    return this.#cells.byteLength;
  }

  #put(hash: number, row: number): void {
    const cells = this.#cells;
    const mask = this.#mask;
    let place = hash & mask;
    while (cells[2 * place + 1] !== 0) place = (place + 1) & mask;
    cells[2 * place] = hash;
    cells[2 * place + 1] = row;
  }

  #grow(): void {
    const before = this.#cells;
    this.#cells = new Uint32Array(2 * before.length);
    this.#mask = before.length - 1;
    for (let at = 0; at < before.length; at += 2) if (before[at + 1] !== 0) this.#put(before[at]!, before[at + 1]!);
  }
}

/** FNV-1a over the UTF-16 code units, with a final mix: the table uses the low bits only. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}

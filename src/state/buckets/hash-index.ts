/**
 * Which row a text has: a hash table of numbers, two by two (the hash, the row). What finds its place taken stands in the next one that is free.
 *
 * A `Map` does the same, and is quicker among few. Among very many keys nothing that is looked for is at hand, and a look-up there reaches into memory three to five
 * times in place of twice; besides, a key takes 10 to 20 bytes here, and 28 to 56 there, and need not be a string on the heap.
 * @module
 */

const SMALLEST = 16;
/** The share of the places that may be taken, so that looking on ends soon. */
const MAX_LOAD_FACTOR = 4 / 5;

export abstract class HashIndex {
  #cells = new Uint32Array(2 * SMALLEST);
  #mask = SMALLEST - 1;
  #size = 0;

  /** Whether the row is that of the text, whose hash it has. */
  protected abstract is(row: number, text: string): boolean;

  protected hash(text: string): number {
    return hashOf(text);
  }

  /** 0 where there is none. */
  find(text: string): number {
    const hash = this.hash(text);
    const cells = this.#cells;
    const mask = this.#mask;
    for (let place = hash & mask; ; place = (place + 1) & mask) {
      const row = cells[2 * place + 1]!;
      if (row === 0 || (cells[2 * place] === hash && this.is(row, text))) return row;
    }
  }

  /** A row (not 0) for a text that has none. */
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
    // Looking on stops at a gap, so what was put beyond it for want of room moves up.
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

  /** Those of all texts, in no order. */
  rows(): number[] {
    const rows: number[] = [];
    for (let at = 1; at < this.#cells.length; at += 2) if (this.#cells[at] !== 0) rows.push(this.#cells[at]!);
    return rows;
  }

  /** Bytes that it takes. */
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

/** FNV-1a over the code units, and the bits mixed, since the places are told by the low ones alone. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}

/**
 * Slots in the order of their use: numbers from 1 up, for columns to be indexed by. Every step takes the same time, however many there are.
 *
 * A ring of links through slot 0, which stands between the newest and the oldest.
 * @module
 */

const SMALLEST = 8;
/** Up to this size columns double; then they grow by a quarter, so that little lies idle. */
const LARGE = 4_096;

export class Recency {
  #older = new Uint32Array(SMALLEST);
  #newer = new Uint32Array(SMALLEST);
  #size = 0;
  /** The highest slot that has been given out. */
  #highest = 0;
  /** The first of the slots that were given back, linked by `#newer`; 0: none. */
  #free = 0;

  get size(): number {
    return this.#size;
  }

  /** Whether every slot that was ever given out is in use. */
  get isFull(): boolean {
    return this.#free === 0;
  }

  get highest(): number {
    return this.#highest;
  }

  /** How long a column has to be. */
  get capacity(): number {
    return this.#newer.length;
  }

  /** 0 where there is none. */
  get oldest(): number {
    return this.#newer[0]!;
  }

  /** The slot that was used next after this one; 0 after the newest. */
  after(slot: number): number {
    return this.#newer[slot]!;
  }

  /** A slot, used just now. */
  add(): number {
    let slot = this.#free;
    if (slot !== 0) this.#free = this.#newer[slot]!;
    else {
      slot = ++this.#highest;
      if (slot === this.capacity) this.#grow();
    }
    this.#size += 1;
    this.#append(slot);
    return slot;
  }

  /** Used just now. */
  touch(slot: number): void {
    if (this.#older[0] === slot) return;
    this.#unlink(slot);
    this.#append(slot);
  }

  remove(slot: number): void {
    this.#unlink(slot);
    this.#newer[slot] = this.#free;
    this.#free = slot;
    this.#size -= 1;
  }

  #append(slot: number): void {
    const newest = this.#older[0]!;
    this.#newer[newest] = slot;
    this.#older[slot] = newest;
    this.#newer[slot] = 0;
    this.#older[0] = slot;
  }

  #unlink(slot: number): void {
    const [older, newer] = [this.#older[slot]!, this.#newer[slot]!];
    this.#newer[older] = newer;
    this.#older[newer] = older;
  }

  #grow(): void {
    const { capacity } = this;
    const grown = capacity < LARGE ? 2 * capacity : Math.ceil(1.25 * capacity);
    this.#older = lengthened(this.#older, grown);
    this.#newer = lengthened(this.#newer, grown);
  }
}

function lengthened(column: Uint32Array, length: number): Uint32Array<ArrayBuffer> {
  const longer = new Uint32Array(length);
  longer.set(column);
  return longer;
}

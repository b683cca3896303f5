/**
 * Slots in the order of their use: numbers from 1 up, for columns to be indexed by. Every step takes the same time, however many there are.
 *
 * A ring of links through slot 0, which stands between the newest and the oldest. Both links of a slot stand side by side, since with very many of them it is
 * reaching into memory that takes the time.
 * @module
 */

const SMALLEST = 8;
/** Up to this size columns double; then they grow by a quarter, so that little lies idle. */
const LARGE = 4_096;

export class Recency {
  /** For each slot the one that was used before it, and the one after it. */
  #links = new Uint32Array(2 * SMALLEST);
  #size = 0;
  /** The highest slot that has been given out. */
  #highest = 0;
  /** The first of the slots that were given back, linked as if each was used after the other; 0: none. */
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
    return this.#links.length / 2;
  }

  /** 0 where there is none. */
  get oldest(): number {
    return this.#links[1]!;
  }

  /** The slot that was used next after this one; 0 after the newest. */
  after(slot: number): number {
    return this.#links[2 * slot + 1]!;
  }

  /** A slot, used just now. */
  add(): number {
    let slot = this.#free;
    if (slot !== 0) this.#free = this.#links[2 * slot + 1]!;
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
    if (this.#links[0] === slot) return;
    this.#unlink(slot);
    this.#append(slot);
  }

  remove(slot: number): void {
    this.#unlink(slot);
    this.#links[2 * slot + 1] = this.#free;
    this.#free = slot;
    this.#size -= 1;
  }

  #append(slot: number): void {
    const links = this.#links;
    const newest = links[0]!;
    links[2 * newest + 1] = slot;
    links[2 * slot] = newest;
    links[2 * slot + 1] = 0;
    links[0] = slot;
  }

  #unlink(slot: number): void {
    const links = this.#links;
    const older = links[2 * slot]!;
    const newer = links[2 * slot + 1]!;
    links[2 * older + 1] = newer;
    links[2 * newer] = older;
  }

  #grow(): void {
    const { capacity } = this;
    const longer = new Uint32Array(2 * (capacity < LARGE ? 2 * capacity : Math.ceil(1.25 * capacity)));
    longer.set(this.#links);
    this.#links = longer;
  }
}

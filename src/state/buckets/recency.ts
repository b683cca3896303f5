/**
 * Rows in the order of their use. Every step takes the same time, however many there are.
 *
 * A ring of links through row 1, which stands between the newest and the oldest. Both links of a row stand side by side, since with very many of them it is
 * reaching into memory that takes the time.
 * @module
 */

/** Where the ring begins and ends. Rows in it have links that are not 0. */
const ENDS = 1;

export class Recency {
  /** For each row the one that was used before it, and the one after it. */
  #links = new Uint32Array([0, 0, ENDS, ENDS]);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Bytes that it takes. */
  get bytes(): number {
    return this.#links.byteLength;
  }

  has(row: number): boolean {
    return this.#links[2 * row]! > 0;
  }

  /** 0 where there is none. */
  get oldest(): number {
    return this.after(ENDS);
  }

  /** The row that was used next after this one; 0 after the newest. */
  after(row: number): number {
    const newer = this.#links[2 * row + 1]!;
    return newer === ENDS ? 0 : newer;
  }

  /** Used just now, for the first time. */
  add(row: number): void {
    this.#size += 1;
    this.#append(row);
  }

  /** Used just now. */
  touch(row: number): void {
    if (this.#links[2 * ENDS] === row) return;
    this.#unlink(row);
    this.#append(row);
  }

  remove(row: number): void {
    this.#unlink(row);
    this.#links[2 * row] = 0;
    this.#size -= 1;
  }

  /** Has room for rows below `capacity` from now on. */
  reserve(capacity: number): void {
    const longer = new Uint32Array(2 * capacity);
    longer.set(this.#links);
    this.#links = longer;
  }

  #append(row: number): void {
    const links = this.#links;
    const newest = links[2 * ENDS]!;
    links[2 * newest + 1] = row;
    links[2 * row] = newest;
    links[2 * row + 1] = ENDS;
    links[2 * ENDS] = row;
  }

  #unlink(row: number): void {
    const links = this.#links;
    const older = links[2 * row]!;
    const newer = links[2 * row + 1]!;
    links[2 * older + 1] = newer;
    links[2 * newer] = older;
  }
}

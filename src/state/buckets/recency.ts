/**
 * Rows in the order of their use. Every operation takes constant time.
 *
 * A doubly linked ring in a typed array. Row 1 is the sentinel between the newest and the oldest row. Both links of a row are adjacent, so that they share a cache
 * line.
 * @module
 */

/** The sentinel row. The links of a row in the ring are not 0. */
const ENDS = 1;

/** A linked list of rows, least recently used first. */
export class Recency {
  /** For each row the next older and the next newer row. */
  #links = new Uint32Array([0, 0, ENDS, ENDS]);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Memory in bytes. */
  get bytes(): number {
    return this.#links.byteLength;
  }

  has(row: number): boolean {
    return this.#links[2 * row]! > 0;
  }

  /** The least recently used row; 0 if there is none. */
  get oldest(): number {
    return this.after(ENDS);
  }

  /** The row that was used next after this one; 0 after the newest. */
  after(row: number): number {
    const newer = this.#links[2 * row + 1]!;
    return newer === ENDS ? 0 : newer;
  }

  /** Adds a row as the newest. */
  add(row: number): void {
    this.#size += 1;
    this.#append(row);
  }

  /** Makes a row the newest. */
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

  /** Makes room for rows below `capacity`. */
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

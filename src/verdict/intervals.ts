/**
 * A union of time intervals. Overlapping time counts once.
 * @module
 */

/** A set of milliseconds, stored as disjoint intervals. Added intervals are merged lazily: on read, or after 10 000 additions. */
export class Intervals {
  /** Disjoint, in ascending order. */
  #all: { from: number; to: number }[] = [];
  #added: { from: number; to: number }[] = [];

  /**
   * Adds an interval. An interval that ends before it begins is empty.
   * @param from epoch ms
   * @param to epoch ms
   */
  add(from: number, to: number): void {
    if (to > from) this.#added.push({ from, to });
    if (this.#added.length >= 10_000) this.#merge();
  }

  /** The length of the union in milliseconds. */
  get length(): number {
    this.#merge();
    return this.#all.reduce((sum, { from, to }) => sum + to - from, 0);
  }

  /** Returns an independent copy. */
  copy(): Intervals {
    this.#merge();
    const copy = new Intervals();
    copy.#all = this.#all.map((interval) => ({ ...interval }));
    return copy;
  }

  #merge(): void {
    const sorted = [...this.#all, ...this.#added].sort((a, b) => a.from - b.from);
    this.#added = [];
    this.#all = [];
    for (const { from, to } of sorted) {
      const last = this.#all.at(-1);
      if (last && from <= last.to) last.to = Math.max(last.to, to);
      else this.#all.push({ from, to });
    }
  }
}

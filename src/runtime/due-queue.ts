/**
 * A priority queue of callbacks by instant: a binary heap, in which insertion and removal take logarithmic time.
 * @module
 */

/** A waiting callback. `run` works synchronously; its promise resolves once the result has been delivered (a response has been sent). */
export interface Due {
  /** Epoch ms. */
  readonly at: number;
  readonly run: () => void | Promise<void>;
  /** Whether `Clock.flush` may run it before its time. */
  readonly early: boolean;
}

interface Entry extends Due {
  /** Insertion order; it breaks ties between equal instants. */
  readonly order: number;
  /** Index in the heap; -1 after removal. */
  index: number;
}

/** A binary min-heap of callbacks, ordered by instant and then by insertion. */
export class DueHeap {
  /** The heap: each entry is no later than its children at the indices 2i+1 and 2i+2. */
  #entries: Entry[] = [];
  #added = 0;

  /** Number of entries. */
  get size(): number {
    return this.#entries.length;
  }

  /** The earliest entry. */
  get first(): Due | undefined {
    return this.#entries[0];
  }

  /**
   * Adds a callback.
   *
   * @param isFirst whether it comes before others of the same instant. One in a queue may
   * @returns a function that removes it, if it is still in the queue
   */
  add(at: number, run: Due['run'], early = true, isFirst = false): () => void {
    this.#added += 1;
    const entry: Entry = { at, run, early, order: isFirst ? 0 : this.#added, index: this.#entries.length };
    this.#entries.push(entry);
    this.#up(entry);
    return () => this.#remove(entry);
  }

  /** Removes and returns the earliest entry. */
  shift(): Due | undefined {
    const [first] = this.#entries;
    if (first) this.#remove(first);
    return first;
  }

  /** Removes all entries and returns them in order. */
  drain(): Due[] {
    const entries = this.#entries.sort((a, b) => (isBefore(a, b) ? -1 : 1));
    this.#entries = [];
    for (const entry of entries) entry.index = -1;
    return entries;
  }

  #remove(entry: Entry): void {
    const { index } = entry;
    if (index < 0) return;
    const last = this.#entries.pop()!;
    entry.index = -1;
    if (last === entry) return;
    this.#put(last, index);
    this.#up(last);
    this.#down(last);
  }

  #up(entry: Entry): void {
    while (entry.index > 0) {
      const above = this.#entries[(entry.index - 1) >> 1]!;
      if (!isBefore(entry, above)) return;
      this.#swap(entry, above);
    }
  }

  #down(entry: Entry): void {
    for (;;) {
      const left = this.#entries[2 * entry.index + 1];
      const right = this.#entries[2 * entry.index + 2];
      if (!left) return;
      const least = right && isBefore(right, left) ? right : left;
      if (!isBefore(least, entry)) return;
      this.#swap(least, entry);
    }
  }

  #swap(a: Entry, b: Entry): void {
    const { index } = a;
    this.#put(a, b.index);
    this.#put(b, index);
  }

  #put(entry: Entry, index: number): void {
    this.#entries[index] = entry;
    entry.index = index;
  }
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

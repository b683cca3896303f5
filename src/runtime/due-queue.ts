/**
 * What waits for an instant, the earliest first: a binary heap, so that adding one and taking one back cost the logarithm of how many wait, and not their number.
 * @module
 */

/** Something that waits. `run` does its work at once; what it returns is settled when the work has left the house (a response was handed over). */
export interface Due {
  /** Epoch ms. */
  readonly at: number;
  readonly run: () => void | Promise<void>;
  /** Whether `Clock.flush` may run it before its time. */
  readonly early: boolean;
}

interface Entry extends Due {
  /** Of two that are due at the same instant the one that was added first is first. */
  readonly order: number;
  /** Where it is in the heap; -1 once it is out of it. */
  place: number;
}

/** A heap of what is due, the earliest first. */
export class DueHeap {
  /** Each is no later than the two at twice its place plus one and two. */
  #entries: Entry[] = [];
  #added = 0;

  get size(): number {
    return this.#entries.length;
  }

  get first(): Due | undefined {
    return this.#entries[0];
  }

  /** @returns what takes it out again, if it is still in */
  add(at: number, run: Due['run'], early = true): () => void {
    this.#added += 1;
    const entry: Entry = { at, run, early, order: this.#added, place: this.#entries.length };
    this.#entries.push(entry);
    this.#up(entry);
    return () => this.#remove(entry);
  }

  /** Takes out the first. */
  shift(): Due | undefined {
    const [first] = this.#entries;
    if (first) this.#remove(first);
    return first;
  }

  /** Takes out all of them, the first first. */
  drain(): Due[] {
    const entries = this.#entries.sort((a, b) => (isBefore(a, b) ? -1 : 1));
    this.#entries = [];
    for (const entry of entries) entry.place = -1;
    return entries;
  }

  #remove(entry: Entry): void {
    const { place } = entry;
    if (place < 0) return;
    const last = this.#entries.pop()!;
    entry.place = -1;
    if (last === entry) return;
    this.#put(last, place);
    this.#up(last);
    this.#down(last);
  }

  #up(entry: Entry): void {
    while (entry.place > 0) {
      const above = this.#entries[(entry.place - 1) >> 1]!;
      if (!isBefore(entry, above)) return;
      this.#swap(entry, above);
    }
  }

  #down(entry: Entry): void {
    for (;;) {
      const left = this.#entries[2 * entry.place + 1];
      const right = this.#entries[2 * entry.place + 2];
      if (!left) return;
      const least = right && isBefore(right, left) ? right : left;
      if (!isBefore(least, entry)) return;
      this.#swap(least, entry);
    }
  }

  #swap(a: Entry, b: Entry): void {
    const { place } = a;
    this.#put(a, b.place);
    this.#put(b, place);
  }

  #put(entry: Entry, place: number): void {
    this.#entries[place] = entry;
    entry.place = place;
  }
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

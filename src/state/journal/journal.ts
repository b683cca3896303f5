/**
 * The journal: what was asked and answered, the newest of it, in a ring of fixed size.
 * @module
 */
import { bytesOfMany, bytesOfText, OBJECT_BYTES, sampleOf } from '../bytes.js';
import type { JournalEntry } from './entry.js';
import { Ring } from './ring.js';

/** When an answer had been handed over. */
export interface Left {
  /** The machine's epoch ms, with fractions; `null`: it never was, since its connection was closed first. */
  readonly leftAt: number | null;
  /** Virtual epoch ms; `null` where the clock stood still. */
  readonly answeredAt: number | null;
}

/** Hears of every entry, also of those that the ring soon forgets. */
export interface JournalWatcher {
  added(entry: JournalEntry): void;
  cleared(): void;
}

/** Hears of the journal's progress without looking at each entry. */
export interface ProgressListener {
  /** So many rows are written between two calls. */
  readonly every: number;
  progressed(): void;
  cleared(): void;
}

/** Makes the entry of the row that the ring stands on. */
export type ReadRow = (ring: Ring) => JournalEntry;

export interface RowShape {
  /** Facts and usual numbers of a row. */
  readonly facts: number;
  readonly numbers: number;
  readonly read: ReadRow;
  /** Writes into a row, and into its entry if there is one, when its answer had been handed over. */
  readonly left: (ring: Ring, entry: JournalEntry | undefined, left: Left) => void;
  /** The same for `unreadAt`. */
  readonly unread: (ring: Ring, entry: JournalEntry | undefined, at: number) => void;
  /** The same for `readAt`. */
  readonly readBy: (ring: Ring, entry: JournalEntry | undefined, at: number | null) => void;
}

/** Rows that there are at least, however few entries are asked for: those whose events may still be asked for, and whose answers are being handed over. */
const MIN_ROWS = 256;

/** Bytes of an entry that was made of a row, besides the texts that the row has as well: an estimate. */
const CACHED_ENTRY_BYTES = 1_500;

export class Journal {
  readonly ring: Ring;
  /** Rows of before are none of its entries: it has been emptied since. */
  #first = 0;
  readonly #watchers = new Set<JournalWatcher>();
  #progress: ProgressListener | undefined;
  /** It is told once so many rows have been written since the ring was made. */
  #progressAt = Number.POSITIVE_INFINITY;
  readonly #forgetting: (() => void)[] = [];
  readonly #shape: RowShape;

  /** @param capacity entries that are kept; 0: none */
  constructor(
    shape: RowShape,
    readonly capacity = 10_000,
  ) {
    this.#shape = shape;
    // One more fact: the entry, once it has been made.
    this.ring = new Ring(Math.max(capacity, MIN_ROWS), shape.facts + 1, shape.numbers);
  }

  /**
   * Writes the next row.
   *
   * @param numbers that it has
   * @param write is called with the ring standing on it
   * @returns its number
   */
  write(numbers: number, write: (ring: Ring) => void): number {
    const { ring } = this;
    const row = ring.next;
    ring.claim(numbers);
    ring.facts[ring.fact + this.#shape.facts] = undefined;
    write(ring);
    if (this.#watchers.size > 0) {
      const entry = this.entry(row)!;
      for (const watcher of this.#watchers) watcher.added(entry);
    }
    if (row + 1 >= this.#progressAt) {
      this.#progressAt = row + 1 + this.#progress!.every;
      this.#progress!.progressed();
    }
    return row;
  }

  /** Bytes that it takes: an estimate, which goes by some of the rows. Objects that many rows have in common, such as their caller, are not counted. */
  get bytes(): number {
    const { ring } = this;
    const first = Math.max(this.#first, ring.next - ring.rows);
    const rows = [...sampleOf(first, ring.next)];
    const perRow = rows.length === 0 ? 0 : bytesOfMany(rows, rows.length, (row) => this.#bytesOfRow(row)) / rows.length;
    return ring.bytes + Math.round(perRow * (ring.next - first));
  }

  /** How many there have been, those that fell out of the ring included. */
  get total(): number {
    return this.ring.next - this.#first;
  }

  /** Oldest first. */
  entries(): JournalEntry[] {
    const { next } = this.ring;
    const entries: JournalEntry[] = [];
    for (let row = Math.max(this.#first, next - this.capacity); row < next; row++) entries.push(this.entry(row)!);
    return entries;
  }

  /** The newest so many, the newest first. */
  *newest(most: number): Generator<JournalEntry> {
    const { next } = this.ring;
    const first = Math.max(this.#first, next - Math.min(most, this.capacity));
    for (let row = next - 1; row >= first; row--) yield this.entry(row)!;
  }

  /** The entry of a row, if that is still kept. It is made when it is first asked for, and the same from then on; of most nobody asks. */
  entry(row: number): JournalEntry | undefined {
    const { ring } = this;
    if (!ring.seek(row)) return undefined;
    const place = ring.fact + this.#shape.facts;
    const { facts } = ring;
    facts[place] ??= this.#shape.read(ring);
    return facts[place] as JournalEntry;
  }

  /** The answer of a row has been handed over. */
  left(row: number, left: Left): void {
    const { ring } = this;
    if (!ring.seek(row)) return;
    this.#shape.left(ring, ring.facts[ring.fact + this.#shape.facts] as JournalEntry | undefined, left);
  }

  /** The answer of a row was still unread at that instant (the machine's epoch ms, with fractions). */
  unread(row: number, at: number): void {
    const { ring } = this;
    if (!ring.seek(row)) return;
    this.#shape.unread(ring, ring.facts[ring.fact + this.#shape.facts] as JournalEntry | undefined, at);
  }

  /** The client of a row was seen asleep with its answer read at that instant (the machine's epoch ms, with fractions); `null`: that is looked for from now on. */
  readBy(row: number, at: number | null): void {
    const { ring } = this;
    if (!ring.seek(row)) return;
    this.#shape.readBy(ring, ring.facts[ring.fact + this.#shape.facts] as JournalEntry | undefined, at);
  }

  /** @param listener hears when rows are about to be let go of, and may still ask for them */
  onForget(listener: () => void): void {
    this.#forgetting.push(listener);
  }

  /** There is one listener. */
  onProgress(listener: ProgressListener): void {
    this.#progress = listener;
    this.#progressAt = this.ring.next + listener.every;
  }

  clear(): void {
    for (const listener of this.#forgetting) listener();
    this.ring.clear();
    this.#first = this.ring.next;
    for (const watcher of this.#watchers) watcher.cleared();
    this.#progress?.cleared();
  }

  /** Has these entries in place of its own. */
  load(entries: readonly JournalEntry[]): void {
    this.clear();
    for (const entry of entries) {
      this.write(0, ({ facts, fact }) => {
        facts[fact + this.#shape.facts] = entry;
      });
    }
  }

  /** Bytes of what the facts of a row refer to, and only they. */
  #bytesOfRow(row: number): number {
    const { ring } = this;
    if (!ring.seek(row)) return 0;
    let bytes = 0;
    for (let fact = 0; fact <= ring.width; fact++) {
      const value = ring.facts[ring.fact + fact];
      if (typeof value === 'string') bytes += bytesOfText(value);
      else if (value instanceof Float64Array) bytes += OBJECT_BYTES + value.byteLength;
    }
    const made = ring.facts[ring.fact + this.#shape.facts] as JournalEntry | undefined;
    return made === undefined ? bytes : bytes + CACHED_ENTRY_BYTES + made.path.length;
  }

  /** @returns what ends it */
  watch(watcher: JournalWatcher): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }
}

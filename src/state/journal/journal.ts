/**
 * The journal: the newest requests with their answers, in a ring buffer of fixed size.
 * @module
 */
import { bytesOfMany, bytesOfText, OBJECT_BYTES, sampleOf } from '../bytes.js';
import type { JournalEntry } from './entry.js';
import { Ring } from './ring.js';

/** When a response had been sent. */
export interface Left {
  /** Real epoch ms with fractions; `null` if the connection was closed first. */
  readonly leftAt: number | null;
  /** Virtual epoch ms; `null` if the clock was frozen. */
  readonly answeredAt: number | null;
}

/** The numbers of the first row since the journal was cleared, and of the row after the last. */
export interface JournalRows {
  readonly first: number;
  readonly next: number;
}

/** Receives every entry as it is added. */
export interface JournalWatcher {
  added(entry: JournalEntry): void;
  cleared(): void;
}

/** Is called as the journal is written, without reading entries. */
export interface ProgressListener {
  /** Rows between two calls. */
  readonly every: number;
  progressed(): void;
  cleared(): void;
}

/** Reads the entry of the ring's current row. */
export type ReadRow = (ring: Ring) => JournalEntry;

/** The layout of a row, with the functions that read and update it. */
export interface RowShape {
  /** Facts and usual numbers per row. */
  readonly facts: number;
  readonly numbers: number;
  readonly read: ReadRow;
  /** Writes into the row, and into its entry if that has been read, when its response had been sent. */
  readonly left: (ring: Ring, entry: JournalEntry | undefined, left: Left) => void;
  /** Likewise for `unreadAt`. */
  readonly unread: (ring: Ring, entry: JournalEntry | undefined, at: number) => void;
  /** Likewise for `readAt`. */
  readonly readBy: (ring: Ring, entry: JournalEntry | undefined, at: number | null) => void;
}

/** The least number of rows, whatever the capacity: event listeners and responses that are being sent refer to rows. */
const MIN_ROWS = 256;

/** Estimated bytes of a cached entry, without the texts that it shares with its row. */
const CACHED_ENTRY_BYTES = 1_500;

/** The journal of one sandbox. */
export class Journal {
  readonly ring: Ring;
  /** The first row since the journal was last cleared. */
  #first = 0;
  readonly #watchers = new Set<JournalWatcher>();
  #progress: ProgressListener | undefined;
  /** The row count at which the progress listener is called next. */
  #progressAt = Number.POSITIVE_INFINITY;
  readonly #forgetting: (() => void)[] = [];
  readonly #shape: RowShape;

  /** @param capacity how many entries it holds; 0: none */
  constructor(
    shape: RowShape,
    readonly capacity = 10_000,
  ) {
    this.#shape = shape;
    // The additional fact caches the entry.
    this.ring = new Ring(Math.max(capacity, MIN_ROWS), shape.facts + 1, shape.numbers);
  }

  /**
   * Writes the next row.
   *
   * @param numbers how many numbers it needs
   * @param write is called with the ring at the row
   * @returns the row
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

  /** Estimated bytes of memory, extrapolated from a sample of rows. Objects that many rows share, such as their caller, are not counted. */
  get bytes(): number {
    const { ring } = this;
    const first = Math.max(this.#first, ring.next - ring.rows);
    const rows = [...sampleOf(first, ring.next)];
    const perRow = rows.length === 0 ? 0 : bytesOfMany(rows, rows.length, (row) => this.#bytesOfRow(row)) / rows.length;
    return ring.bytes + Math.round(perRow * (ring.next - first));
  }

  /** How many entries have been written since the last clear, including overwritten ones. */
  get total(): number {
    return this.ring.next - this.#first;
  }

  /** All entries, oldest first. */
  entries(): JournalEntry[] {
    return this.#newest(this.capacity);
  }

  /** The entries of all rows that are still there, oldest first: with a small capacity, more than it holds. Events refer to them. */
  rowEntries(): JournalEntry[] {
    return this.#newest(this.ring.rows);
  }

  #newest(most: number): JournalEntry[] {
    const { next } = this.ring;
    const entries: JournalEntry[] = [];
    for (let row = Math.max(this.#first, next - most); row < next; row++) entries.push(this.entry(row)!);
    return entries;
  }

  /** The newest entries, newest first. @param most how many */
  *newest(most: number): Generator<JournalEntry> {
    const { next } = this.ring;
    const first = Math.max(this.#first, next - Math.min(most, this.capacity));
    for (let row = next - 1; row >= first; row--) yield this.entry(row)!;
  }

  /** The entry of a row; `undefined` if the row was overwritten or cleared. Read lazily and cached, because most entries are never read. */
  entry(row: number): JournalEntry | undefined {
    const { ring } = this;
    if (row < this.#first || !ring.seek(row)) return undefined;
    const place = ring.fact + this.#shape.facts;
    const { facts } = ring;
    facts[place] ??= this.#shape.read(ring);
    return facts[place] as JournalEntry;
  }

  /** Records when the response of a row had been sent. */
  left(row: number, left: Left): void {
    const { ring } = this;
    if (!ring.seek(row)) return;
    this.#shape.left(ring, ring.facts[ring.fact + this.#shape.facts] as JournalEntry | undefined, left);
  }

  /** Records that the response of a row was still unread by its client. @param at real epoch ms with fractions */
  unread(row: number, at: number): void {
    const { ring } = this;
    if (!ring.seek(row)) return;
    this.#shape.unread(ring, ring.facts[ring.fact + this.#shape.facts] as JournalEntry | undefined, at);
  }

  /** Records that the client of a row was seen asleep after reading the response. @param at real epoch ms with fractions; `null` when the watch starts */
  readBy(row: number, at: number | null): void {
    const { ring } = this;
    if (!ring.seek(row)) return;
    this.#shape.readBy(ring, ring.facts[ring.fact + this.#shape.facts] as JournalEntry | undefined, at);
  }

  /** Changes a row whose outcome became known after it was written. @param change is called with the ring at the row; it may change facts and numbers */
  update(row: number, change: (ring: Ring) => void): void {
    const { ring } = this;
    if (row < this.#first || !ring.seek(row)) return;
    change(ring);
    // Whoever has the entry sees the change.
    const entry = ring.facts[ring.fact + this.#shape.facts] as JournalEntry | undefined;
    if (entry !== undefined) Object.assign(entry, this.#shape.read(ring));
  }

  /** Adds a listener that is called before rows are dropped; it may still read them. */
  onForget(listener: () => void): void {
    this.#forgetting.push(listener);
  }

  /** Sets the progress listener. There is one. */
  onProgress(listener: ProgressListener): void {
    this.#progress = listener;
    this.#progressAt = this.ring.next + listener.every;
  }

  /** Drops all entries. */
  clear(): void {
    for (const listener of this.#forgetting) listener();
    this.ring.clear();
    this.#first = this.ring.next;
    for (const watcher of this.#watchers) watcher.cleared();
    this.#progress?.cleared();
  }

  /**
   * Replaces all entries.
   *
   * @param rows their numbers; default: those that follow
   */
  load(entries: readonly JournalEntry[], rows?: JournalRows): void {
    this.clear();
    if (rows) {
      this.ring.skipTo(rows.next - entries.length);
      this.#first = rows.first;
    }
    for (const entry of entries) {
      this.write(0, ({ facts, fact }) => {
        facts[fact + this.#shape.facts] = entry;
      });
    }
  }

  /** Estimated bytes of the objects that only this row refers to. */
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

  /** Adds a watcher. @returns a function that removes it */
  watch(watcher: JournalWatcher): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }
}

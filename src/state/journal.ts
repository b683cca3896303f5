/**
 * The journal: what was asked and answered, the newest of it, in a ring of fixed size.
 * @module
 */
import { Ring } from './ring.js';

export interface JournalEntry {
  readonly id: string;
  /** Name of the sandbox that it came to; empty for the one without a name. */
  readonly sandbox: string;
  readonly profile: string;
  readonly method: string;
  /** With its query, as it came but for credentials, which are masked. */
  readonly path: string;
  readonly operation: string | undefined;
  /** Caller facts; credentials masked. */
  readonly caller: Readonly<Record<string, string>> | undefined;
  /** Short hash of the credential that was shown, good or not: tells callers apart whose masked credentials look alike. */
  readonly keyHash: string | undefined;
  /** 0: the connection was closed before an answer, by a fault or by the client. */
  readonly status: number;
  /** Name of the profile's error that answered, if one did. */
  readonly error: string | undefined;
  readonly admitted: boolean;
  /** The policy that refused it. */
  readonly refusedBy: string | undefined;
  readonly decisions: readonly JournalDecision[];
  /** Policies that were asked and had nothing to say about it. */
  readonly skipped: readonly Skipped[];
  /** Policies whose soft limit this request was the first to pass in its window. */
  readonly warnings: readonly string[];
  /** Seconds that the answer told to wait, however it wrote them. */
  readonly retryAfter: number | undefined;
  /** What the answer's headers told of policies. */
  readonly told: readonly Told[];
  /** Short hash of the body, if it had one: tells whether two requests are the same. */
  readonly bodyHash: string | undefined;
  /** How many entries the longest list of its body has, where that is a JSON object with a list in it: what a call for many things asks for. */
  readonly items: number | undefined;
  /** Short hash of the idempotency key, where the provider takes one and it had one. */
  readonly idempotencyKey: string | undefined;
  /** Whether it asked for what has changed only (`If-None-Match`). */
  readonly conditional: boolean;
  /** Entity tag of the answer. */
  readonly etag: string | undefined;
  /** What the provider's cache said of it. */
  readonly cache: 'HIT' | 'MISS' | 'BYPASS' | undefined;
  /** Virtual epoch ms of arrival and of sending. */
  readonly at: number;
  readonly sentAt: number;
  /** The machine's epoch ms of arrival. */
  readonly realAt: number;
  /** Real milliseconds from arrival to sending. */
  readonly durationMs: number;
  /**
   * The machine's epoch ms, with fractions, at which it may have set out: when its connection was opened, if it was the first on it, else when it arrived.
   * What was answered later its client did not know.
   */
  readonly beganAt: number;
  /** The machine's epoch ms, with fractions, at which the answer had been handed over; `null` while it has not been. */
  readonly leftAt: number | null;
}

/** What the headers of an answer told of one policy. */
export interface Told {
  readonly policy: string;
  readonly remaining: number;
  readonly resetAt: number | null;
}

/** `applies`: it speaks of other requests; `no-limit`: the account has none; `no-partition`: the request lacks what is counted by. */
export interface Skipped {
  readonly policy: string;
  readonly why: 'applies' | 'no-limit' | 'no-partition';
}

export interface JournalDecision {
  readonly policy: string;
  /** The bucket's id, as `quotas()` has it. */
  readonly bucket: string;
  /** What was counted apart; credentials masked. */
  readonly partition: Readonly<Record<string, string>>;
  readonly allowed: boolean;
  /** Units that it asked for. */
  readonly cost: number;
  /** Units taken when this had been decided, its own included. */
  readonly used: number;
  readonly limit: number;
  readonly remaining: number;
  readonly resetAt: number | null;
  /** The first instant, epoch ms, at which this policy had room for it; `null`: never, or nobody can tell. */
  readonly retryAt: number | null;
  /** Units taken in the end, refunds included. */
  readonly charged: number;
  readonly refunded: number;
}

/** Hears of every entry, also of those that the ring soon forgets. */
export interface JournalWatcher {
  added(entry: JournalEntry): void;
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
  readonly left: (ring: Ring, entry: JournalEntry | undefined, at: number) => void;
}

/** Rows that there are at least, however few entries are asked for: those whose events may still be asked for, and whose answers are being handed over. */
const LEAST_ROWS = 256;

export class Journal {
  readonly ring: Ring;
  /** Rows of before are none of its entries: it has been emptied since. */
  #first = 0;
  readonly #watchers = new Set<JournalWatcher>();
  readonly #forgetting: (() => void)[] = [];
  readonly #shape: RowShape;

  /** @param capacity entries that are kept; 0: none */
  constructor(
    shape: RowShape,
    readonly capacity = 10_000,
  ) {
    this.#shape = shape;
    // One more fact: the entry, once it has been made.
    this.ring = new Ring(Math.max(capacity, LEAST_ROWS), shape.facts + 1, shape.numbers);
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
    return row;
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
  left(row: number, at: number): void {
    const { ring } = this;
    if (!ring.seek(row)) return;
    this.#shape.left(ring, ring.facts[ring.fact + this.#shape.facts] as JournalEntry | undefined, at);
  }

  /** @param listener hears when rows are about to be let go of, and may still ask for them */
  onForget(listener: () => void): void {
    this.#forgetting.push(listener);
  }

  clear(): void {
    for (const listener of this.#forgetting) listener();
    this.ring.clear();
    this.#first = this.ring.next;
    for (const watcher of this.#watchers) watcher.cleared();
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

  /** @returns what ends it */
  watch(watcher: JournalWatcher): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }
}

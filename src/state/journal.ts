/**
 * The journal: what was asked and answered, the newest of it, in a ring of fixed size.
 * @module
 */

export interface JournalEntry {
  readonly id: string;
  readonly profile: string;
  readonly method: string;
  /** With its query, as it came. */
  readonly path: string;
  readonly operation: string | undefined;
  /** Caller facts; credentials masked. */
  readonly caller: Readonly<Record<string, string>> | undefined;
  readonly status: number;
  /** Name of the profile's error that answered, if one did. */
  readonly error: string | undefined;
  readonly admitted: boolean;
  readonly decisions: readonly JournalDecision[];
  /** Policies whose soft limit this request was the first to pass in its window. */
  readonly warnings: readonly string[];
  /** Whole seconds that a refusal told to wait. */
  readonly retryAfter: number | undefined;
  /** Virtual epoch ms of arrival and of sending. */
  readonly at: number;
  readonly sentAt: number;
  /** The machine's epoch ms of arrival. */
  readonly realAt: number;
  /** Real milliseconds from arrival to sending. */
  readonly durationMs: number;
}

export interface JournalDecision {
  readonly policy: string;
  readonly allowed: boolean;
  readonly limit: number;
  readonly remaining: number;
  readonly resetAt: number | null;
  /** Units taken in the end, refunds included. */
  readonly charged: number;
  readonly refunded: number;
}

export class Journal {
  #ring: JournalEntry[] = [];
  #next = 0;
  #count = 0;

  constructor(readonly capacity = 10_000) {}

  add(entry: JournalEntry): void {
    this.#ring[this.#next] = entry;
    this.#next = (this.#next + 1) % this.capacity;
    this.#count += 1;
  }

  /** How many there have been, those that fell out of the ring included. */
  get total(): number {
    return this.#count;
  }

  /** Oldest first. */
  entries(): JournalEntry[] {
    return this.#ring.length < this.capacity
      ? [...this.#ring]
      : [...this.#ring.slice(this.#next), ...this.#ring.slice(0, this.#next)];
  }

  clear(): void {
    this.#ring = [];
    this.#next = 0;
    this.#count = 0;
  }
}

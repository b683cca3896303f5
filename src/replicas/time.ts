/**
 * The time of a replica: that of the shared log. All clocks of all its sandboxes run on it.
 * @module
 */
import type { TimeSource } from '../runtime/clock.js';
import { DueHeap } from '../runtime/due-queue.js';

/**
 * Time that moves only when a batch of the log is applied, so that every replica computes the same. Timers fire at their own instant, before anything that is
 * later in the log.
 */
export class ReplicaTime implements TimeSource {
  /** 0 until the first batch is applied: a replica that joins late begins with a batch of the past. */
  #at = 0;
  #precise: number | undefined;
  readonly #due = new DueHeap();

  now(): number {
    return Math.floor(this.#at);
  }

  /** The time of the batch that is being applied, with fractions. */
  get exact(): number {
    return this.#at;
  }

  precise(): number {
    return this.#precise ?? this.#at;
  }

  after(ms: number, run: () => void): () => void {
    return this.#due.add(this.now() + ms, run);
  }

  /** When the next timer fires: epoch ms; `undefined` if there is none. */
  get nextDue(): number | undefined {
    return this.#due.first?.at;
  }

  /** Moves on to an instant (epoch ms, with fractions). The timers up to then fire in order, each at its own instant. Time never falls. */
  advanceTo(at: number): void {
    for (;;) {
      const next = this.#due.first;
      if (next === undefined || next.at > at) break;
      this.#due.shift();
      this.#at = Math.max(this.#at, next.at);
      void next.run();
    }
    this.#at = Math.max(this.#at, at);
  }

  /** Runs a function while `precise()` is an instant that was measured before: epoch ms with fractions. */
  at(precise: number, run: () => void): void {
    this.#precise = precise;
    try {
      run();
    } finally {
      this.#precise = undefined;
    }
  }

  /** Drops all timers and starts at an instant, to load a state. */
  restart(at: number): void {
    this.#due.drain();
    this.#at = at;
  }
}

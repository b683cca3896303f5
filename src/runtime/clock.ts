/**
 * The clock: the only place that reads the machine's time and sets timers.
 *
 * A clock shows the machine's time, that time moved and scaled, or stands still until it is advanced. What is due later (`at`) runs when the clock gets there,
 * however it gets there. Instants are whole epoch milliseconds.
 * @module
 */

import { working } from './current-work.js';
import { type Due, DueHeap } from './due-queue.js';

export type ClockMode = 'system' | 'frozen' | 'offset';

export interface ClockReading {
  /** ISO 8601 with milliseconds. */
  readonly now: string;
  readonly epochMs: number;
  readonly mode: ClockMode;
  /** Virtual milliseconds per real millisecond. */
  readonly rate: number;
}

/** How a clock stands, for one that is to go on from there. */
export interface ClockState {
  readonly mode: ClockMode;
  /** Epoch ms that it showed, where it does not go by the machine's time. */
  readonly now: number | null;
  /** When that was by the machine's clock, where it runs. */
  readonly realNow: number | null;
  readonly rate: number;
}

/** What `Date` can show, less a year at either end, so that windows around the instant stay within it. */
export const EARLIEST_MS = Date.UTC(1900, 0, 1);
export const LATEST_MS = Date.UTC(9998, 11, 31);

/** A timer must not be set further ahead than this (2^31 − 1 ms); a longer wait is cut into pieces. */
const MAX_TIMER_MS = 2_147_483_647;

/** The machine's epoch ms with fractions, which never goes back while the program runs. */
export function preciseTime(): number {
  return ORIGIN + performance.now();
}

/** Asking for it takes as long as asking for the time. */
const ORIGIN = performance.timeOrigin;

export class Clock {
  /** Virtual time was `#base` when the machine's was `#realBase`. */
  #base: number;
  #realBase = Date.now();
  #frozen: boolean;
  #rate = 1;
  #steered: boolean;
  readonly #initial: { frozen: boolean; now: number | undefined };
  readonly #due = new DueHeap();
  #timer: NodeJS.Timeout | undefined;
  readonly #listeners = new Set<(reading: ClockReading) => void>();

  /**
   * @param initial `frozen`: stands still from the start; `now`: epoch ms that it starts at, the machine's time when left out
   * @param failed hears of what was due and threw, or rejected: nothing else that is due suffers from it, and no timer throws
   */
  constructor(
    initial: { frozen?: boolean; now?: number } = {},
    readonly failed: (error: unknown) => void = () => {},
  ) {
    this.#initial = { frozen: initial.frozen ?? false, now: initial.now };
    this.#base = initial.now ?? this.#realBase;
    this.#frozen = this.#initial.frozen;
    this.#steered = this.#frozen || initial.now !== undefined;
  }

  now(): number {
    if (this.#frozen) return this.#base;
    if (!this.#steered) return Date.now();
    return Math.floor(this.#base + (Date.now() - this.#realBase) * this.#rate);
  }

  /** Whether it stands still until it is moved. */
  get stands(): boolean {
    return this.#frozen;
  }

  /** The earliest instant that this clock may still show: while nobody has moved it, now. */
  horizon(now: number): number {
    return this.#steered ? Number.NEGATIVE_INFINITY : now;
  }

  /** The machine's own time, for durations and the journal. */
  real(): number {
    return Date.now();
  }

  /** The machine's epoch ms with fractions, which never goes back: for what came before what. */
  precise(): number {
    return preciseTime();
  }

  read(): ClockReading {
    const epochMs = this.now();
    const mode = this.#frozen ? 'frozen' : this.#steered ? 'offset' : 'system';
    return { now: new Date(epochMs).toISOString(), epochMs, mode, rate: this.#rate };
  }

  /**
   * Jumps to an instant (in either direction), stops or starts, changes the rate. What has become due on the way runs at the new instant.
   * Resolves when that has been handed over.
   */
  set(change: { now?: number; frozen?: boolean; rate?: number }): Promise<void> {
    const now = change.now ?? this.now();
    this.#steered = true;
    this.#base = now;
    this.#realBase = Date.now();
    if (change.frozen !== undefined) this.#frozen = change.frozen;
    if (change.rate !== undefined) this.#rate = change.rate;
    const done = this.#runDue(now, () => now);
    this.#moved();
    return done;
  }

  /** Moves forward, stopping at each due instant in order. Resolves when everything that became due has been handed over. */
  advance(ms: number): Promise<void> {
    const target = this.now() + ms;
    this.#steered = true;
    const done = this.#runDue(target, (at) => at);
    this.#place(target);
    this.#moved();
    return done;
  }

  /** Back to how it was made. What waits keeps waiting for its instant. */
  reset(): void {
    this.#frozen = this.#initial.frozen;
    this.#rate = 1;
    this.#steered = this.#frozen || this.#initial.now !== undefined;
    this.#base = this.#initial.now ?? Date.now();
    this.#realBase = Date.now();
    void this.#runDue(this.now(), () => this.now());
    this.#moved();
  }

  dump(): ClockState {
    const { mode } = this.read();
    const now = mode === 'system' ? null : this.#base;
    return { mode, now, realNow: mode === 'offset' ? this.#realBase : null, rate: this.#rate };
  }

  /** Goes on as if it had been this one all the time. What waits keeps waiting for its instant. */
  load({ mode, now, realNow, rate }: ClockState): void {
    this.#frozen = mode === 'frozen';
    this.#steered = mode !== 'system';
    this.#rate = rate;
    this.#base = now ?? Date.now();
    this.#realBase = realNow ?? Date.now();
    void this.#runDue(this.now(), () => this.now());
    this.#moved();
  }

  /**
   * Runs `run` once the clock shows `at` or later; the result takes it back.
   *
   * @param early whether `flush` runs it before its time, as it does when left out; else `flush` drops it
   */
  at(at: number, run: () => void | Promise<void>, early = true): () => void {
    const first = this.#due.first;
    const remove = this.#due.add(at, run, early);
    if (this.#due.first !== first) this.#arm();
    return () => {
      const before = this.#due.first;
      remove();
      if (this.#due.first !== before) this.#arm();
    };
  }

  /** Runs what is due by now, which a clock that stands still does not by itself. Resolves when that has been handed over. */
  catchUp(): Promise<void> {
    return this.#runDue(this.now(), () => this.now());
  }

  /** Runs everything that waits and may run early, now, and drops the rest: for shutting down. What comes to wait meanwhile is left waiting: what looks at the clock and waits on would never end. */
  flush(): Promise<void> {
    const due = this.#due.drain();
    this.#arm();
    return Promise.all(due.filter(({ early }) => early).map((one) => this.#run(one))).then(() => undefined);
  }

  /** Forgets everything that waits, and sets no more timers. */
  stop(): void {
    this.#due.drain();
    this.#arm();
  }

  onMove(listener: (reading: ClockReading) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #place(now: number): void {
    this.#base = now;
    this.#realBase = Date.now();
  }

  #runDue(until: number, clockAt: (due: number) => number): Promise<void> {
    const handedOver: (void | Promise<void>)[] = [];
    for (;;) {
      const next = this.#due.first;
      if (!next || next.at > until) break;
      this.#due.shift();
      const shown = Math.max(this.now(), clockAt(next.at));
      if (this.#steered && shown !== this.now()) this.#place(shown);
      handedOver.push(this.#run(next));
    }
    this.#arm();
    return Promise.all(handedOver).then(() => undefined);
  }

  #run({ run }: Due): void | Promise<void> {
    try {
      const done = working('what had become due by the clock of a sandbox, such as the end of a job', run);
      return done instanceof Promise ? done.catch(this.failed) : done;
    } catch (error) {
      this.failed(error);
    }
  }

  /** One timer, for the first thing due, and only while the clock runs. */
  #arm(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const next = this.#due.first;
    if (!next || this.#frozen || this.#rate <= 0) return;
    const wait = Math.max(0, Math.ceil((next.at - this.now()) / this.#rate));
    this.#timer = setTimeout(() => void this.#runDue(this.now(), () => this.now()), Math.min(wait, MAX_TIMER_MS));
  }

  #moved(): void {
    const reading = this.read();
    for (const listener of this.#listeners) listener(reading);
  }
}

/**
 * The clock of a sandbox. It is the only module that reads the machine's time and sets timers.
 *
 * A clock shows the machine's time, shows it moved and scaled, or is frozen until it is advanced. Callbacks registered with `at` run when the clock reaches
 * their
 * instant, by any of these ways. Instants are whole epoch milliseconds.
 * @module
 */

import { runWork } from './current-work.js';
import { type Due, DueHeap } from './due-queue.js';

/** How a clock runs. `system`: shows the machine's time; `frozen`: stopped; `offset`: runs, but has been moved or scaled. */
export type ClockMode = 'system' | 'frozen' | 'offset';

/** A reading of a clock. */
export interface ClockReading {
  /** Time in ISO 8601 with milliseconds. */
  readonly now: string;
  /** Time in epoch milliseconds. */
  readonly epochMs: number;
  readonly mode: ClockMode;
  /** Virtual milliseconds per real millisecond. */
  readonly rate: number;
}

/** State of a clock, from which another clock can continue. */
export interface ClockState {
  readonly mode: ClockMode;
  /** Time of the clock in epoch ms; `null` in the mode `system`. */
  readonly now: number | null;
  /** The same instant by the machine's clock, in epoch ms; `null` where the clock does not run. */
  readonly realNow: number | null;
  readonly rate: number;
}

/** Range of a clock: the range of `Date`, reduced so that windows around the instant stay within it. */
export const EARLIEST_MS = Date.UTC(1900, 0, 1);
/** Latest instant of a clock, in epoch ms. */
export const LATEST_MS = Date.UTC(9998, 11, 31);

/** Longest delay of a timer (2^31 − 1 ms). A longer wait is split. */
const MAX_TIMER_MS = 2_147_483_647;

/** The machine's time in epoch ms with fractions. It is monotonic while the process runs. */
export function preciseTime(): number {
  return ORIGIN + performance.now();
}

/** Cached: reading it takes as long as reading the time. */
const ORIGIN = performance.timeOrigin;

/** Where clocks get real time and timers from. */
export interface TimeSource {
  /** Epoch ms, whole. */
  now(): number;
  /** Epoch ms with fractions, monotonic. */
  precise(): number;
  /** Calls back once after `ms` of its time, at most `MAX_TIMER_MS`. @returns a function that cancels it */
  after(ms: number, run: () => void): () => void;
}

/** The machine's time. */
export const MACHINE_TIME: TimeSource = {
  now: () => Date.now(),
  precise: preciseTime,
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

/** A clock that can be frozen, moved and scaled. */
export class Clock {
  /** The virtual time was `#base` when the machine's time was `#realBase`. */
  #base: number;
  #realBase: number;
  #frozen: boolean;
  #rate = 1;
  #adjusted: boolean;
  readonly #initial: { frozen: boolean; now: number | undefined };
  readonly #due = new DueHeap();
  #cancelTimer: (() => void) | undefined;
  readonly #listeners = new Set<(reading: ClockReading) => void>();

  /**
   * @param initial `frozen`: start frozen; `now`: initial time in epoch ms, default: the machine's time
   * @param failed receives errors that due callbacks throw or reject with; they do not affect other callbacks, and no timer throws
   * @param time where real time comes from
   */
  constructor(
    initial: { frozen?: boolean; now?: number } = {},
    readonly failed: (error: unknown) => void = () => {},
    readonly time: TimeSource = MACHINE_TIME,
  ) {
    this.#realBase = time.now();
    this.#initial = { frozen: initial.frozen ?? false, now: initial.now };
    this.#base = initial.now ?? this.#realBase;
    this.#frozen = this.#initial.frozen;
    this.#adjusted = this.#frozen || initial.now !== undefined;
  }

  /** Current time in epoch ms. */
  now(): number {
    if (this.#frozen) return this.#base;
    if (!this.#adjusted) return this.time.now();
    return Math.floor(this.#base + (this.time.now() - this.#realBase) * this.#rate);
  }

  /** Whether the clock is frozen. */
  get isFrozen(): boolean {
    return this.#frozen;
  }

  /** The earliest instant that this clock may still show: `now` as long as it follows the machine's time. */
  horizon(now: number): number {
    return this.#adjusted ? Number.NEGATIVE_INFINITY : now;
  }

  /** The machine's time in epoch ms, for durations and the journal. */
  real(): number {
    return this.time.now();
  }

  /** The machine's time in epoch ms with fractions, monotonic: for the order of events. */
  precise(): number {
    return this.time.precise();
  }

  /** Reads the time and the mode. */
  read(): ClockReading {
    const epochMs = this.now();
    const mode = this.#frozen ? 'frozen' : this.#adjusted ? 'offset' : 'system';
    return { now: new Date(epochMs).toISOString(), epochMs, mode, rate: this.#rate };
  }

  /**
   * Jumps to an instant in either direction, stops or starts the clock, or changes its rate. Callbacks that become due run at the new instant. Resolves once
   * they are done.
   */
  set(change: { now?: number; frozen?: boolean; rate?: number }): Promise<void> {
    const now = change.now ?? this.now();
    this.#adjusted = true;
    this.#base = now;
    this.#realBase = this.time.now();
    if (change.frozen !== undefined) this.#frozen = change.frozen;
    if (change.rate !== undefined) this.#rate = change.rate;
    const done = this.#runDue(now, () => now);
    this.#moved();
    return done;
  }

  /** Advances the clock, and stops at each due instant in order. Resolves once all callbacks that became due are done. */
  advance(ms: number): Promise<void> {
    const target = this.now() + ms;
    this.#adjusted = true;
    const done = this.#runDue(target, (at) => at);
    this.#setNow(target);
    // The timer was set before the clock reached the target.
    this.#arm();
    this.#moved();
    return done;
  }

  /** Restores the initial state. Waiting callbacks keep their instants. */
  reset(): void {
    this.#frozen = this.#initial.frozen;
    this.#rate = 1;
    this.#adjusted = this.#frozen || this.#initial.now !== undefined;
    this.#base = this.#initial.now ?? this.time.now();
    this.#realBase = this.time.now();
    void this.#runDue(this.now(), () => this.now());
    this.#moved();
  }

  /** Returns the state, for `load`. */
  dump(): ClockState {
    const { mode } = this.read();
    const now = mode === 'system' ? null : this.#base;
    return { mode, now, realNow: mode === 'offset' ? this.#realBase : null, rate: this.#rate };
  }

  /** Continues from a saved state. Waiting callbacks keep their instants. */
  load({ mode, now, realNow, rate }: ClockState): void {
    this.#frozen = mode === 'frozen';
    this.#adjusted = mode !== 'system';
    this.#rate = rate;
    this.#base = now ?? this.time.now();
    this.#realBase = realNow ?? this.time.now();
    void this.#runDue(this.now(), () => this.now());
    this.#moved();
  }

  /**
   * Registers a callback that runs once the clock shows `at` or later.
   *
   * @param early whether `flush` runs the callback before its time (default) or drops it
   * @param isFirst whether it runs before others of the same instant, whenever they were registered. One may
   * @returns a function that cancels the callback
   */
  at(at: number, run: () => void | Promise<void>, early = true, isFirst = false): () => void {
    const first = this.#due.first;
    const remove = this.#due.add(at, run, early, isFirst);
    if (this.#due.first !== first) this.#arm();
    return () => {
      const before = this.#due.first;
      remove();
      if (this.#due.first !== before) this.#arm();
    };
  }

  /** Runs the callbacks that are due by now, which a frozen clock does not do by itself. Resolves once they are done. */
  catchUp(): Promise<void> {
    return this.#runDue(this.now(), () => this.now());
  }

  /**
   * Runs all waiting callbacks that may run early, and drops the others: for shutdown. Callbacks registered meanwhile keep waiting; a callback that checks the
   * clock and
   * registers itself again would otherwise never end.
   */
  flush(): Promise<void> {
    const due = this.#due.drain();
    this.#arm();
    return Promise.all(due.filter(({ early }) => early).map((entry) => this.#run(entry))).then(() => undefined);
  }

  /** Cancels all waiting callbacks and the timer. */
  stop(): void {
    this.#due.drain();
    this.#arm();
  }

  /** Calls the listener after each change of the clock. @returns a function that removes the listener */
  onMove(listener: (reading: ClockReading) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #setNow(now: number): void {
    this.#base = now;
    this.#realBase = this.time.now();
  }

  #runDue(until: number, clockAt: (due: number) => number): Promise<void> {
    const results: (void | Promise<void>)[] = [];
    for (;;) {
      const next = this.#due.first;
      if (!next || next.at > until) break;
      this.#due.shift();
      const reached = Math.max(this.now(), clockAt(next.at));
      if (this.#adjusted && reached !== this.now()) this.#setNow(reached);
      results.push(this.#run(next));
    }
    this.#arm();
    return Promise.all(results).then(() => undefined);
  }

  #run({ run }: Due): void | Promise<void> {
    try {
      const done = runWork('callbacks that became due by the clock of a sandbox, such as the end of a job', run);
      return done instanceof Promise ? done.catch(this.failed) : done;
    } catch (error) {
      this.failed(error);
    }
  }

  /** Sets one timer, for the first due callback, and only while the clock runs. */
  #arm(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    const next = this.#due.first;
    if (!next || this.#frozen || this.#rate <= 0) return;
    const wait = Math.max(0, this.#realAt(next.at) - this.time.now());
    this.#cancelTimer = this.time.after(
      Math.min(wait, MAX_TIMER_MS),
      () => void this.#runDue(this.now(), () => this.now()),
    );
  }

  /** The first real instant at which the running clock shows `at` or later. It does not depend on when it is computed. */
  #realAt(at: number): number {
    if (!this.#adjusted) return at;
    const real = Math.ceil(this.#realBase + (at - this.#base) / this.#rate);
    // Division may round down.
    return Math.floor(this.#base + (real - this.#realBase) * this.#rate) < at ? real + 1 : real;
  }

  #moved(): void {
    const reading = this.read();
    for (const listener of this.#listeners) listener(reading);
  }
}

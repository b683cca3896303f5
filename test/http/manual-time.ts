/**
 * Real time that a test moves on by hand.
 * @module
 */
import type { RealTime } from '../../src/http/judging/real-time.js';

interface Timer {
  readonly at: number;
  readonly run: () => void;
}

/** Timers fire only when the test calls `advance` or `stall`. The time begins at 0 ms. */
export class ManualTime implements RealTime {
  #now = 0;
  #timers: Timer[] = [];
  /** What happens between the timers and the poll phase of the event loop. */
  beforePoll: (() => void) | undefined;

  now(): number {
    return this.#now;
  }

  later(run: () => void, ms: number): void {
    this.#timers.push({ at: this.#now + ms, run });
  }

  tick(run: () => void, ms: number): void {
    this.later(run, ms);
  }

  soon(run: () => void): void {
    this.beforePoll?.();
    run();
  }

  /** How many timers have been set and have not fired. */
  get waiting(): number {
    return this.#timers.length;
  }

  /** Fires each timer at its instant. */
  advance(ms: number): void {
    const until = this.#now + ms;
    for (let next = this.#next(until); next; next = this.#next(until)) this.#fire(next);
    this.#now = until;
  }

  /** The machine gives no processor for so long: what was due meanwhile fires at the end. @param first what happens before the timers fire */
  stall<T>(ms: number, first?: () => T): T | undefined {
    this.#now += ms;
    const result = first?.();
    this.advance(0);
    return result;
  }

  #next(until: number): Timer | undefined {
    const due = this.#timers.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at);
    return due[0];
  }

  #fire(timer: Timer): void {
    this.#timers = this.#timers.filter((one) => one !== timer);
    this.#now = Math.max(this.#now, timer.at);
    timer.run();
  }
}

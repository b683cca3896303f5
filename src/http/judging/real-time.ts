/**
 * Real time and its timers, for code that must not use the clock of a sandbox. Tests replace them.
 * @module
 */
import { preciseTime } from '../../runtime/clock.js';

/** Real time and its timers. */
export interface RealTime {
  /** Epoch ms of the machine, with fractions; monotonic. */
  now(): number;
  /** Runs `run` after `ms` milliseconds. */
  later(run: () => void, ms: number): void;
  /** The same as `later`, but the timer does not keep the process alive. */
  tick(run: () => void, ms: number): void;
  /** Runs `run` after the next poll phase of the event loop. */
  soon(run: () => void): void;
}

/** The original timers: a test may replace the global ones and call a server in the same process. */
const { setTimeout: later, setImmediate: soon } = globalThis;

/** The machine's time and timers. */
export const realTime: RealTime = {
  now: preciseTime,
  later: (run, ms) => void later(run, ms),
  tick: (run, ms) => void later(run, ms).unref(),
  soon: (run) => void soon(run),
};

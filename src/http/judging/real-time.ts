/**
 * Real time and its timers, for code that does not use the clock of a sandbox. Tests replace them.
 * @module
 */
import { preciseTime } from '../../runtime/clock.js';

/** Real time and its timers. */
export interface RealTime {
  /** The machine's epoch ms, with fractions; never goes back. */
  now(): number;
  /** Runs once so many milliseconds have passed. */
  later(run: () => void, ms: number): void;
  /** The same, but does not keep the program running. */
  tick(run: () => void, ms: number): void;
  /** Runs after the event loop has polled once more. */
  soon(run: () => void): void;
}

/** The original timers: a test may replace the global ones and still use a server in the same process. */
const { setTimeout: later, setImmediate: soon } = globalThis;

/** The machine's own. */
export const realTime: RealTime = {
  now: preciseTime,
  later: (run, ms) => void later(run, ms),
  tick: (run, ms) => void later(run, ms).unref(),
  soon: (run) => void soon(run),
};

/**
 * Real time, for what goes by it whatever the clock of a sandbox shows. Tests give another.
 * @module
 */
import { preciseTime } from '../clock.js';

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

/** As they were at the start: tests that replace the timers may ask a server in the same process. */
const { setTimeout: later, setImmediate: soon } = globalThis;

/** The machine's own. */
export const realTime: RealTime = {
  now: preciseTime,
  later: (run, ms) => void later(run, ms),
  tick: (run, ms) => void later(run, ms).unref(),
  soon: (run) => void soon(run),
};

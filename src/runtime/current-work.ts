/**
 * Records what the process is doing, so that the watchdog can name it after the event loop was blocked. Code that may take long marks the start and the end of
 * its
 * work.
 *
 * A mark costs one comparison while the watchdog is off, and one reading of the time while it is on. Waiting is not marked: other work runs meanwhile.
 * @module
 */

/** A piece of work: a description, or an object that can give one. */
export type Work = string | { describeWork(): string };

/** The piece of work that ran longest without interruption. */
export interface Longest {
  /** `undefined`: unmarked work. */
  readonly work: Work | undefined;
  /** Real milliseconds. */
  readonly ms: number;
}

let watched = false;
/** Start of `current`, or end of the latest piece of work: real epoch ms. */
let since = 0;
let current: Work | undefined;
let longest: Longest = { work: undefined, ms: 0 };

/** Switches the recording on or off. */
export function watchWork(on: boolean): void {
  watched = on;
  current = undefined;
  takeLongest();
}

/** Marks the start of a piece of work, and the end of the one before. @param now real epoch ms, where the caller knows it */
export function workBegins(work: Work, now = Date.now()): void {
  if (!watched) return;
  measure(now);
  current = work;
}

/** Marks the end of the current piece of work. */
export function workEnds(): void {
  if (!watched) return;
  measure(Date.now());
  current = undefined;
}

/** Runs a synchronous function as a marked piece of work. */
export function runWork<T>(work: Work, run: () => T): T {
  workBegins(work);
  try {
    return run();
  } finally {
    workEnds();
  }
}

/** Returns the longest piece of work since the last call, and starts a new measurement. */
export function takeLongest(): Longest {
  measure(Date.now());
  const taken = longest;
  longest = { work: undefined, ms: 0 };
  current = undefined;
  return taken;
}

function measure(now: number): void {
  const ms = now - since;
  if (ms > longest.ms) longest = { work: current, ms };
  since = now;
}

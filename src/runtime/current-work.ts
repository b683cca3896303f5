/**
 * What the program is doing at the moment, for the watchdog to name when the event loop has stood. Whatever may take long tells when it begins and when it ends.
 *
 * To tell costs a comparison while nobody watches, and reading the time while somebody does. What only waits is not told of: others work meanwhile.
 * @module
 */

/** Something that is worked on: in words, or what can say so. */
export type Work = string | { describeWork(): string };

/** The piece of work that took the longest without a break. */
export interface Longest {
  /** `undefined`: something that nobody told of. */
  readonly work: Work | undefined;
  /** Real milliseconds. */
  readonly ms: number;
}

let watched = false;
/** When `current` began, or the last piece of work ended: real epoch ms. */
let since = 0;
let current: Work | undefined;
let longest: Longest = { work: undefined, ms: 0 };

/** Somebody begins to watch, or ceases to. */
export function watchWork(on: boolean): void {
  watched = on;
  current = undefined;
  takeLongest();
}

/** Work begins; what was worked on before has ended. @param now real epoch ms, where it is known already */
export function workBegins(work: Work, now = Date.now()): void {
  if (!watched) return;
  measure(now);
  current = work;
}

/** What was worked on has ended. */
export function workEnds(): void {
  if (!watched) return;
  measure(Date.now());
  current = undefined;
}

/** Does something at once, and tells of it. */
export function working<T>(work: Work, run: () => T): T {
  workBegins(work);
  try {
    return run();
  } finally {
    workEnds();
  }
}

/** The longest since this was asked last; what goes on now is not among it any more. */
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

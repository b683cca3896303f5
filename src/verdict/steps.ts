/**
 * Work that is done in steps: a generator that yields after each step and returns the result. The caller decides what the process does between two steps.
 * @module
 */

/** Takes all steps that are left, one after another, and returns the result. */
export function runAll<T>(steps: Iterator<void, T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

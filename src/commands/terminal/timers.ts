/**
 * Timers of what terminals show, in real time. They do not keep the process alive.
 * @module
 */

/** Calls a function at intervals. @param ms real milliseconds @returns a function that ends it */
export function every(ms: number, call: () => void): () => void {
  const timer = setInterval(call, ms).unref();
  return () => clearInterval(timer);
}

/** Calls a function once. @param ms real milliseconds */
export function after(ms: number, call: () => void): void {
  setTimeout(call, ms).unref();
}

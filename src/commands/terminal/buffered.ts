/**
 * Log lines, written together: a write to a pipe or a file takes longer than the answer that the line speaks of, and a load test is told of thousands a second.
 * @module
 */

export interface Buffered {
  (text: string): void;
  /** Writes what waits, now: before the program ends. */
  flush(): void;
}

/** Gathers what is written in one turn of the event loop and writes it at its end, in its order. */
export function buffered(write: (text: string) => void): Buffered {
  let waiting = '';
  const flush = () => {
    const text = waiting;
    waiting = '';
    if (text !== '') write(text);
  };
  const add = (text: string) => {
    if (waiting === '') setImmediate(flush);
    waiting += text;
  };
  return Object.assign(add, { flush });
}

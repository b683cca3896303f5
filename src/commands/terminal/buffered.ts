/**
 * Buffers log lines and writes them together. A write to a pipe or a file takes longer than the answer that the line describes, and a load test logs thousands
 * of lines a second.
 * @module
 */

/** A buffered writer. */
export interface Buffered {
  (text: string): void;
  /** Writes the buffer at once, before the process exits. */
  flush(): void;
}

/** Collects the texts of one tick of the event loop and writes them in order at its end. */
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

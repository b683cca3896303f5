/**
 * Answers the requests that arrive in one tick of the event loop at its end, in order of arrival.
 *
 * By then their bodies have arrived, no request overtakes another of its connection, and requests that a client sends together are in flight together: Node
 * reports
 * that an answer was sent only after the tick.
 * @module
 */

/** A request that waits for the end of the tick. */
export interface ArrivedRequest {
  /** Called at the end of the tick. */
  tickOver(): void;
}

/** The original function: a test may replace the global timers and call a server in the same process. */
const { setImmediate: soon } = globalThis;

let waiting: ArrivedRequest[] = [];

/** Calls `tickOver()` of a request at the end of the current tick. */
export function atEndOfTick(arrived: ArrivedRequest): void {
  if (waiting.length === 0) soon(endTick);
  waiting.push(arrived);
}

function endTick(): void {
  const arrived = waiting;
  waiting = [];
  let next = 0;
  try {
    while (next < arrived.length) arrived[next++]!.tickOver();
  } finally {
    // An error in one request must not affect the others.
    if (next < arrived.length) {
      waiting = [...arrived.slice(next), ...waiting];
      soon(endTick);
    }
  }
}

/**
 * Requests that come in one turn of the event loop are answered at its end, in the order in which they came: by then their bodies are there as well, none overtakes
 * another of its connection, and those that are there together are in flight together, as they are for whoever sent them: node tells of an answer's leaving after the
 * turn.
 * @module
 */

/** What waits for the end of the turn. */
export interface ArrivedRequest {
  tickOver(): void;
}

/** As it was at the start: tests that put timers of their own in its place may ask a server in the same process. */
const { setImmediate: soon } = globalThis;

let waiting: ArrivedRequest[] = [];

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
    // What went wrong with one is no matter of the others.
    if (next < arrived.length) {
      waiting = [...arrived.slice(next), ...waiting];
      soon(endTick);
    }
  }
}

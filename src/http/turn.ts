/**
 * Requests that come in one turn of the event loop are answered at its end, in the order in which they came: by then their bodies are there as well, none overtakes
 * another of its connection, and those that are there together are in flight together, as they are for whoever sent them: node tells of an answer's leaving after the
 * turn.
 * @module
 */

/** What waits for the end of the turn. */
export interface Arrived {
  turnOver(): void;
}

let waiting: Arrived[] = [];

export function atEndOfTurn(arrived: Arrived): void {
  if (waiting.length === 0) setImmediate(endTurn);
  waiting.push(arrived);
}

function endTurn(): void {
  const arrived = waiting;
  waiting = [];
  for (const one of arrived) one.turnOver();
}

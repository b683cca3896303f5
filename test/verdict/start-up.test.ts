/** A script that starts a process for each request, on a machine that takes long to start one. */
import { expect, it } from 'vitest';
import { noBackoff } from '../../src/verdict/checks/failures/no-backoff.js';
import { type Given, processOf, START, viewOf } from './entries.js';

const OPTIONS = { least: 50, waits: 3 };

/** Five tries that fail. @param startsAfter milliseconds from each answer to the start of the next process, which sends its request 200 to 300 ms later */
function found(startsAfter: (n: number) => number) {
  const all: Given[] = [];
  let left = 0;
  for (let n = 0; n < 5; n++) {
    const started = left + startsAfter(n);
    const at = started + 200 + 25 * n;
    left = at + 10;
    const opener = processOf(500 + n, { startedAt: START + started });
    all.push({ at, left, status: 503, connection: n + 1, opener });
  }
  return noBackoff.find(viewOf(all), OPTIONS).incidents.map(({ kind }) => kind);
}

it('retries at once if it starts the next process at once', () => {
  expect(found(() => 5)).toEqual(['at once', 'at once', 'at once', 'at once']);
});

it('backs off if it waits longer and longer before it starts the next', () => {
  expect(found((n) => 100 * 2 ** n)).toEqual([]);
});

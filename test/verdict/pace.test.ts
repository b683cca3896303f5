/** Intervals between polls, and between writes, as a busy machine shows them. */
import { expect, it } from 'vitest';
import { createView } from '../../src/verdict/calls/view.js';
import { pollingTooFast } from '../../src/verdict/checks/economy/polling-too-fast.js';
import { concurrentWrites } from '../../src/verdict/checks/quotas/concurrent-writes.js';
import { entriesOf, START, subject, viewOf } from './entries.js';

/** How many writes are found without a pause of a second. */
function withoutPause(arrivals: readonly number[], lagMs: number): number {
  const writes = arrivals.map((at) => ({
    at,
    connection: 1,
    method: 'POST',
    arrived: { earliestAt: START + at, lagMs },
  }));
  return concurrentWrites.find(viewOf(writes), { methods: ['POST'], pause: 1_000 }).incidents.length;
}

/** How many polls are found too fast, where one every second is allowed. @param arrivals milliseconds after the start */
function tooFast(arrivals: readonly number[], lagMs: number): number {
  const polls = arrivals.map((at) => ({ at, connection: 1, arrived: { earliestAt: START + at, lagMs } }));
  return pollingTooFast.find(viewOf(polls), { operations: ['a'], every: 1_000 }).incidents.length;
}

const every = (ms: number, times: number) => Array.from({ length: times }, (_, n) => n * ms);

it.each<[string, readonly number[], number, number]>([
  ['one a second', every(1_000, 30), 2, 0],
  ['one a second by a timer that fires early', every(960, 2), 2, 0],
  ['one each 900 ms', every(900, 30), 2, 26],
  ['one each 500 ms', every(500, 10), 2, 8],
  ['one each 500 ms on a busy machine', every(500, 10), 300, 8],
  ['one a second, of which the first had to wait for the connection', [400, ...every(1_000, 9).slice(1)], 2, 0],
  // No delay of 300 ms makes up for the time that it has gained.
  ['one each 900 ms on a busy machine', every(900, 30), 300, 20],
  ['a timer of a second, of which polls arrive late', [200, 1_200, 2_000, 3_250, 4_010, 5_000], 260, 0],
  ['the same polls on an idle machine', [200, 1_200, 2_000, 3_250, 4_010, 5_000], 2, 2],
  ['a timer of a second, of which a poll arrives a little late', [0, 1_000, 2_060, 3_000, 4_000, 5_055, 6_000], 2, 0],
  ['one each 500 ms only at the end', [...every(1_000, 20), 19_500], 2, 1],
])('%s: %j, with a lag of %i ms: %i found', (_, arrivals, lagMs, found) => {
  expect(tooFast(arrivals, lagMs)).toBe(found);
  expect(withoutPause(arrivals, lagMs)).toBe(found);
});

it('a poll that is retried counts once, at its last try', () => {
  const polls = [0, 1_000, 1_300, 1_900, 2_900, 3_960, 4_900].map((at) => ({ at, connection: 1, status: 200 }));
  polls[1]!.status = polls[2]!.status = 502;
  expect(pollingTooFast.find(viewOf(polls), { operations: ['a'], every: 1_000 }).incidents).toEqual([]);
});

it.each<[string, number, number]>([
  ['as asked', 1_000, 0],
  ['faster', 300, 1],
  ['without a pause', 1, 1],
])('polls %s while the clock of the sandbox stands still', (_, ms, found) => {
  const still = entriesOf(every(ms, 3).map((at) => ({ at, connection: 1 }))).map((entry) => ({
    ...entry,
    ...{ at: START, sentAt: START, answeredAt: START },
  }));
  const view = createView(still, subject, { now: START, ended: true, lost: 0 });
  const { incidents } = pollingTooFast.find(view, { operations: ['a'], every: 1_000 });
  expect(incidents).toHaveLength(found);
});

it('a write whose answer was never sent has no known end', () => {
  const writes = [0, 5_000].map((at) => ({ at, left: at === 0 ? null : at + 1, connection: at, method: 'POST' }));
  expect(concurrentWrites.find(viewOf(writes), { methods: ['POST'], pause: 1_000 }).incidents).toEqual([]);
});

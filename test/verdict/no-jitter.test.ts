/** Clients that come back together, on machines that spread what was sent at the same moment. */
import { describe, expect, it } from 'vitest';
import { noJitter } from '../../src/verdict/checks/waits/no-jitter.js';
import { type Given, refused, START, viewOf } from './entries.js';

const DUE = 2_000;

/** One user each, refused at the same moment and told the same instant; they come back so long after it. */
function users(lateness: readonly number[], lagMs = 0): Given[] {
  const user = (i: number) => ({ connection: i + 1, userAgent: 'client', keyHash: `hash-${i}`, path: `/${i}` });
  return [
    ...lateness.map((_, i) => refused({ at: i, ...user(i) }, DUE)),
    ...lateness.map((late, i) => ({ at: DUE + late, ...user(i), arrived: { earliestAt: START + DUE + late, lagMs } })),
  ];
}

const evidence = (lateness: readonly number[], lagMs: number) =>
  noJitter.find(viewOf(users(lateness, lagMs)), { requests: 3, within: 10 });
const found = (lateness: readonly number[], lagMs = 0) => evidence(lateness, lagMs).incidents.map(({ says }) => says);
const undecided = (lateness: readonly number[], lagMs = 0) =>
  evidence(lateness, lagMs).undecided?.map(({ says }) => says);
const spread = (n: number, ms: number) => Array.from({ length: n }, (_, i) => Math.round((i * ms) / (n - 1)));

describe('clients that come back at the instant that they were told', () => {
  it('are found within a few milliseconds of each other', () => {
    expect(found([0, 4, 9])).toEqual(['3 refused requests came back within 9 ms of each other']);
    expect(found([0, 4, 19])).toEqual([]);
  });

  it('are found further apart, the more of them there are', () => {
    expect(found(spread(8, 45))).toEqual(['8 refused requests came back within 45 ms of each other']);
    expect(found(spread(6, 34))).toEqual(['6 refused requests came back within 34 ms of each other']);
    expect(found(spread(6, 49))).toEqual([]);
    expect(found(spread(40, 55))).toEqual([]);
  });

  it('are found later on a machine that lags', () => {
    expect(found(spread(8, 61))).toEqual([]);
    expect(found(spread(8, 61), 40)).toHaveLength(1);
    expect(found(spread(8, 150), 40)).toEqual([]);
  });

  it('are undecided where the machine lags so much that they may have been sent at the same moment', () => {
    expect(undecided(spread(8, 61))).toEqual([]);
    expect(undecided(spread(8, 61), 40)).toEqual([]);
    expect(found(spread(8, 120), 40)).toEqual([]);
    expect(undecided(spread(8, 120), 40)).toEqual([
      '8 refused requests came back within 120 ms of each other; the machine was so busy that it cannot be told whether they were sent at once',
    ]);
    expect(undecided(spread(8, 150), 40)).toEqual([]);
  });

  it('are not found where they were told different instants, and each comes on time', () => {
    const all = spread(8, 700).map((after, i) => ({
      after,
      user: { connection: i + 1, userAgent: 'client', keyHash: `hash-${i}`, path: `/${i}` },
    }));
    const view = viewOf([
      ...all.map(({ after, user }) => refused({ at: after, ...user, retryAfter: 2 }, DUE + after)),
      ...all.map(({ after, user }) => ({ at: DUE + after + 2, ...user })),
    ]);
    expect(noJitter.find(view, { requests: 3, within: 10 }).incidents).toEqual([]);
  });

  it('are not found where one of them comes later', () => {
    expect(found([...spread(7, 45), 80])).toEqual([]);
  });

  it('have jitter where they come within 150 ms, however many there are', () => {
    for (const n of [3, 5, 8, 12]) expect(found(spread(n, 150))).toEqual([]);
  });
});

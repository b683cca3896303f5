/** Clients that wait for a reset without having been refused, on machines that delay what they send. */
import { describe, expect, it } from 'vitest';
import { herdAtReset } from '../../src/verdict/checks/waits/herd-at-reset.js';
import { admitted, type Given, START, viewOf } from './entries.js';

const RESET = 2_000;

/** One user each, told that nothing is left; they send another request so long after the reset. @param keyOf the user of a request */
function users(lateness: readonly number[], lagMs: number, keyOf = (i: number) => `hash-${i}`): Given[] {
  const user = (i: number) => ({ connection: i + 1, userAgent: 'client', keyHash: keyOf(i), path: `/${i}` });
  const told = [{ policy: 'minute', remaining: 0, resetAt: START + RESET }];
  return [
    ...lateness.map((_, i) => ({ ...admitted({ at: i, left: i + 10, ...user(i) }), told })),
    ...lateness.map((late, i) =>
      admitted({ at: RESET + late, ...user(i), arrived: { earliestAt: START + RESET + late, lagMs } }),
    ),
  ];
}

const says = (lateness: readonly number[], lagMs: number, keyOf?: (i: number) => string) => {
  const view = viewOf(users(lateness, lagMs, keyOf));
  const { incidents, undecided } = herdAtReset.find(view, { requests: 3, within: 50 });
  return { found: incidents.map((one) => one.says), undecided: undecided?.map((one) => one.says) };
};

describe('clients that wait for a reset', () => {
  it('are found where they come at the reset', () => {
    expect(says([10, 30, 50], 0)).toEqual({
      found: ['3 requests that had waited for the reset came within 50 ms of it'],
      undecided: [],
    });
    expect(says([10, 30, 70], 40).found).toHaveLength(1);
  });

  it('are not found where they spread', () => {
    expect(says([100, 300, 500], 0)).toEqual({ found: [], undecided: [] });
    expect(says([100, 300, 500], 20)).toEqual({ found: [], undecided: [] });
  });

  it('are undecided where they are one client that may have read the answer to the first', () => {
    // The first is answered while the others are on their way.
    expect(says([5, 20, 30, 40], 0, () => 'hash')).toEqual({
      found: [],
      undecided: [expect.stringContaining('4 requests that had waited for the reset came within 40 ms of it')],
    });
  });

  it('are undecided where the machine may have spread them', () => {
    expect(says([80, 90, 130], 40)).toEqual({
      found: [],
      undecided: [
        '3 requests that had waited for the reset came within 130 ms of it; the machine was so busy that it cannot be told whether they were sent at once',
      ],
    });
  });
});

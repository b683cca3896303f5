/** The sliding window with counts ahead, where the clock has been set back: the wait that it tells is still the truth. */
import { describe, expect, it } from 'vitest';
import { slidingWindow } from '../../src/limits/algorithms/sliding-window.js';

const W = 60_000;
const params = { quota: 10, window: { kind: 'aligned', lengthMs: W, offsetMs: 0 }, settings: undefined } as const;

describe('retryAt', () => {
  const truth = (state: readonly number[], now: number) => {
    let at = now;
    while (!slidingWindow.decide(params, state, 1, at).allowed) at += 1;
    return at;
  };

  it.each([
    [[0, 10], 30_000],
    [[0, 10, W, 10], 30_000],
    [[0, 10, W, 10, 2 * W, 3], 30_000],
    [[0, 4, W, 8, 2 * W, 10], W + 100],
    [[0, 25, W, 2], 59_999],
    [[0, 7, W, 6], W],
  ])('is the first instant at which one more fits: %j at %i', (state, now) => {
    expect(slidingWindow.decide(params, state, 1, now).retryAt).toBe(truth(state, now));
  });

  it('is never where the cost is above the quota', () => {
    expect(slidingWindow.decide(params, [0, 1], 11, 10).retryAt).toBe(Number.POSITIVE_INFINITY);
    expect(slidingWindow.decide(params, undefined, 11, 10).retryAt).toBe(Number.POSITIVE_INFINITY);
  });
});

/** Refusals that state no wait, of a program whose callers back off beside each other. */
import { describe, expect, it } from 'vitest';
import { hammering } from '../../src/verdict/checks/waits/hammering.js';
import { type Given, refused, viewOf } from './entries.js';

/** How many series are found in the refusals of these callers. Each arrives at its times, with a request of its own. */
function found(...callers: readonly (readonly number[])[]): number {
  const all = callers.flatMap((times, n) =>
    times.map((at): Given => refused({ at, path: `/${n}`, connection: n + 1, left: at + 10 })),
  );
  return foundIn(all);
}

function foundIn(all: readonly Given[]): number {
  const view = viewOf([...all].sort((a, b) => a.at - b.at));
  return hammering.find(view, { refusals: 3, pause: 1_000 }).incidents.length;
}

describe('refusals without a stated wait', () => {
  it.each<[string, number[][], number]>([
    ['one caller that backs off', [[0, 250, 750, 1_750]], 0],
    [
      'two callers that back off',
      [
        [0, 250, 760],
        [2, 258, 765],
      ],
      0,
    ],
    [
      'two callers that back off with jitter, sometimes at almost the same time',
      [
        [0, 180, 700],
        [2, 210, 705, 1_690],
      ],
      0,
    ],
    ['five callers that back off', [0, 3, 5, 8, 12].map((at) => [at, at + 120, at + 370, at + 870]), 0],
    [
      'ten callers that wait for a fixed time, five times each',
      Array.from({ length: 10 }, (_, n) => [0, 70, 140, 210, 280].map((at) => 3 * n + at)),
      1,
    ],
    [
      'ten callers that back off, three times each',
      Array.from({ length: 10 }, (_, n) => [0, 70, 200].map((at) => 3 * n + at)),
      0,
    ],
    ['ten callers that retry once', Array.from({ length: 10 }, (_, n) => [0, 100].map((at) => 3 * n + at)), 0],
    ['one caller that does not wait', [[0, 12, 24, 36]], 1],
    [
      'two callers that do not wait',
      [[0, 1, 2, 3, 4, 5, 6, 7].map((n) => 12 * n), [0, 1, 2, 3, 4, 5, 6, 7].map((n) => 2 + 12 * n)],
      1,
    ],
    [
      'two callers that wait for a fixed time',
      [0, 40].map((at) => [0, 1, 2, 3, 4, 5, 6, 7].map((n) => at + 100 * n)),
      1,
    ],
    [
      'one caller that backs off beside one that does not wait',
      [
        [0, 250, 750],
        [2, 14, 26, 38, 50, 62],
      ],
      1,
    ],
  ])('%s', (_, callers, series) => {
    expect(Math.min(1, found(...callers))).toBe(series);
  });

  it('are not found where the request of a caller that backs off had failed before', () => {
    const refusals = [100, 350, 860].map((at) => [
      refused({ at, path: '/a', connection: 1, left: at + 5 }),
      refused({ at: at + 20, path: '/b', connection: 2, left: at + 25 }),
    ]);
    expect(foundIn([{ at: 0, path: '/b', connection: 2, status: 503 }, ...refusals.flat()])).toBe(0);
  });

  it('are found where each request is a new one', () => {
    const all = Array.from(
      { length: 8 },
      (_, n): Given => refused({ at: 60 * n, path: `/${n}`, connection: 1 + (n % 2) }),
    );
    expect(foundIn([...all, refused({ at: 1, path: '/other', connection: 3 })])).toBe(1);
  });
});

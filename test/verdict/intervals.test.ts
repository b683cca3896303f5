/** A union of intervals. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Intervals } from '../../src/verdict/intervals.js';

function unionOf(all: readonly (readonly [number, number])[]): Intervals {
  const union = new Intervals();
  for (const [from, to] of all) union.add(from, to);
  return union;
}

describe('a union of intervals', () => {
  it.each([
    ['nothing', [], 0],
    ['one', [[10, 30]], 20],
    [
      'two apart',
      [
        [10, 30],
        [40, 45],
      ],
      25,
    ],
    [
      'two that overlap',
      [
        [10, 30],
        [20, 45],
      ],
      35,
    ],
    [
      'two that touch',
      [
        [10, 30],
        [30, 45],
      ],
      35,
    ],
    [
      'one within another',
      [
        [10, 30],
        [15, 20],
      ],
      20,
    ],
    [
      'the same twice',
      [
        [10, 30],
        [10, 30],
      ],
      20,
    ],
    [
      'a bridge that comes last',
      [
        [10, 20],
        [30, 40],
        [15, 35],
      ],
      30,
    ],
    ['one that ends where it begins', [[10, 10]], 0],
    ['one that ends before it begins', [[30, 10]], 0],
  ] as const)('of %s', (_name, all, length) => {
    expect(unionOf(all).length).toBe(length);
  });

  it('goes on after it has been asked for its length', () => {
    const union = unionOf([[10, 20]]);
    expect(union.length).toBe(10);
    union.add(15, 30);
    expect(union.length).toBe(20);
  });

  it('and its copy do not change each other', () => {
    const union = unionOf([[10, 20]]);
    const copy = union.copy();
    copy.add(0, 100);
    union.add(20, 30);
    expect([union.length, copy.length]).toEqual([20, 100]);
    copy.add(100, 110);
    expect([union.length, copy.length]).toEqual([20, 110]);
  });

  it('is right for more than it keeps unmerged', () => {
    const union = unionOf(Array.from({ length: 25_000 }, (_, i) => [i * 2, i * 2 + 1] as const));
    expect(union.length).toBe(25_000);
    union.add(0, 50_000);
    expect(union.length).toBe(50_000);
  });

  it('covers as many milliseconds as are in any of them', () => {
    const interval = fc.tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 60 }));
    fc.assert(
      fc.property(fc.array(interval, { maxLength: 12 }), (all) => {
        const covered = Array.from({ length: 60 }, (_, ms) => all.some(([from, to]) => from <= ms && ms < to));
        expect(unionOf(all).length).toBe(covered.filter(Boolean).length);
      }),
      { numRuns: 200, seed: 429 },
    );
  });
});

/**
 * The bound on the memory of named sandboxes: how often it is looked at, and by what estimates.
 */
import { describe, expect, test } from 'vitest';
import { ByteBound, formatBytes } from '../../src/sandbox/memory/byte-bound.js';
import { bytesOf, bytesOfMany, bytesOfMap } from '../../src/state/bytes.js';

const MIB = 2 ** 20;

describe('the next look comes', () => {
  /** Requests until it is time to look. */
  const requests = (bound: ByteBound) => {
    for (let n = 1; ; n++) if (bound.isDue(false)) return n;
  };

  test.each([
    ['much room', 4_096, 0, 2_001],
    ['little room', 100, 90, 161],
    ['no room', 100, 200, 17],
  ])('after more requests with %s', (_what, most, taken, after) => {
    const bound = new ByteBound(most * MIB);
    bound.measured(taken * MIB);
    expect(requests(bound)).toBe(after);
  });

  test('sooner after new sandboxes and large bodies, and at once after what may be of any size', () => {
    const bound = new ByteBound(100 * MIB);
    bound.measured(0);
    bound.isDue(true);
    bound.grew(50 * MIB);
    expect(requests(bound)).toBe(1_600 - 16 - 1 - 800 + 1);
    bound.measured(0);
    bound.grew(Number.POSITIVE_INFINITY);
    expect(requests(bound)).toBe(1);
  });
});

test('by default it is half of what the heap may take', () => {
  expect(new ByteBound().max).toBeGreaterThan(16 * MIB);
});

describe('an estimate', () => {
  test.each([
    ['a text', 'x'.repeat(1_000), 1_000],
    ['numbers', new Float64Array(1_000), 8_000],
    ['a list of texts', Array.from({ length: 1_000 }, () => 'x'.repeat(100)), 100_000],
    ['an object with one large field', { a: 1, b: { c: ['x'.repeat(50_000)] } }, 50_000],
    ['a map', new Map([['a', 'x'.repeat(5_000)]]), 5_000],
    ['a set', new Set(['x'.repeat(5_000)]), 5_000],
    ['nothing', undefined, 0],
  ])('of %s counts what it holds', (_what, value, least) => {
    expect(bytesOf(value)).toBeGreaterThanOrEqual(least);
    expect(bytesOf(value)).toBeLessThan(2 * least + 500);
  });

  test('of many looks at some of them only', () => {
    let looks = 0;
    const one = () => {
      looks += 1;
      return 10;
    };
    expect(bytesOfMany(new Array(100_000).fill(0), 100_000, one)).toBe(1_000_000);
    expect(looks).toBeLessThan(100);
    expect(bytesOfMap(new Map())).toBe(0);
  });

  test('of something deep and wide ends soon', () => {
    const wide = (levels: number): unknown => Array.from({ length: 8 }, () => (levels === 0 ? 'x' : wide(levels - 1)));
    const value = wide(4);
    // 8^5 texts; not exact, but of that size.
    expect(bytesOf(value)).toBeGreaterThan(8 ** 5 * 5);
    expect(bytesOf(value)).toBeLessThan(8 ** 5 * 100);
  });
});

test('is told in words', () => {
  expect([1, 2_048, 1.5 * MIB, 300 * MIB].map(formatBytes)).toEqual(['1 KiB', '2 KiB', '1.5 MiB', '300 MiB']);
});

/** Numbers are written as the language writes them. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { digits } from '../../src/limits/render/digits.js';
import { runs } from '../properties/agree.js';

it('writes any number as String does', () => {
  const near = fc
    .integer({ min: 0, max: 15 })
    .chain((power) => fc.integer({ min: -2, max: 2 }).map((d) => 10 ** power + d));
  const numbers = fc.oneof(near, fc.maxSafeNat(), fc.integer(), fc.double());
  fc.assert(
    fc.property(numbers, (number) => {
      expect(digits(number)).toBe(String(number));
    }),
    runs(2_000),
  );
  for (const number of [
    0,
    -0,
    7,
    999,
    1_000,
    1_001,
    999_999,
    1_000_000,
    2 ** 53 - 1,
    2 ** 53,
    1e21,
    0.5,
    Number.NaN,
    Infinity,
  ])
    expect(digits(number)).toBe(String(number));
});

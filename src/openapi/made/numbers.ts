/**
 * Makes numbers within bounds.
 * @module
 */
import { isMultiple } from './evaluate.js';
import type { Facets } from './facets.js';
import { numberByName } from './names.js';

/** What a number is made for. */
export interface NumberWish {
  readonly isInteger: boolean;
  /** Name of the property. */
  readonly name: string;
  /** Different numbers make different values, where the bounds allow it. */
  readonly ordinal: number;
  /** Another number asks for another kind of value: a bound, a fraction, a negative number. */
  readonly variant: number;
}

/** A number within the bounds; `undefined` if none was found. @param isAllowed whether a candidate is valid apart from its bounds */
export function makeNumber(
  facets: Facets,
  wish: NumberWish,
  isAllowed: (value: number) => boolean,
): number | undefined {
  const fits = (value: number) =>
    Number.isFinite(value) &&
    value >= facets.minimum &&
    value <= facets.maximum &&
    value > facets.exclusiveMinimum &&
    value < facets.exclusiveMaximum &&
    (!wish.isInteger || Number.isInteger(value)) &&
    // Other validators compare in binary, where 19.99 is no multiple of 0.01.
    facets.multiples.every((one) => Number.isInteger(value / one)) &&
    isAllowed(value);
  const known = numberByName(wish.name, wish.isInteger);
  const natural = known === undefined ? 1 + wish.ordinal : known + wish.ordinal;
  const grid = onGrid(facets, wish);
  const others = [...grid, 0.5 + wish.ordinal, -1 - wish.ordinal, 1.5, 100, 0];
  const shifted =
    wish.variant === 0
      ? [natural, 1 + wish.ordinal, ...others]
      : [...others.slice(wish.variant % others.length), ...others, natural];
  return shifted.find(fits);
}

/** Values on the grid of the multiples near the bounds. */
function onGrid(facets: Facets, { isInteger, ordinal }: NumberWish): number[] {
  const { multiples } = facets;
  const low = Math.max(facets.minimum, facets.exclusiveMinimum);
  const high = Math.min(facets.maximum, facets.exclusiveMaximum);
  const step = stepOf(isInteger ? [1, ...multiples] : multiples);
  const values: number[] = [];
  const from = Number.isFinite(low) ? low : Number.isFinite(high) ? high : 0;
  if (step !== undefined) {
    const first = Number.isFinite(low)
      ? Math.ceil(low / step)
      : Number.isFinite(high)
        ? Math.floor(high / step) - 40
        : 1;
    // Some multiples are not exact in binary, so several are tried.
    for (let i = 0; i < 40; i++) values.push(decimal((first + ordinal + i) * step), (first + ordinal + i) * step);
    for (let i = 0; i < 40; i++) values.push(decimal((first + i) * step));
    if (Number.isFinite(high)) for (let i = 0; i < 3; i++) values.push(decimal((Math.floor(high / step) - i) * step));
  }
  if (Number.isFinite(low) && Number.isFinite(high)) {
    const width = high - low;
    values.push(
      ...[0.5, 0.25, 0.75, 0.1, 0.9].map((share) => low + width * share),
      ...[0.5, 0.25].map((share) => decimal(low + width * share)),
    );
    for (let i = 1; i < 20; i++) values.push(low + (width * ((ordinal % 1_000) + i)) / 1_021);
  }
  values.push(low, high, from + 1 + ordinal, from - 1 - ordinal, from + 0.5 + ordinal, from - 0.5);
  return values;
}

/** The least common multiple of some numbers, in decimal; `undefined` if there are none. */
function stepOf(numbers: readonly number[]): number | undefined {
  let step: number | undefined;
  for (const one of numbers) {
    if (step === undefined) step = one;
    else {
      const [a, b] = [step, one];
      // Multiples of the one are tried until one is a multiple of the other.
      let k = 1;
      while (k < 10_000 && !isMultiple(a * k, b)) k += 1;
      step = decimal(a * k);
    }
  }
  return step;
}

/** A number without the noise of binary arithmetic. */
function decimal(value: number): number {
  // Most are whole numbers, which have none, and rounding to digits takes long.
  return Number.isInteger(value) && Math.abs(value) < 1e15 ? value : Number(value.toPrecision(15));
}

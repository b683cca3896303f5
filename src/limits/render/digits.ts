/**
 * Decimal text of numbers that change with every request, such as the remaining units.
 *
 * V8 caches the results of `String(number)`. Texts that are used once would stay in that cache long enough to be promoted by the garbage collector.
 * @module
 */

const THREE = Array.from({ length: 1_000 }, (_, i) => String(i));
const PADDED = THREE.map((text) => text.padStart(3, '0'));

/** The same text as `String(value)`. */
export function digits(value: number): string {
  // The sign of -0 is left out, as `String` does.
  if (!(value >= 0 && value <= Number.MAX_SAFE_INTEGER && Math.floor(value) === value)) return String(value);
  if (value < 1_000) return THREE[value]!;
  const rest = value % 1_000;
  return digits((value - rest) / 1_000) + PADDED[rest]!;
}

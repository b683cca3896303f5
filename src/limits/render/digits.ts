/**
 * Numbers as they are written, for those of which there is another with every request (what remains, a request's number).
 *
 * The engine remembers what it has written of numbers, so that such texts, each needed once, live long enough to be moved about by the garbage collector.
 * @module
 */

const THREE = Array.from({ length: 1_000 }, (_, i) => String(i));
const PADDED = THREE.map((text) => text.padStart(3, '0'));

/** As `String` does. */
export function digits(value: number): string {
  // Zero has a sign, which `String` leaves out as well.
  if (!(value >= 0 && value <= Number.MAX_SAFE_INTEGER && Math.floor(value) === value)) return String(value);
  if (value < 1_000) return THREE[value]!;
  const rest = value % 1_000;
  return digits((value - rest) / 1_000) + PADDED[rest]!;
}

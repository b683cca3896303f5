/**
 * Estimates of how many bytes of memory values take: enough to tell what is large from what is small, and cheap, since of many alike only some are looked at.
 *
 * An estimate counts typed arrays by their bytes, strings by their characters, and objects and arrays by rough constants. What V8 shares between values (hidden
 * classes, the same string in two places) is counted each time.
 * @module
 */

/** Of an object or an array, besides its places. */
export const OBJECT_BYTES = 48;
/** Of a string, besides its characters, which take a byte each unless they are beyond Latin-1. */
export const STRING_BYTES = 24;
/** Of an entry of a map or a set: its places in the table. */
export const ENTRY_BYTES = 40;
/** Of a reference or a number in an object or an array. */
export const PLACE_BYTES = 8;

/** Of many values alike, so many are looked at, evenly spread. */
const SAMPLE = 32;
/** Of the places of an object or an array so many, by how deep it lies within the value; beyond that, the last. */
const SAMPLED = [64, 64, 16, 8, 4];
/** Values that are looked at within one, at most. */
const MAX_SAMPLES = 2_000;

/** Bytes of a string. */
export function bytesOfText(text: string): number {
  return STRING_BYTES + text.length;
}

/** Bytes of a value and what it holds. It must not hold itself. */
export function bytesOf(value: unknown): number {
  return estimate(value, 0, { left: MAX_SAMPLES });
}

/**
 * Bytes of many values alike, going by some of them.
 *
 * @param size how many there are
 * @param bytes of one; `bytesOf` when left out
 */
export function bytesOfMany<T>(values: Iterable<T>, size: number, bytes: (value: T) => number = bytesOf): number {
  if (size === 0) return 0;
  const step = Math.ceil(size / SAMPLE);
  let sum = 0;
  let looked = 0;
  let next = 0;
  for (const value of values) {
    if (next % step === 0) {
      sum += bytes(value);
      looked += 1;
    }
    next += 1;
  }
  return looked === 0 ? 0 : Math.round((sum / looked) * size);
}

/** Bytes of a map whose keys are strings. @param bytes of one of its values; `bytesOf` when left out */
export function bytesOfMap<T>(map: ReadonlyMap<string, T>, bytes: (value: T) => number = bytesOf): number {
  return bytesOfMany(map, map.size, ([key, value]) => ENTRY_BYTES + bytesOfText(key) + bytes(value));
}

/** Numbers from `from` to below `to`, of which so many are taken as a sample, evenly spread. */
export function* sampleOf(from: number, to: number): Generator<number> {
  const step = Math.max(1, (to - from) / SAMPLE);
  for (let at = from; at < to; at += step) yield Math.floor(at);
}

function estimate(value: unknown, depth: number, looks: { left: number }): number {
  looks.left -= 1;
  if (typeof value === 'string') return bytesOfText(value);
  if (typeof value !== 'object' || value === null) return 0;
  if (ArrayBuffer.isView(value)) return OBJECT_BYTES + value.byteLength;
  if (value instanceof Map) return OBJECT_BYTES + places([...value.entries()].flat(), depth, looks);
  if (value instanceof Set) return OBJECT_BYTES + places([...value], depth, looks);
  return OBJECT_BYTES + places(Array.isArray(value) ? value : Object.values(value), depth, looks);
}

/** Bytes of the places of an object or an array, and of what stands in them. */
function places(values: readonly unknown[], depth: number, looks: { left: number }): number {
  const { length } = values;
  const most = SAMPLED[Math.min(depth, SAMPLED.length - 1)]!;
  const step = Math.max(1, length / most);
  let sum = 0;
  let looked = 0;
  for (let at = 0; at < length && looks.left > 0; at += step) {
    sum += estimate(values[Math.floor(at)], depth + 1, looks);
    looked += 1;
  }
  return PLACE_BYTES * length + (looked === 0 ? 0 : (sum / looked) * length);
}

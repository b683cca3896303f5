/**
 * Estimates how many bytes of memory values take. The estimates are rough but cheap: of many similar values, only a sample is read.
 *
 * Typed arrays count their bytes, strings their characters, objects and arrays rough constants. What V8 shares between values (hidden classes, identical
 * strings) is counted each time.
 * @module
 */

/** Bytes of an object or an array, besides its slots. */
export const OBJECT_BYTES = 48;
/** Bytes of a string, besides its characters. Those are counted as one byte each, although characters beyond Latin-1 take two. */
export const STRING_BYTES = 24;
/** Bytes of an entry of a map or a set. */
export const ENTRY_BYTES = 40;
/** Bytes of a slot of an object or an array. */
export const SLOT_BYTES = 8;

/** How many of many similar values are sampled, evenly spread. */
const SAMPLE = 32;
/** How many slots of an object or an array are sampled, by its depth within the value; deeper ones use the last. */
const SAMPLED = [64, 64, 16, 8, 4];
/** The maximal number of samples within one value. */
const MAX_SAMPLES = 2_000;

/** Estimated bytes of a string. */
export function bytesOfText(text: string): number {
  return STRING_BYTES + text.length;
}

/** Estimated bytes of a value and everything it refers to. It must not be circular. */
export function bytesOf(value: unknown): number {
  return estimate(value, 0, { remaining: MAX_SAMPLES });
}

/**
 * Estimated bytes of many similar values, extrapolated from a sample.
 *
 * @param size how many there are
 * @param bytes estimates one; default: `bytesOf`
 */
export function bytesOfMany<T>(values: Iterable<T>, size: number, bytes: (value: T) => number = bytesOf): number {
  if (size === 0) return 0;
  const step = Math.ceil(size / SAMPLE);
  let sum = 0;
  let sampled = 0;
  let next = 0;
  for (const value of values) {
    if (next % step === 0) {
      sum += bytes(value);
      sampled += 1;
    }
    next += 1;
  }
  return sampled === 0 ? 0 : Math.round((sum / sampled) * size);
}

/** Estimated bytes of a map with string keys. @param bytes estimates one value; default: `bytesOf` */
export function bytesOfMap<T>(map: ReadonlyMap<string, T>, bytes: (value: T) => number = bytesOf): number {
  return bytesOfMany(map, map.size, ([key, value]) => ENTRY_BYTES + bytesOfText(key) + bytes(value));
}

/** A sample of the integers from `from` up to, but not including, `to`, evenly spread. */
export function* sampleOf(from: number, to: number): Generator<number> {
  const step = Math.max(1, (to - from) / SAMPLE);
  for (let at = from; at < to; at += step) yield Math.floor(at);
}

function estimate(value: unknown, depth: number, samples: { remaining: number }): number {
  samples.remaining -= 1;
  if (typeof value === 'string') return bytesOfText(value);
  if (typeof value !== 'object' || value === null) return 0;
  if (ArrayBuffer.isView(value)) return OBJECT_BYTES + value.byteLength;
  if (value instanceof Map) return OBJECT_BYTES + bytesOfSlots([...value.entries()].flat(), depth, samples);
  if (value instanceof Set) return OBJECT_BYTES + bytesOfSlots([...value], depth, samples);
  return OBJECT_BYTES + bytesOfSlots(Array.isArray(value) ? value : Object.values(value), depth, samples);
}

/** Estimated bytes of the slots of an object or an array, and of their values. */
function bytesOfSlots(values: readonly unknown[], depth: number, samples: { remaining: number }): number {
  const { length } = values;
  const max = SAMPLED[Math.min(depth, SAMPLED.length - 1)]!;
  const step = Math.max(1, length / max);
  let sum = 0;
  let sampled = 0;
  for (let at = 0; at < length && samples.remaining > 0; at += step) {
    sum += estimate(values[Math.floor(at)], depth + 1, samples);
    sampled += 1;
  }
  return SLOT_BYTES * length + (sampled === 0 ? 0 : (sum / sampled) * length);
}

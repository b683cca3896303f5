/**
 * Values as JSON can hold them. A number in a request's body may be too large for a number (`1e999` is read as Infinity), and JSON would make null of it.
 * @module
 */

/** Stands for a number that JSON cannot write: `{ "$number": "Infinity" }`. */
const NUMBER = '$number';
/** Stands for a map that would be taken for one of these two: `{ "$map": { … } }`. */
const MAP = '$map';

/** Levels of lists and maps. A body may have more than can be walked through without running out of stack. */
const MAX_JSON_LEVELS = 1_000;

/** Levels that a copy may have: `$map` adds one to a map. */
export const MAX_PLAIN_LEVELS = 2 * MAX_JSON_LEVELS;

type Json = Record<string, unknown>;

/** A copy that JSON can hold. What is undefined is left out, as JSON does, and a list or map below a thousand others is `null`. */
export function toPlain(value: unknown, levels = MAX_JSON_LEVELS): unknown {
  if (typeof value === 'number') return Number.isFinite(value) ? value : { [NUMBER]: String(value) };
  if (value === null || typeof value !== 'object') return value;
  if (levels === 0) return null;
  if (Array.isArray(value)) return value.map((one) => (one === undefined ? null : toPlain(one, levels - 1)));
  if ('toJSON' in value && typeof value.toJSON === 'function') return toPlain(value.toJSON(), levels);
  const plain = mapValues(value as Json, (one) => toPlain(one, levels - 1));
  return Object.hasOwn(plain, NUMBER) || Object.hasOwn(plain, MAP) ? { [MAP]: plain } : plain;
}

/** A copy of what `toPlain` made, as it was. */
export function fromPlain(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(fromPlain);
  const { [NUMBER]: number, [MAP]: map } = ownOnly(value as Json);
  if (typeof number === 'string') return Number(number);
  if (map !== null && typeof map === 'object') return mapValues(map as Json, fromPlain);
  return mapValues(value as Json, fromPlain);
}

function ownOnly(value: Json): Json {
  return Object.keys(value).length === 1 ? value : {};
}

function mapValues(map: Json, change: (value: unknown) => unknown): Json {
  const entries = Object.entries(map).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries.map(([key, value]) => [key, change(value)]));
}

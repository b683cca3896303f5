/**
 * Encodes values that JSON cannot represent. A request's body may contain a number out of range (`1e999` parses to Infinity), which JSON would turn into
 * `null`.
 * @module
 */

/** Marks a number that JSON cannot represent: `{ "$number": "Infinity" }`. */
const NUMBER = '$number';
/** Marks a map that contains one of the two marker keys: `{ "$map": { … } }`. */
const MAP = '$map';

/** Levels of lists and maps that are encoded. A body may be nested deeper than recursion could handle. */
const MAX_JSON_LEVELS = 1_000;

/** Levels of an encoded value: `$map` adds one to each map. */
export const MAX_PLAIN_LEVELS = 2 * MAX_JSON_LEVELS;

type Json = Record<string, unknown>;

/** Encodes a value. Omits `undefined`, as JSON does, and replaces lists and maps below 1,000 levels by `null`. */
export function toPlain(value: unknown, levels = MAX_JSON_LEVELS): unknown {
  if (typeof value === 'number') return Number.isFinite(value) ? value : { [NUMBER]: String(value) };
  if (value === null || typeof value !== 'object') return value;
  if (levels === 0) return null;
  if (Array.isArray(value)) return value.map((one) => (one === undefined ? null : toPlain(one, levels - 1)));
  if ('toJSON' in value && typeof value.toJSON === 'function') return toPlain(value.toJSON(), levels);
  const plain = mapValues(value as Json, (one) => toPlain(one, levels - 1));
  return Object.hasOwn(plain, NUMBER) || Object.hasOwn(plain, MAP) ? { [MAP]: plain } : plain;
}

/** Decodes a value that `toPlain` has encoded. */
export function fromPlain(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(fromPlain);
  const { [NUMBER]: number, [MAP]: map } = onlyEntry(value as Json);
  if (typeof number === 'string') return Number(number);
  if (map !== null && typeof map === 'object') return mapValues(map as Json, fromPlain);
  return mapValues(value as Json, fromPlain);
}

function onlyEntry(value: Json): Json {
  return Object.keys(value).length === 1 ? value : {};
}

function mapValues(map: Json, change: (value: unknown) => unknown): Json {
  const entries = Object.entries(map).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries.map(([key, value]) => [key, change(value)]));
}

/**
 * JSON values and JSON pointers (RFC 6901) as URI fragments: `#/components/schemas/Link`.
 * @module
 */

/** Any JSON value. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
/** A JSON object. */
export type JsonObject = { [key: string]: Json };

/** Whether a value is a JSON object. */
export function isObject(value: unknown): value is JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** Escapes a key for a JSON pointer. */
export function escapeKey(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}

/** The pointer of a path of keys. */
export function pointerOf(keys: readonly string[]): string {
  return keys.reduce((pointer, key) => `${pointer}/${escapeKey(key)}`, '#');
}

/** The keys of a pointer, unescaped. */
export function pointerKeys(pointer: string): string[] {
  return pointer
    .replace(/^#\/?/, '')
    .split('/')
    .filter((key, i) => i > 0 || key !== '')
    .map((key) => decodeKey(key).replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** The value below a key of an object or a list; `undefined` if there is none. Inherited properties do not count. */
export function child(value: Json | undefined, key: string): Json | undefined {
  if (value === null || typeof value !== 'object') return undefined;
  return Object.hasOwn(value, key) ? (value as JsonObject)[key] : undefined;
}

function decodeKey(key: string): string {
  try {
    return key.includes('%') ? decodeURIComponent(key) : key;
  } catch {
    return key;
  }
}

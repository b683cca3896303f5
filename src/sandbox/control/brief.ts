/**
 * Short forms of values, for error messages.
 * @module
 */

/** Characters. */
const LONGEST = 60;

/**
 * A value as JSON if that has at most 60 characters, else its kind: a truncated credential could not be recognised and masked. Reads no more of a large or deep
 * value than it shows. `undefined` is `nothing`.
 */
export function brief(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = start(value, LONGEST);
  return text.length > LONGEST ? kindOf(value) : text;
}

/** The kind of a value: `a string`, `a list`, `a JSON object`; `null`, `true` and `false` as they are. */
export function kindOf(value: unknown): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'a JSON object' : `a ${typeof value}`;
}

/** The JSON of a value if it has at most `room` characters, else a prefix of it that is longer than `room`. */
function start(value: unknown, room: number): string {
  if (typeof value === 'string') return JSON.stringify(value.length > room ? value.slice(0, room + 1) : value);
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  const isList = Array.isArray(value);
  // Avoid an array of all keys of a long list.
  const keys = isList ? value.slice(0, room).keys() : Object.keys(value);
  let text = isList ? '[' : '{';
  let first = true;
  for (const key of keys) {
    if (text.length > room) return text;
    if (!first) text += ',';
    first = false;
    if (!isList) text += `${start(key, room)}:`;
    text += start((value as Record<string | number, unknown>)[key], room - text.length);
  }
  return text + (isList ? ']' : '}');
}

/**
 * Values shown in errors.
 * @module
 */

const LONGEST = 60;

/**
 * As JSON where that has at most 60 characters, else what kind of value it is: a credential in a text that is cut could not be recognized. However large or deep the
 * value is, no more of it is looked at. `nothing`: there is none.
 */
export function brief(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = start(value, LONGEST);
  return text.length > LONGEST ? kindOf(value) : text;
}

/** `a string`, `a list`, `a JSON object`; `null`, `true` and `false` as they are. */
export function kindOf(value: unknown): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'a JSON object' : `a ${typeof value}`;
}

/** The whole text where that has at most `room` characters, else a longer start of it. */
function start(value: unknown, room: number): string {
  if (typeof value === 'string') return JSON.stringify(value.length > room ? value.slice(0, room + 1) : value);
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  const isList = Array.isArray(value);
  // The keys of a long list are not to be made only to be thrown away.
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

/**
 * Values shown in errors.
 * @module
 */

const LONGEST = 60;

/** As JSON, cut to 60 characters. However large or deep the value is, no more of it is looked at than is shown. `nothing`: there is none. */
export function brief(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = start(value, LONGEST);
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 3)}…` : text;
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

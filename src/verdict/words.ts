/**
 * Numbers and names in report sentences.
 * @module
 */
import { formatDuration } from '../limits/duration.js';
import type { Call } from './calls/call.js';

/**
 * Formats a duration: `412 ms`, `1 min 30 s`. Precision: whole milliseconds below a second, tenths of a second below a minute, whole seconds above.
 * @param ms milliseconds
 */
export function formatTime(ms: number): string {
  if (Math.round(ms) < 1_000) return formatDuration(Math.round(ms));
  return formatDuration(ms < 59_950 ? Math.round(ms / 100) * 100 : Math.round(ms / 1_000) * 1_000);
}

/** A number with its noun: `1 request`, `3 requests`. */
export function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}

/** Method and path without the query: `GET /v1/models`. */
export function requestLine({ entry: { method, path } }: Call): string {
  return `${method} ${pathOf(path)}`;
}

/** Returns the path without the query. */
export function pathOf(path: string): string {
  return path.split('?', 1)[0]!;
}

/**
 * Joins the names of different callers: `a and b`. Numbers those that look alike because they are masked: `key sk_… (1) and key sk_… (2)`. Returns the number of names,
 * `5 keys`, if there are more than three.
 */
export function joinNames(names: readonly string[], noun: string): string {
  if (names.length > 3) return count(names.length, noun);
  const told = names.map((name, i) => {
    if (names.indexOf(name) === names.lastIndexOf(name)) return name;
    return `${name} (${names.slice(0, i + 1).filter((other) => other === name).length})`;
  });
  return told.length === 1 ? told[0]! : `${told.slice(0, -1).join(', ')} and ${told.at(-1)}`;
}

/**
 * Numbers in sentences.
 * @module
 */
import { formatDuration } from '../limits/duration.js';

/** `1 min 30 s`, `412 ms`; whole milliseconds below a second, tenths of a second below a minute, whole seconds above. */
export function time(ms: number): string {
  if (ms < 1_000) return formatDuration(Math.round(ms));
  return formatDuration(ms < 60_000 ? Math.round(ms / 100) * 100 : Math.round(ms / 1_000) * 1_000);
}

/** `, 3 times`; nothing for once. */
export function times(all: readonly unknown[]): string {
  return all.length === 1 ? '' : `, ${all.length} times`;
}

/** `1 request`, `3 requests`. */
export function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}

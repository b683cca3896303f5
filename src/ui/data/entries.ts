/**
 * The journal entries that the page keeps, by id.
 * @module
 */
import type { JournalEntry } from './types.js';

/** Entries that the page keeps. */
export const MAX_ENTRIES = 4_000;

/** The journal rows of entries, where they are known. */
const rows = new WeakMap<JournalEntry, number>();

/** The number of a request: 17 of `17`, and of `t1-17` in a sandbox. */
export function requestNumber(id: string): number {
  return Number(id.slice(id.lastIndexOf('-') + 1));
}

/** Remembers the journal rows of entries. */
export function rememberRows(entries: readonly JournalEntry[], of: readonly number[]): void {
  for (const [i, entry] of entries.entries()) rows.set(entry, of[i]!);
}

/** Whether the journal has overwritten the row of an entry. @param oldest the oldest row that it still has */
export function isOverwritten(entry: JournalEntry, oldest: number): boolean {
  // Without delays, requests are written in the order of their numbers.
  return (rows.get(entry) ?? requestNumber(entry.id) - 1) < oldest;
}

/** Drops the entries that the journal has overwritten. @param oldest the oldest row that it still has */
export function dropOverwritten(entries: Map<string, JournalEntry>, oldest: number): void {
  if (oldest === 0) return;
  for (const [id, entry] of entries) if (isOverwritten(entry, oldest)) entries.delete(id);
}

/** Drops the entries of requests before a number. */
export function dropBefore(entries: Map<string, JournalEntry>, first: number): void {
  for (const id of entries.keys()) if (requestNumber(id) < first) entries.delete(id);
}

/** Adds entries, and drops the oldest above the maximum. */
export function addEntries(entries: Map<string, JournalEntry>, added: readonly JournalEntry[]): void {
  for (const entry of added) entries.set(entry.id, entry);
  if (entries.size <= MAX_ENTRIES) return;
  let surplus = entries.size - MAX_ENTRIES;
  for (const id of entries.keys()) {
    if (surplus-- <= 0) return;
    entries.delete(id);
  }
}

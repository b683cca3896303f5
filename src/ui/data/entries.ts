/**
 * The journal entries that the page keeps, by id.
 * @module
 */
import type { JournalEntry } from './types.js';

/** Entries that the page keeps. */
export const MAX_ENTRIES = 4_000;

/** Drops the entries before an id. */
export function dropBefore(entries: Map<string, JournalEntry>, first: number): void {
  for (const id of entries.keys()) if (Number(id) < first) entries.delete(id);
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

/**
 * The newest part of the journal: exact counts of all requests since a row, and the entries of some of them. Reading costs a little per row and much per entry,
 * so a reader that only needs a picture of the traffic reads few entries.
 * @module
 */
import type { JournalEntry } from '../../state/journal/entry.js';
import type { JournalStore } from '../../state/store.js';
import { entryOutcome, rowOutcome } from './row.js';

/** What a policy has refused. */
export interface PolicyRefusals {
  readonly profile: string;
  readonly policy: string;
  readonly refused: number;
}

/** The requests since a row. */
export interface JournalTail {
  /** The row that the next request will get: how many there have been. */
  readonly next: number;
  /** How many requests have been answered since. */
  readonly requests: number;
  /** Those that a policy refused, or that were answered 429. */
  readonly refused: number;
  /** Those answered 5xx, and those whose client did not get a whole answer. */
  readonly failed: number;
  /** Requests that the journal no longer has. They are in `requests`, and in no other count. */
  readonly lost: number;
  /** Refusals by policy. */
  readonly refusedBy: readonly PolicyRefusals[];
  /** Some of them, in the order in which they were answered. Refused and failed ones are preferred. */
  readonly entries: readonly JournalEntry[];
  /** The journal row of each of them. */
  readonly rows: readonly number[];
  /** How many requests are not in `entries`. */
  readonly omitted: number;
  /** The oldest row that the journal still has; `next` where it has none. */
  readonly oldest: number;
}

/** The share of the entries that refused and failed requests may take from the others. */
const NOTABLE_SHARE = 0.7;

/**
 * Reads the requests from a row on.
 *
 * @param after the row from which to read: the `next` of the tail before. A greater row than the newest belongs to an earlier process, and counts as 0.
 * @param limit the most entries
 */
export function readTail(journal: JournalStore, after: number, limit: number): JournalTail {
  const { ring } = journal;
  const { next } = ring;
  const from = after > next ? 0 : after;
  const oldest = Math.max(next - journal.total, next - Math.max(journal.capacity, 0), 0);
  const first = Math.max(from, oldest);
  const notable: number[] = [];
  const others: number[] = [];
  const refusedBy = new Map<string, { profile: string; policy: string; refused: number }>();
  let refused = 0;
  let failed = 0;
  for (let row = first; row < next; row++) {
    if (!ring.seek(row)) continue;
    const { profile, refusedBy: policy, isRefused, isFailed } = rowOutcome(ring) ?? entryOutcome(journal.entry(row)!);
    (isRefused || isFailed ? notable : others).push(row);
    if (isFailed) failed += 1;
    if (!isRefused) continue;
    refused += 1;
    if (policy === undefined) continue;
    const key = `${profile} ${policy}`;
    const known = refusedBy.get(key);
    if (known) known.refused += 1;
    else refusedBy.set(key, { profile, policy, refused: 1 });
  }
  const rows: number[] = [];
  const entries: JournalEntry[] = [];
  for (const row of selectRows(notable, others, limit)) {
    const entry = journal.entry(row);
    if (entry === undefined) continue;
    rows.push(row);
    entries.push(entry);
  }
  return {
    next,
    requests: next - from,
    refused,
    failed,
    lost: first - from,
    refusedBy: [...refusedBy.values()],
    entries,
    rows,
    omitted: next - from - entries.length,
    oldest,
  };
}

/** Selects rows, spread evenly in time. @returns ascending rows */
function selectRows(notable: readonly number[], others: readonly number[], limit: number): number[] {
  const least = Math.min(others.length, limit - Math.min(notable.length, Math.ceil(limit * NOTABLE_SHARE)));
  const chosen = [...spread(notable, limit - least), ...spread(others, least)];
  return chosen.sort((a, b) => a - b);
}

/** The given number of rows, evenly spaced; the newest is one of them. */
function spread(rows: readonly number[], count: number): number[] {
  if (rows.length <= count) return [...rows];
  return Array.from({ length: count }, (_, i) => rows[Math.floor(((i + 1) * rows.length) / count) - 1]!);
}

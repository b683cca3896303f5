/**
 * Filters of the journal: `GET /requests`, `mock.requests()` and `mock.waitForRequests()`.
 * @module
 */

import { parseDuration } from '../../limits/duration.js';
import type { JournalEntry } from '../../state/journal/entry.js';
import type { JournalStore } from '../../state/store.js';
import { parseInstant } from '../control/instants.js';
import { Problem } from '../control/problem.js';
import { shortHash } from '../masking/hashes.js';
import type { ProviderState } from '../provider-state.js';
import { checkOperation, findProviderState } from '../provider-states.js';

/** A filter. An entry matches if it matches every given field. */
export interface RequestFilter {
  /** A status, a class (`4xx`), or 0 for a connection that was closed without an answer. */
  readonly status?: number | string | undefined;
  /** The operationId. */
  readonly operation?: string | undefined;
  /** The id of the profile. */
  readonly profile?: string | undefined;
  /** The credential that the request had, in full. It is not stored. */
  readonly key?: string | undefined;
  /** The id of a request: only entries answered after it. Or an instant of the sandbox's clock (ISO 8601, or epoch ms): only entries that arrived then or later. */
  readonly since?: string | number | undefined;
  /** Only the newest `limit` entries. */
  readonly limit?: number | undefined;
}

/** A filter, and how long to wait for matching entries. */
export interface RequestWait extends RequestFilter {
  /** How many matching entries to wait for, those already there included; 1 by default. */
  readonly count?: number | undefined;
  /** The longest wait in real time: `5s`, or milliseconds. At most 60 s; 5 s by default. */
  readonly wait?: string | number | undefined;
}

/** A compiled filter. */
export interface JournalQuery {
  /** The matching entries, oldest first. */
  select(): JournalEntry[];
  /** How many entries match; ignores `limit`. */
  count(): number;
  /** Whether an entry matches; ignores an id in `since`. */
  fits(entry: JournalEntry): boolean;
}

/** The longest wait, in real milliseconds. */
export const MAX_WAIT_MS = 60_000;
const DEFAULT_WAIT_MS = 5_000;

/** Compiles a filter. @throws Problem if no entry could ever match it */
export function compileQuery(
  filter: RequestFilter,
  journal: JournalStore,
  providerStates: ReadonlyMap<string, ProviderState>,
): JournalQuery {
  const { operation, profile, since, limit } = filter;
  const status = statusTest(filter.status);
  const hash = filter.key === undefined ? undefined : shortHash(filter.key);
  if (profile !== undefined) findProviderState(providerStates, profile, 400);
  // The journal may have entries of operations that an edited document no longer has.
  if (operation !== undefined && !journal.entries().some((entry) => entry.operation === operation))
    checkOperation(providerStates, operation, profile, 'operation');
  if (limit !== undefined) checkCount(limit, 'limit', Number.POSITIVE_INFINITY);
  const instant = instantOf(since, journal);
  const fits = (entry: JournalEntry) =>
    status(entry.status) &&
    (operation === undefined || entry.operation === operation) &&
    (profile === undefined || entry.profile === profile) &&
    (hash === undefined || entry.keyHash === hash) &&
    (instant === undefined || entry.at >= instant);
  const all = () => {
    const entries = journal.entries();
    const known = instant === undefined ? entries.findIndex(({ id }) => id === since) : -1;
    return entries.slice(known + 1).filter(fits);
  };
  return { fits, select: () => all().slice(limit === undefined ? 0 : -limit), count: () => all().length };
}

/** The entry with that id. @throws Problem if the journal has none */
export function findEntry(journal: JournalStore, id: string): JournalEntry {
  const found = journal.entries().find((entry) => entry.id === id);
  if (found) return found;
  const detail = `the journal has no request "${id}", or no longer; GET /requests lists those it has, with their ids`;
  throw new Problem(404, 'unknown-request', detail, 'request');
}

/** Validates a wait: the number of entries, and real milliseconds. @throws Problem */
export function checkWait(
  { count = 1, wait = DEFAULT_WAIT_MS }: RequestWait,
  journal: JournalStore,
): { count: number; ms: number } {
  checkCount(count, 'count', journal.capacity);
  const ms = typeof wait === 'number' ? wait : parseDuration(wait);
  if (ms === undefined || !(ms >= 0 && ms <= MAX_WAIT_MS)) {
    const detail = `${JSON.stringify(wait)} is not a time to wait; write a duration of at most 60s, such as 5s or 500ms`;
    throw new Problem(400, 'bad-duration', detail, 'wait');
  }
  return { count, ms };
}

function checkCount(value: number, field: string, max: number): void {
  if (!Number.isInteger(value) || value < 1) {
    throw new Problem(400, 'bad-value', `${value} is not a number of requests; give a whole number from 1 up`, field);
  }
  if (value > max) {
    const detail = `the journal keeps ${max} requests, so ${value} will never be there; start with a larger journal size, or wait for fewer`;
    throw new Problem(400, 'bad-value', detail, field);
  }
}

function statusTest(status: RequestFilter['status']): (status: number) => boolean {
  if (status === undefined) return () => true;
  if (!/^(?:0|[1-5](?:\d\d|[xX]{2}))$/.test(String(status))) {
    const detail = `${JSON.stringify(status)} is not a status; write 429, or a class such as 4xx`;
    throw new Problem(400, 'bad-value', detail, 'status');
  }
  const pattern = new RegExp(`^${String(status).replace(/x/gi, '\\d')}$`);
  return (given) => pattern.test(String(given));
}

/** The instant in `since`; `undefined` if it is an id. Ids begin with the sandbox's name, which may look like a date. */
function instantOf(since: RequestFilter['since'], journal: JournalStore): number | undefined {
  if (since === undefined) return undefined;
  if (typeof since === 'number') return parseInstant(since, 'since');
  if (!/^\d{4}-\d\d-\d\d(?:T.*)?$/.test(since) || journal.entries().some(({ id }) => id === since)) return undefined;
  return parseInstant(since, 'since');
}

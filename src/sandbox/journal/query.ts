/**
 * Which entries of the journal somebody asks for.
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

/** Everything that is given must fit. */
export interface RequestFilter {
  /** A status, a class (`4xx`), or 0: answered by closing the connection. */
  readonly status?: number | string | undefined;
  readonly operation?: string | undefined;
  readonly profile?: string | undefined;
  /** The credential that was shown, in full; nothing keeps it. */
  readonly key?: string | undefined;
  /** The id of a request: what was answered after it. Or an instant by the sandbox's clock (ISO 8601; a number is epoch ms): what arrived then or later. */
  readonly since?: string | number | undefined;
  /** Only the newest so many. */
  readonly limit?: number | undefined;
}

export interface RequestWait extends RequestFilter {
  /** How many are to come, those counted that are there already; 1 when left out. */
  readonly count?: number | undefined;
  /** Longest to wait, in real time: `5s`, or milliseconds; at most 60 s, 5 s when left out. */
  readonly wait?: string | number | undefined;
}

export interface JournalQuery {
  /** Oldest first. */
  select(): JournalEntry[];
  /** How many there are, whatever the limit. */
  count(): number;
  fits(entry: JournalEntry): boolean;
}

export const MAX_WAIT_MS = 60_000;
const USUAL_WAIT_MS = 5_000;

/** @throws Problem when it could never fit */
export function compileQuery(
  filter: RequestFilter,
  journal: JournalStore,
  providerStates: ReadonlyMap<string, ProviderState>,
): JournalQuery {
  const { operation, profile, since, limit } = filter;
  const status = statusTest(filter.status);
  const hash = filter.key === undefined ? undefined : shortHash(filter.key);
  if (profile !== undefined) findProviderState(providerStates, profile, 400);
  // What a profile had before its document was edited may still be there.
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

/** The entry of that id. @throws Problem when there is none */
export function findEntry(journal: JournalStore, id: string): JournalEntry {
  const entry = journal.entries().find((one) => one.id === id);
  if (entry) return entry;
  const detail = `the journal has no request "${id}", or no longer; GET /requests lists those it has, with their ids`;
  throw new Problem(404, 'unknown-request', detail, 'request');
}

/** How many to wait for, and how long. @throws Problem */
export function checkWait(
  { count = 1, wait = USUAL_WAIT_MS }: RequestWait,
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

function checkCount(value: number, field: string, most: number): void {
  if (!Number.isInteger(value) || value < 1) {
    throw new Problem(400, 'bad-value', `${value} is not a number of requests; give a whole number from 1 up`, field);
  }
  if (value > most) {
    const detail = `the journal keeps ${most} requests, so ${value} will never be there; start with a larger journal size, or wait for fewer`;
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
  return (one) => pattern.test(String(one));
}

/** `undefined` where `since` is no instant but an id. Names of sandboxes may look like dates, and ids begin with them. */
function instantOf(since: RequestFilter['since'], journal: JournalStore): number | undefined {
  if (since === undefined) return undefined;
  if (typeof since === 'number') return parseInstant(since, 'since');
  if (!/^\d{4}-\d\d-\d\d(?:T.*)?$/.test(since) || journal.entries().some(({ id }) => id === since)) return undefined;
  return parseInstant(since, 'since');
}

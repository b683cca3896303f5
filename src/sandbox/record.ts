/**
 * What is written down of a request: the journal, the log, events.
 * @module
 */
import { formatDuration } from '../limits/duration.js';
import type { Skipped } from '../state/journal.js';
import type { Draft } from './answer.js';
import { maskQuery } from './credentials.js';
import type { Exchange } from './exchange-state.js';
import { rowNumbers, writeRow } from './journal-row.js';
import { retryTold } from './retry-told.js';
import type { World } from './world.js';

/** @param headers the answer's, as they are sent */
export function record(one: Exchange, draft: Draft, headers: Readonly<Record<string, string>>): void {
  const { core, world, request, refusal } = one;
  const { arrival } = request;
  const { idempotency, id: profile } = world.provider.profile;
  const { text: body } = arrival.body;
  const { rawQuery } = arrival;
  one.skipped = sameSkipped(world, one.skipped);
  const shown = {
    path: rawQuery === '' ? request.path : `${request.path}?${maskQuery(world, rawQuery, request.credential)}`,
    body,
    items: body === '' ? undefined : request.longestList,
    idempotencyKey: idempotency && request.header(idempotency.header),
    conditional: request.header('if-none-match') !== undefined,
    etag: headers['ETag'],
    retryAfter: retryTold(headers, one.instant.now),
    durationMs: core.clock.real() - one.realAt,
  };
  const row = core.journal.write(rowNumbers(one), (ring) => writeRow(ring, one, draft, shown));
  one.departure.row = row;
  if (refusal) {
    core.tally.refused += 1;
    const wait =
      refusal.seconds === undefined ? 'it will never fit' : `free in ${formatDuration(refusal.seconds * 1_000)}`;
    const line = `${profile}: ${request.method} ${request.path} refused by ${refusal.policy} (${draft.status}); ${wait}`;
    core.log('info', line);
  }
  core.emit(row);
}

/** The same policies had nothing to say, mostly: it is the same list then, and not one per request that is kept. */
function sameSkipped(world: World, skipped: readonly Skipped[]): readonly Skipped[] {
  const { lastSkipped } = world;
  if (lastSkipped.length === skipped.length && lastSkipped.every((one, i) => one === skipped[i])) return lastSkipped;
  world.lastSkipped = skipped;
  return skipped;
}

/**
 * What is written down of a request: the journal, the log, events.
 * @module
 */
import { formatDuration } from '../limits/duration.js';
import type { Draft } from './answer.js';
import { maskQuery, shortHash } from './credentials.js';
import type { Exchange } from './exchange-state.js';
import { KeptRequest, packNumbers } from './kept-request.js';
import { retryTold } from './retry-told.js';

const NONE: readonly never[] = [];

/** @param headers the answer's, as they are sent */
export function record(one: Exchange, draft: Draft, headers: Readonly<Record<string, string>>): KeptRequest {
  const { core, world, request, refusal } = one;
  const { arrival, credential } = request;
  const { id: profile, secretFacts } = world.provider;
  const { idempotency } = world.provider.profile;
  const { text: body } = arrival.body;
  const sentAt = one.instant.now;
  const numbers = packNumbers(
    {
      at: one.at,
      sentAt,
      realAt: one.realAt,
      durationMs: core.clock.real() - one.realAt,
      beganAt: one.beganAt,
      leftAt: one.leftAt,
      retryAfter: retryTold(headers, sentAt),
    },
    one.decisions,
    one.shown,
    (policy) => one.refunds?.get(policy) ?? 0,
  );
  const kept = new KeptRequest(
    {
      id: one.id,
      sandbox: core.name,
      profile,
      secretFacts,
      method: request.method,
      path:
        arrival.rawQuery === '' ? request.path : `${request.path}?${maskQuery(world, arrival.rawQuery, credential)}`,
      operation: request.operation,
      caller: request.caller,
      credential,
      status: draft.status,
      error: draft.error,
      refusedBy: refusal?.policy,
      asks: one.asks,
      skipped: one.skipped.length === 0 ? NONE : one.skipped,
      warnings: one.warnings,
      // A body is not kept, however short: it may be of any size, and nobody's business.
      bodyHash: body === '' ? undefined : shortHash(body),
      items: body === '' ? undefined : longestList(request.body),
      idempotencyKey: idempotency && request.header(idempotency.header),
      conditional: request.header('if-none-match') !== undefined,
      etag: headers['ETag'],
      cache: one.cacheState,
    },
    numbers,
  );
  core.journal.add(kept);
  if (refusal) {
    const wait =
      refusal.seconds === undefined ? 'it will never fit' : `free in ${formatDuration(refusal.seconds * 1_000)}`;
    const line = `${profile}: ${request.method} ${request.path} refused by ${refusal.policy} (${draft.status}); ${wait}`;
    core.log('info', line);
  }
  core.emit(kept);
  return kept;
}

function longestList(body: unknown): number | undefined {
  if (body === null || typeof body !== 'object' || Array.isArray(body)) return undefined;
  let longest: number | undefined;
  for (const value of Object.values(body)) {
    if (Array.isArray(value)) longest = Math.max(longest ?? 0, value.length);
  }
  return longest;
}

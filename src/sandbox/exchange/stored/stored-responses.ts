/**
 * How the response cache and idempotency keys store an answer: in a map that is bounded, the oldest entry evicted first.
 * @module
 */
import type { Success } from '../../../behaviours/behaviour.js';
import type { StoredResponse } from '../../provider-state.js';

/** The most entries of one map. */
const MAX_STORED = 10_000;

/** Stores an answer under a key, as the newest entry. `fingerprint` is what tells two requests with the same key apart. */
export function storeResponse(
  map: Map<string, StoredResponse>,
  key: string,
  reply: Success,
  now: number,
  fingerprint: string,
): void {
  map.delete(key);
  map.set(key, {
    status: reply.status,
    body: reply.body,
    contentType: reply.contentType,
    storedAt: now,
    fingerprint,
  });
  if (map.size > MAX_STORED) map.delete(map.keys().next().value!);
}

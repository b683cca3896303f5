/**
 * How the response cache and idempotency keys store an answer.
 * @module
 */
import type { Success } from '../../../behaviours/behaviour.js';
import type { ResponseStore } from '../../../state/store.js';

/** Stores a reply under a key, at `now` (epoch ms). The fingerprint distinguishes requests with the same key. */
export function storeResponse(
  store: ResponseStore,
  key: string,
  { status, body, contentType }: Success,
  now: number,
  fingerprint: string,
): void {
  store.set(key, { status, body, contentType, storedAt: now, fingerprint });
}

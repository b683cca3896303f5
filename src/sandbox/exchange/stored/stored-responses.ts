/**
 * How the response cache and idempotency keys store an answer.
 * @module
 */
import type { Success } from '../../../behaviours/behaviour.js';
import { contentKind } from '../../../openapi/media-type.js';
import type { ResponseStore } from '../../../state/store.js';

/** Stores a reply under a key, unless its content is bytes or a stream, at `now` (epoch ms). The fingerprint distinguishes requests with the same key. */
export function storeResponse(
  store: ResponseStore,
  key: string,
  { status, body, text, contentType, stream }: Success,
  now: number,
  fingerprint: string,
): void {
  if (stream !== undefined) return;
  if (text !== undefined && typeof text !== 'string') return;
  // JSON is written again from the value; any other content is kept as it was sent.
  const isJson = contentType === undefined || contentKind(contentType) === 'json';
  store.set(key, { status, body: isJson ? body : (text ?? body), contentType, storedAt: now, fingerprint });
}

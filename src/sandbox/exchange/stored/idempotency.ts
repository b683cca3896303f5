/**
 * Idempotency keys: a repeated key gets the stored answer, or a conflict, as the profile's `idempotency` section says.
 * @module
 */
import { hash } from 'node:crypto';
import { isFailure, type Reply } from '../../../behaviours/behaviour.js';
import type { ProviderState } from '../../provider-state.js';
import type { Request } from '../request.js';
import { storeResponse } from './stored-responses.js';

/** The answer to a repeated idempotency key, or the profile's conflict error; `undefined` if the key is new or expired, so the operation runs. */
export function replayIdempotent(
  providerState: ProviderState,
  request: Request,
  key: string,
  now: number,
): Reply | undefined {
  const stored = providerState.idempotency.get(key);
  if (!stored) return undefined;
  const { ttl, replay: mode, conflict } = providerState.provider.profile.idempotency!;
  const age = now - stored.storedAt;
  if (age < 0 || age >= ttl / providerState.provider.compress) {
    providerState.idempotency.delete(key);
    return undefined;
  }
  if (mode === 'conflict' || stored.fingerprint !== fingerprint(request)) return { error: conflict };
  return {
    status: stored.status,
    body: stored.body,
    ...(stored.contentType === undefined ? {} : { contentType: stored.contentType }),
  };
}

/** Stores a success under its idempotency key. A failure created nothing, so a retry runs the operation again. */
export function storeIdempotent(
  providerState: ProviderState,
  request: Request,
  key: string,
  reply: Reply,
  now: number,
): void {
  if (isFailure(reply) || reply.status >= 300) return;
  storeResponse(providerState.idempotency, key, reply, now, fingerprint(request));
}

/** The key under which the request's answer is stored: account and idempotency key. `undefined` if it sent none, or the operation ignores it. */
export function idempotencyKey(providerState: ProviderState, request: Request): string | undefined {
  const { idempotency } = providerState.provider.profile;
  if (!idempotency || request.operation === undefined || !idempotency.operations.includes(request.operation))
    return undefined;
  const given = request.header(idempotency.header);
  return given === undefined ? undefined : JSON.stringify([request.caller?.account, given]);
}

function fingerprint(request: Request): string {
  return hash('sha256', `${request.method} ${request.path}\n${JSON.stringify(request.body) ?? ''}`, 'base64');
}

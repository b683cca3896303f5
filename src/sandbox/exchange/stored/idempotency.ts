/**
 * Idempotency keys: a repeated key gets the stored answer, or a conflict, as the profile's `idempotency` section says.
 * @module
 */
import { hash } from 'node:crypto';
import { isFailure, type Reply } from '../../../behaviours/behaviour.js';
import { type HeaderFields, headerText } from '../../../limits/render/header-text.js';
import { compileTemplate, type Scope } from '../../../limits/render/template.js';
import { compileCondition } from '../../../limits/rules/matching.js';
import type { Profile } from '../../../profile/schema/schema.js';
import { memoiseWeakly } from '../../../runtime/memoise.js';
import type { ProviderState } from '../../provider-state.js';
import type { Draft } from '../answer.js';
import type { Request } from '../request.js';
import { storeResponse } from './stored-responses.js';

/** The profile's rules, compiled when a key is first used. */
const rules = memoiseWeakly(({ stores, headers }: NonNullable<Profile['idempotency']>) => ({
  stores: stores && compileCondition(stores),
  headers: compileTemplate(headers),
}));

/** The answer to a repeated idempotency key, or the profile's conflict error; `undefined` if the key is new or expired, so the operation runs. */
export function replayIdempotent(
  providerState: ProviderState,
  request: Request,
  key: string,
  scope: Scope,
  now: number,
): Reply | undefined {
  const stored = findStored(providerState, key, now);
  if (!stored) return undefined;
  const { replay: mode, conflict } = providerState.provider.profile.idempotency!;
  if (mode === 'conflict' || stored.fingerprint !== fingerprint(request)) return { error: conflict };
  return {
    status: stored.status,
    body: stored.body,
    headers: repeatedHeaders(providerState, scope, now),
    ...(stored.contentType === undefined ? {} : { contentType: stored.contentType }),
  };
}

/** The answer stored under a key, unless it is out of date. */
function findStored({ idempotency, provider }: ProviderState, key: string, now: number) {
  const stored = idempotency.get(key);
  if (!stored) return undefined;
  const age = now - stored.storedAt;
  if (age >= 0 && age < provider.profile.idempotency!.ttl / provider.compress) return stored;
  idempotency.delete(key);
  return undefined;
}

function repeatedHeaders({ provider }: ProviderState, scope: Scope, now: number): Readonly<HeaderFields> {
  const rendered = rules(provider.profile.idempotency!).headers.render(scope, now) as Record<string, unknown>;
  return Object.fromEntries(Object.entries(rendered).map(([name, value]) => [name, headerText(String(value))]));
}

/** Stores a success under its idempotency key, unless the profile says itself what is stored. A failure created nothing, so a retry runs the operation again. */
export function storeIdempotent(
  providerState: ProviderState,
  request: Request,
  key: string,
  reply: Reply,
  now: number,
): void {
  if (isFailure(reply) || reply.status >= 300 || providerState.provider.profile.idempotency?.stores) return;
  storeResponse(providerState.idempotency, key, reply, now, fingerprint(request));
}

/** Stores a response, failures and forced ones included, if the profile says that such responses are stored and there is none under its key yet. */
export function storeDraft(
  providerState: ProviderState,
  request: Request,
  { status, error, body, text, contentType }: Draft,
  now: number,
): void {
  const { idempotency } = providerState.provider.profile;
  if (!idempotency?.stores) return;
  const key = idempotencyKey(providerState, request);
  if (key === undefined || findStored(providerState, key, now)) return;
  if (!rules(idempotency).stores!(request, { status, error, body })) return;
  const sent = { status, body, ...(text === undefined ? {} : { text }), ...(contentType ? { contentType } : {}) };
  storeResponse(providerState.idempotency, key, sent, now, fingerprint(request));
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

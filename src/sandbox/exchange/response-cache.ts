/**
 * What some providers put around their operations: a cache on the server, entity tags, idempotency keys.
 * @module
 */
import { hash } from 'node:crypto';
import type { Reply, Success } from '../../behaviours/behaviour.js';
import { isFailure } from '../../behaviours/behaviour.js';
import type { StoredResponse, World } from '../provider-state.js';
import type { Request } from './request.js';

/** Entries beyond this go, oldest first. */
const MAX_STORED = 10_000;

export type CacheState = 'HIT' | 'MISS' | 'BYPASS';

export interface LookedUp {
  readonly state: CacheState;
  readonly stored?: StoredResponse;
}

const BYPASS: LookedUp = { state: 'BYPASS' };
const MISS: LookedUp = { state: 'MISS' };

/** What the provider's cache says of the request, and what it holds for it. */
export function lookUp(world: World, request: Request, now: number): LookedUp {
  const { cache } = world.provider.profile;
  const operation = request.operation;
  if (!cache || (operation !== undefined && cache.bypass.includes(operation))) return BYPASS;
  if (
    operation === undefined ||
    request.method !== 'GET' ||
    (cache.operations !== 'all' && !cache.operations.includes(operation))
  ) {
    return MISS;
  }
  const key = cacheKey(world, request);
  const stored = world.cache.get(key);
  if (!stored) return MISS;
  const age = now - stored.storedAt;
  // A response from the future (the clock was set back) is as good as none.
  if (age >= 0 && age < cache.ttl / world.provider.compress) return { state: 'HIT', stored };
  world.cache.delete(key);
  return MISS;
}

export function remember(world: World, request: Request, reply: Success, now: number): void {
  const { cache } = world.provider.profile;
  if (!cache || reply.status !== 200 || request.method !== 'GET' || request.operation === undefined) return;
  if (
    cache.bypass.includes(request.operation) ||
    (cache.operations !== 'all' && !cache.operations.includes(request.operation))
  )
    return;
  put(world.cache, cacheKey(world, request), reply, now, '');
}

function cacheKey(world: World, request: Request): string {
  return JSON.stringify([callerKey(world, request), request.path, request.arrival.rawQuery]);
}

function callerKey({ provider }: World, { caller }: Request): string | undefined {
  return (
    caller &&
    provider.profile.callers.credentials[caller.kind] &&
    caller.facts[provider.profile.callers.credentials[caller.kind]!.fact]
  );
}

/** Answers a repeated idempotency key; `undefined`: the operation is to run. */
export function replay(world: World, request: Request, key: string, now: number): Reply | undefined {
  const stored = world.idempotency.get(key);
  if (!stored) return undefined;
  const { ttl, replay: mode, conflict } = world.provider.profile.idempotency!;
  const age = now - stored.storedAt;
  if (age < 0 || age >= ttl / world.provider.compress) {
    world.idempotency.delete(key);
    return undefined;
  }
  if (mode === 'conflict' || stored.fingerprint !== fingerprint(request)) return { error: conflict };
  return {
    status: stored.status,
    body: stored.body,
    ...(stored.contentType === undefined ? {} : { contentType: stored.contentType }),
  };
}

/** Keeps a success for its idempotency key; a failure made nothing, so it may be tried again. */
export function keep(world: World, request: Request, key: string, reply: Reply, now: number): void {
  if (isFailure(reply) || reply.status >= 300) return;
  put(world.idempotency, key, reply, now, fingerprint(request));
}

/** What its answer is kept under, if the request has an idempotency key and the operation heeds it. */
export function idempotencyKey(world: World, request: Request): string | undefined {
  const { idempotency } = world.provider.profile;
  if (!idempotency || request.operation === undefined || !idempotency.operations.includes(request.operation))
    return undefined;
  const given = request.header(idempotency.header);
  return given === undefined ? undefined : JSON.stringify([request.caller?.account, given]);
}

function fingerprint(request: Request): string {
  return hash('sha256', `${request.method} ${request.path}\n${JSON.stringify(request.body) ?? ''}`, 'base64');
}

function put(map: Map<string, StoredResponse>, key: string, reply: Success, now: number, print: string): void {
  map.delete(key);
  map.set(key, {
    status: reply.status,
    body: reply.body,
    contentType: reply.contentType,
    storedAt: now,
    fingerprint: print,
  });
  if (map.size > MAX_STORED) map.delete(map.keys().next().value!);
}

/** The text that was asked about last, and its tag: who polls is mostly told the same again. */
let lastText = '';
let lastTag = tagOf('');
/** The tags of others, before they are forgotten all at once. */
const tags = new Map<string, string>();
let tagged = 0;
const MOST_TAGS = 1_000;
const MOST_TAGGED = 1_000_000;

export function entityTag(text: string): string {
  if (text !== lastText) {
    lastTag = tags.get(text) ?? newTag(text);
    lastText = text;
  }
  return lastTag;
}

function newTag(text: string): string {
  const tag = tagOf(text);
  if (text.length > MOST_TAGGED) return tag;
  tagged += text.length;
  if (tags.size === MOST_TAGS || tagged > MOST_TAGGED) {
    tags.clear();
    tagged = text.length;
  }
  tags.set(text, tag);
  return tag;
}

function tagOf(text: string): string {
  return `"${hash('sha256', text, 'base64url').slice(0, 27)}"`;
}

/** `If-None-Match`, compared weakly (RFC 9110 §13.1.2). */
export function matchesTag(ifNoneMatch: string | undefined, tag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  if (ifNoneMatch === tag || ifNoneMatch.trim() === '*') return true;
  return ifNoneMatch.split(',').some((one) => one.trim().replace(/^W\//, '') === tag);
}

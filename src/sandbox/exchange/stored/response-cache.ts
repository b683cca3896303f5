/**
 * The provider's server-side cache: answers to GET that it sends again while they are fresh. A profile's `cache` section turns it on.
 * @module
 */
import type { Success } from '../../../behaviours/behaviour.js';
import type { StoredResponse } from '../../../state/store.js';
import type { ProviderState } from '../../provider-state.js';
import type { Request } from '../request.js';
import { storeResponse } from './stored-responses.js';

/** The state of the provider's cache for a request, as its header reports it: answered from the cache, not in it, or not cacheable. */
export type CacheState = 'HIT' | 'MISS' | 'BYPASS';

/** The result of a lookup: the stored response comes with a `HIT`. */
export interface CacheLookup {
  readonly state: CacheState;
  readonly stored?: StoredResponse;
}

const BYPASS: CacheLookup = { state: 'BYPASS' };
const MISS: CacheLookup = { state: 'MISS' };

/** Looks a request up in the provider's cache, at `now` (epoch ms). An expired entry is deleted. */
export function lookUpResponse(providerState: ProviderState, request: Request, now: number): CacheLookup {
  const { cache } = providerState.provider.profile;
  const operation = request.operation;
  if (!cache || (operation !== undefined && cache.bypass.includes(operation))) return BYPASS;
  if (
    operation === undefined ||
    request.method !== 'GET' ||
    (cache.operations !== 'all' && !cache.operations.includes(operation))
  ) {
    return MISS;
  }
  const key = cacheKey(providerState, request);
  const stored = providerState.cache.get(key);
  if (!stored) return MISS;
  const age = now - stored.storedAt;
  // A response stored in the future (the clock was set back) does not count.
  if (age >= 0 && age < cache.ttl / providerState.provider.compress) return { state: 'HIT', stored };
  providerState.cache.delete(key);
  return MISS;
}

/** Stores the answer to a cacheable GET; does nothing for other requests. */
export function cacheResponse(providerState: ProviderState, request: Request, reply: Success, now: number): void {
  const { cache } = providerState.provider.profile;
  if (!cache || reply.status !== 200 || request.method !== 'GET' || request.operation === undefined) return;
  if (
    cache.bypass.includes(request.operation) ||
    (cache.operations !== 'all' && !cache.operations.includes(request.operation))
  )
    return;
  storeResponse(providerState.cache, cacheKey(providerState, request), reply, now, '');
}

function cacheKey(providerState: ProviderState, request: Request): string {
  return JSON.stringify([callerKey(providerState, request), request.path, request.arrival.rawQuery]);
}

function callerKey({ provider }: ProviderState, { caller }: Request): string | undefined {
  return (
    caller &&
    provider.profile.callers.credentials[caller.kind] &&
    caller.facts[provider.profile.callers.credentials[caller.kind]!.fact]
  );
}

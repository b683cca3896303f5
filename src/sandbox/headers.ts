/**
 * The headers of a provider's response. They tell the state at the moment of sending.
 * @module
 */
import type { Draft } from './answer.js';
import { type Exchange, standing } from './exchange-state.js';
import { rewriteRetryAfter } from './fault-actions.js';
import type { Fault } from './faults.js';

export function responseHeaders(
  one: Exchange,
  draft: Draft,
  tag: string | undefined,
  fault: Fault | undefined,
): Record<string, string> {
  const { core, world, request, told, scope } = one;
  const { provider } = world;
  const { requestId, profile } = provider;
  const now = core.clock.now();
  const headers: Record<string, string> = { Date: new Date(now).toUTCString() };
  // Paths that are none of the provider's get none of its headers.
  if (request.match !== undefined || provider.needsCaller(request.path)) {
    if (requestId?.header !== undefined) headers[requestId.header] = one.source.requestId()!;
    const { cache } = profile;
    if (cache && !cache.except.includes(draft.status)) headers[cache.header] = one.cacheState ?? cacheState(one);
  }
  if (tag !== undefined) headers['ETag'] = tag;
  const reports = standing(one);
  provider.writeHeaders(
    {
      report: (policy) => reports.get(policy),
      refused: told !== undefined,
      retryAfter: told?.seconds,
      retryAt: told?.at,
      facts: request,
      outcome: { status: draft.status, error: draft.error },
      now,
      scope,
    },
    headers,
  );
  Object.assign(headers, draft.headers, fault?.headers);
  if (fault?.retryAfter !== undefined) rewriteRetryAfter(headers, fault.retryAfter, told?.at, now);
  return headers;
}

/** What a cache that was not asked would have said. */
function cacheState({ world, request }: Exchange): 'BYPASS' | 'MISS' {
  const { operation } = request;
  return operation !== undefined && world.provider.profile.cache!.bypass.includes(operation) ? 'BYPASS' : 'MISS';
}

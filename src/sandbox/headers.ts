/**
 * The headers of a provider's response. They tell the state at the moment of sending.
 * @module
 */
import { httpDate } from '../limits/render/formats.js';
import { headerText } from '../limits/render/header-text.js';
import type { Draft } from './answer.js';
import type { Exchange } from './exchange-state.js';
import { rewriteRetryAfter } from './fault-actions.js';
import type { Fault } from './faults.js';

export function responseHeaders(
  one: Exchange,
  draft: Draft,
  tag: string | undefined,
  fault: Fault | undefined,
): Record<string, string> {
  const { world, request, told } = one;
  const { provider } = world;
  const { requestId, profile } = provider;
  const { now } = one.instant;
  const headers: Record<string, string> = { Date: httpDate(now) };
  // Paths that are none of the provider's get none of its headers.
  if (request.match !== undefined || provider.needsCaller(request.path)) {
    if (requestId?.header !== undefined) headers[requestId.header] = headerText(one.requestId!);
    const { cache } = profile;
    if (cache && !cache.except.includes(draft.status)) headers[cache.header] = one.cacheState ?? cacheState(one);
  }
  if (tag !== undefined) headers['ETag'] = tag;
  const reports = one.standing;
  provider.writeHeaders(
    {
      report: (policy) => reports.get(policy),
      refused: told !== undefined,
      retryAfter: told?.seconds,
      retryAt: told?.at,
      facts: request,
      outcome: { status: draft.status, error: draft.error },
      now,
      scope: (path) => one.scope(path),
      tell: ({ policy, remaining, resetAt }) => one.shown.push({ policy, remaining, resetAt }),
    },
    headers,
  );
  Object.assign(headers, draft.headers);
  if (fault?.headers) {
    // A fault may say anything in place of the truth.
    if (overlap(headers, fault.headers)) one.shown.length = 0;
    Object.assign(headers, fault.headers);
  }
  if (fault?.retryAfter !== undefined) rewriteRetryAfter(headers, fault.retryAfter, told?.at, now);
  return headers;
}

function overlap(some: Readonly<Record<string, string>>, others: Readonly<Record<string, string>>): boolean {
  const names = new Set(Object.keys(some).map((name) => name.toLowerCase()));
  return Object.keys(others).some((name) => names.has(name.toLowerCase()));
}

/** What a cache that was not asked would have said. */
function cacheState({ world, request }: Exchange): 'BYPASS' | 'MISS' {
  const { operation } = request;
  return operation !== undefined && world.provider.profile.cache!.bypass.includes(operation) ? 'BYPASS' : 'MISS';
}

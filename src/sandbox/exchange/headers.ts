/**
 * The headers of a provider's response. They tell the state at the moment of sending.
 * @module
 */
import { httpDate } from '../../limits/render/formats.js';
import { headerText } from '../../limits/render/header-text.js';
import type { Told } from '../../state/journal/entry.js';
import { rewriteRetryAfter } from '../faults/actions.js';
import type { Fault } from '../faults/faults.js';
import type { Draft } from './answer.js';
import type { Exchange } from './state.js';

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
      tell: ({ policy, remaining, resetAt }) => tellOnce(one, { policy, remaining, resetAt }),
      tellWait: (at) => one.tellWait(at),
      // Of a refusal, the reset of the policy that refused is a time to come back.
      tellReset: (policy, at) => {
        if (policy === one.refusal?.policy) one.tellWait(at);
      },
    },
    headers,
  );
  Object.assign(headers, draft.headers);
  if (fault?.headers) {
    // A fault may say anything in place of the truth.
    if (overlap(headers, fault.headers)) {
      one.shown.length = 0;
      one.comeBackAt = [];
    }
    Object.assign(headers, fault.headers);
  }
  if (fault?.retryAfter !== undefined) rewriteRetryAfter(headers, fault.retryAfter, told?.at, now);
  return headers;
}

/** Several headers may tell of the same policy. */
function tellOnce({ shown }: Exchange, told: Told): void {
  for (let i = 0; i < shown.length; i++) if (shown[i]!.policy === told.policy) return;
  shown.push(told);
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

/**
 * The headers of a provider's response. They report the state at the moment of sending.
 * @module
 */
import { dig } from '../../limits/facts.js';
import { httpDate } from '../../limits/render/formats.js';
import { type HeaderFields, headerText } from '../../limits/render/header-text.js';
import type { Scope } from '../../limits/render/template.js';
import type { ReportedQuota } from '../../state/journal/entry.js';
import { rewriteRetryAfter } from '../faults/actions.js';
import type { Fault } from '../faults/faults.js';
import type { Draft } from './answer.js';
import type { Exchange } from './state.js';

/** Renders the headers of a response. @param tag its entity tag, if it has one @param fault the fault that changes them, if there is one */
export function responseHeaders(
  exchange: Exchange,
  draft: Draft,
  tag: string | undefined,
  fault: Fault | undefined,
): HeaderFields {
  const { providerState, request, reportedWait } = exchange;
  const { provider } = providerState;
  const { requestId, profile } = provider;
  const { now } = exchange.instant;
  const own: Record<string, string> = { Date: httpDate(now) };
  const headers: HeaderFields = own;
  // A path that is not the provider's gets none of its headers.
  if (request.match !== undefined || provider.needsCaller(request.path)) {
    if (requestId?.header !== undefined) headers[requestId.header] = headerText(exchange.requestId!);
    const { cache } = profile;
    if (cache && !cache.except.includes(draft.status))
      headers[cache.header] = exchange.cacheState ?? cacheState(exchange);
  }
  if (tag !== undefined) headers['ETag'] = tag;
  const { statuses } = exchange;
  provider.writeHeaders(
    {
      status: (policy) => statuses.get(policy),
      refused: reportedWait !== undefined,
      retryAfter: reportedWait?.seconds,
      retryAt: reportedWait?.at,
      facts: request,
      outcome: { status: draft.status, error: draft.error, body: draft.body, elapsedMs: now - exchange.at },
      now,
      scope: headerScope(exchange, draft),
      reportQuota: ({ policy, remaining, resetAt }) => reportOnce(exchange, { policy, remaining, resetAt }),
      reportWait: (at) => exchange.reportWait(at),
      // The reset of the policy that refused is an instant to retry at.
      reportReset: (policy, at) => {
        if (policy === exchange.refusal?.policy) exchange.reportWait(at);
      },
      reportTold: (at) => {
        exchange.told = [...exchange.told, at];
      },
    },
    own,
  );
  Object.assign(headers, draft.headers);
  if (fault?.headers) {
    // A fault may override a header that reports a quota, so record nothing as reported.
    if (overlap(headers, fault.headers)) {
      exchange.reportedQuotas.length = 0;
      exchange.comeBackAt = [];
      exchange.told = [];
    }
    Object.assign(headers, fault.headers);
  }
  if (fault?.retryAfter !== undefined) rewriteRetryAfter(own, fault.retryAfter, reportedWait?.at, now);
  const tells = draft.error === undefined ? undefined : provider.errors.get(draft.error)?.tells;
  for (const tell of tells ?? []) {
    const at = tell({ body: draft.body, headers }, now);
    if (at !== undefined) exchange.told = [...exchange.told, at];
  }
  return headers;
}

/** The scope of header texts: that of all templates, with the refusal and the response. */
function headerScope(exchange: Exchange, draft: Draft): Scope {
  return (path) => {
    switch (path[0]) {
      case 'retryAfter':
        return exchange.reportedWait?.seconds;
      case 'retryAt':
        return exchange.reportedWait?.at;
      case 'status':
        return draft.status;
      case 'refusal':
        return dig(exchange.refusalFacts, path, 1);
      case 'response':
        return dig(draft.body, path, 1);
      default:
        return exchange.scope(path);
    }
  };
}

/** Records a reported quota. Several headers may report the same policy; the first counts. */
function reportOnce({ reportedQuotas }: Exchange, quota: ReportedQuota): void {
  for (let i = 0; i < reportedQuotas.length; i++) if (reportedQuotas[i]!.policy === quota.policy) return;
  reportedQuotas.push(quota);
}

function overlap(some: Readonly<HeaderFields>, others: Readonly<Record<string, string>>): boolean {
  const names = new Set(Object.keys(some).map((name) => name.toLowerCase()));
  return Object.keys(others).some((name) => names.has(name.toLowerCase()));
}

/** The cache state of a response for which the cache was not looked up. */
function cacheState({ providerState, request }: Exchange): 'BYPASS' | 'MISS' {
  const { operation } = request;
  return operation !== undefined && providerState.provider.profile.cache!.bypass.includes(operation)
    ? 'BYPASS'
    : 'MISS';
}

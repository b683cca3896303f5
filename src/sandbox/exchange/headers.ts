/**
 * The headers of a provider's response. They report the state at the moment of sending.
 * @module
 */
import { dig, type Outcome } from '../../limits/facts.js';
import { httpDate } from '../../limits/render/formats.js';
import { type HeaderFields, headerText } from '../../limits/render/header-text.js';
import type { HeaderContext, PolicyStatus } from '../../limits/render/headers.js';
import type { Scope } from '../../limits/render/template.js';
import { rewriteRetryAfter } from '../faults/actions.js';
import type { Fault } from '../faults/faults.js';
import type { Draft } from './answer.js';
import type { PolicyStatuses } from './policy-queries.js';
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
  provider.writeHeaders(new ResponseFacts(exchange, draft), own);
  Object.assign(headers, draft.headers);
  if (fault?.headers) {
    // A fault may override a header that reports a quota, so record nothing as reported.
    if (overlap(headers, fault.headers)) {
      exchange.reportNothing();
    }
    Object.assign(headers, fault.headers);
  }
  if (fault?.retryAfter !== undefined) rewriteRetryAfter(own, fault.retryAfter, reportedWait?.at, now);
  const tells = draft.error === undefined ? undefined : provider.errors.get(draft.error)?.tells;
  for (const tell of tells ?? []) {
    const at = tell({ body: draft.body, headers }, now);
    if (at !== undefined) exchange.reportTold(at);
  }
  return headers;
}

/** What the headers of a response are computed from. It records in the exchange what they report. A class: an object with closures would be made anew for each response. */
class ResponseFacts implements HeaderContext {
  readonly refused: boolean;
  readonly retryAfter: number | undefined;
  readonly retryAt: number | undefined;
  readonly facts: Exchange['request'];
  readonly outcome: Outcome;
  readonly now: number;
  readonly #exchange: Exchange;
  readonly #draft: Draft;
  readonly #statuses: PolicyStatuses;
  #scope: Scope | undefined;

  constructor(exchange: Exchange, draft: Draft) {
    const { reportedWait, request, instant, statuses } = exchange;
    const { status, error, body } = draft;
    this.#exchange = exchange;
    this.#draft = draft;
    this.#statuses = statuses;
    this.refused = reportedWait !== undefined;
    this.retryAfter = reportedWait?.seconds;
    this.retryAt = reportedWait?.at;
    this.facts = request;
    this.now = instant.now;
    this.outcome = { status, error, body, elapsedMs: instant.now - exchange.at };
  }

  /** The scope of header texts: that of all templates, with the refusal and the response. */
  get scope(): Scope {
    this.#scope ??= (path) => this.#read(path);
    return this.#scope;
  }

  status(policy: string): PolicyStatus | undefined {
    return this.#statuses.get(policy);
  }

  /** Records a reported quota. Several headers may report the same policy; the first counts. */
  reportQuota({ policy, remaining, resetAt }: PolicyStatus): void {
    const { reportedQuotas } = this.#exchange;
    for (let i = 0; i < reportedQuotas.length; i++) if (reportedQuotas[i]!.policy === policy) return;
    reportedQuotas.push({ policy, remaining, resetAt });
  }

  reportWait(at: number): void {
    this.#exchange.reportWait(at);
  }

  /** The reset of the policy that refused is an instant to retry at. */
  reportReset(policy: string, at: number): void {
    if (policy === this.#exchange.refusal?.policy) this.#exchange.reportWait(at);
  }

  reportTold(at: number): void {
    this.#exchange.reportTold(at);
  }

  #read(path: readonly string[]): unknown {
    switch (path[0]) {
      case 'retryAfter':
        return this.retryAfter;
      case 'retryAt':
        return this.retryAt;
      case 'status':
        return this.#draft.status;
      case 'refusal':
        return dig(this.#exchange.refusalFacts, path, 1);
      case 'response':
        return dig(this.#draft.body, path, 1);
      default:
        return this.#exchange.scope(path);
    }
  }
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

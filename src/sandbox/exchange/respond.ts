/**
 * Produces the response to an admitted request, before settlement: a fault, an error for unknown paths, a cached response, or the operation's behaviour.
 * @module
 */
import { isFailure } from '../../behaviours/behaviour.js';
import { compileSample, noSampleInWords, replyTo } from '../../behaviours/sample-reply.js';
import type { Policy } from '../../limits/policy.js';
import type { HeaderFields } from '../../limits/render/header-text.js';
import { findSample, isSample } from '../../openapi/response/sample.js';
import type { JobItem } from '../../state/resources/item.js';
import { type Fault, forcedError } from '../faults/faults.js';
import { maskedPath } from '../masking/path.js';
import type { Draft } from './answer.js';
import { currentStatus, renewQueries } from './policy-queries.js';
import { PREFERRED } from './prefer.js';
import { refusalFacts, refuse } from './refuse.js';
import { isReservedForJobs, reservedBucket, runOperation, transferToJobs } from './run-operation.js';
import { settleOnce } from './settle.js';
import { type Exchange, errorDraft } from './state.js';
import { storeDraft } from './stored/idempotency.js';
import { cacheResponse, lookUpResponse } from './stored/response-cache.js';

const NO_HEADERS: Readonly<HeaderFields> = {};
const NO_JOBS: readonly JobItem[] = [];

/** Drafts the response to a request, and stores it under its idempotency key if the profile says so. */
export function produceDraft(exchange: Exchange, fault: Fault | undefined): Draft {
  const draft = draftOf(exchange, fault);
  if (!exchange.refusal) storeDraft(exchange.providerState, exchange.request, draft, exchange.instant.now);
  return draft;
}

function draftOf(exchange: Exchange, fault: Fault | undefined): Draft {
  if (fault && (fault.status !== undefined || fault.body !== undefined || fault.drop)) return forced(exchange, fault);
  // A refusal that was delayed reports the current state.
  if (exchange.refusal) return refuse(exchange, exchange.admissions.at(-1)!);
  const { request, providerState } = exchange;
  if (request.bodyTooLarge) return errorDraft(exchange, providerState.provider.profile.answers.tooLarge);
  if (!request.match) return unmatched(exchange);
  const { state, stored } = lookUpResponse(providerState, request, exchange.instant.now);
  exchange.cacheState = state;
  if (stored) {
    const { status, body, contentType } = stored;
    return { status, body, constantBody: true, contentType, headers: {}, error: undefined };
  }
  const reply = runOperation(exchange, request.match);
  transferReservations(exchange, isFailure(reply) ? NO_JOBS : (reply.jobs ?? NO_JOBS));
  if (isFailure(reply)) {
    const { error, detail = {}, status } = reply;
    return errorDraft(exchange, error, { ...detail, detail }, status);
  }
  exchange.job = reply.job;
  const { now } = exchange.instant;
  cacheResponse(providerState, request, reply, now);
  if (reply.renew) exchange.onRenewed((body) => cacheResponse(providerState, request, { ...reply, body }, now));
  const { status, body, text, constantBody, contentType, headers = NO_HEADERS, entity, stream, renew } = reply;
  return { status, body, text, constantBody, contentType, headers, error: undefined, entity, stream, renew };
}

/** Whether the error answers refusals of the policy, other than those that can never be admitted. */
function isRefusedWith({ refusal }: Policy, name: string): boolean {
  return refusal.error === name || refusal.choices.some(({ error }) => error === name);
}

/** Transfers the units that the request reserved for jobs to the jobs it created, or releases them. */
export function transferReservations(exchange: Exchange, jobs: readonly JobItem[]): void {
  const { core, providerState, admissions } = exchange;
  for (const { decisions, lease } of admissions) {
    if (!decisions.some(isReservedForJobs)) continue;
    transferToJobs(core, providerState, decisions.flatMap(reservedBucket), lease, jobs);
    exchange.transferred = true;
  }
}

function unmatched(exchange: Exchange): Draft {
  const { core, request } = exchange;
  const { profile, router } = exchange.providerState.provider;
  const methods = router.methods(request.path);
  if (methods.length === 0) {
    const nearest = router.nearest(request.method, request.path);
    const path = maskedPath(exchange.providerState, request);
    core.log('info', `${profile.id}: no operation for ${request.method} ${path}; nearest: ${nearest.join(', ')}`);
    return errorDraft(exchange, profile.answers.notFound, { nearest: nearest.length === 0 ? undefined : nearest });
  }
  if (request.method === 'OPTIONS') {
    const headers = { Allow: [...methods, 'OPTIONS'].join(', ') };
    return { status: 204, body: undefined, contentType: undefined, headers, error: undefined };
  }
  core.log(
    'info',
    `${profile.id}: ${maskedPath(exchange.providerState, request)} takes ${methods.join(', ')}, not ${request.method}`,
  );
  const draft = errorDraft(exchange, profile.answers.methodNotAllowed, { allow: methods });
  return { ...draft, headers: { ...draft.headers, Allow: methods.join(', ') } };
}

/** Drafts the answer of a fault. A dropped connection has status 0 in the journal, so that no rule makes it free. */
function forced(exchange: Exchange, { id, drop, status = drop ? 0 : 200, body }: Fault): Draft {
  // The fault replaces the refusal, so discard the refusal's wait.
  exchange.reportedWait = undefined;
  transferReservations(exchange, []);
  if (body !== undefined) {
    const contentType = typeof body === 'string' ? 'text/plain; charset=UTF-8' : undefined;
    return { status, body, contentType, headers: {}, error: undefined };
  }
  const isPreferred = id === PREFERRED;
  if (status >= 400 && !(isPreferred && showsDocumented(exchange, status))) return forcedFailure(exchange, status);
  return (
    sampleDraft(exchange, status, isPreferred) ?? {
      status,
      body: undefined,
      contentType: undefined,
      headers: {},
      error: undefined,
    }
  );
}

/** Whether the documented response is sent for a status that a client prefers: if it asks for a sample of it, or if the profile has no error with the status. */
function showsDocumented({ providerState, request, preference }: Exchange, status: number): boolean {
  const { document, errors, alone } = providerState.provider;
  const { match } = request;
  if (!match || !isSample(findSample(document, match.operation, { ...preference, status }))) return false;
  if (preference !== undefined || alone) return true;
  return ![...errors.values()].some((error) => error.status === status && error.when(request));
}

/** Drafts the document's sample with a status; `undefined` if there is none. */
function sampleDraft(exchange: Exchange, status: number, isPreferred: boolean): Draft | undefined {
  const { core, request, providerState, preference } = exchange;
  const { document, library, id } = providerState.provider;
  const { match } = request;
  if (!match) return undefined;
  const { strictExamples } = library;
  const accept = request.header('accept');
  const wanted = isPreferred ? { ...preference, status, strictExamples } : { status, strictExamples };
  const result = findSample(document, match.operation, { ...wanted, accept });
  const fallback = isSample(result) ? result : findSample(document, match.operation, { status, strictExamples });
  if (!isSample(result)) {
    const asked = {
      'no-response': String(status),
      'no-example': preference?.example ?? '',
      'not-acceptable': accept ?? '',
    };
    core.log(
      'info',
      `${id}: ${noSampleInWords(match.operation, result.problem, result.instead, asked[result.problem])}`,
    );
    if (result.problem === 'no-example') return forcedFailure(exchange, 404);
  }
  if (!isSample(fallback)) return undefined;
  const reply = replyTo(compileSample(fallback, library), { facts: request, scope: exchange.scope });
  const { body, text, contentType, headers = NO_HEADERS } = reply;
  return { status, body, text, constantBody: true, contentType, headers, error: undefined };
}

function forcedFailure(exchange: Exchange, status: number): Draft {
  const { providerState, request, buckets } = exchange;
  const { name } = forcedError(providerState.provider, status, request, exchange.queries);
  // Settle first, so that a body that reports the quota agrees with its headers.
  settleOnce(exchange, { status, error: name });
  const queries = renewQueries(providerState, request, exchange.queries);
  const i = queries.findIndex(({ policy }) => isRefusedWith(policy, name));
  if (i < 0) return errorDraft(exchange, name, undefined, status);
  // No quota has run out, so there is no real wait. One second is the least that a refusal reports.
  exchange.reportedWait = { seconds: 1, at: exchange.instant.now + 1_000 };
  const query = queries[i]!;
  const refusal = refusalFacts(query, currentStatus(buckets, query, exchange.instant.now));
  exchange.refusalFacts = refusal;
  return errorDraft(exchange, name, { refusal, retryAfter: 1, retryAt: exchange.reportedWait.at }, status);
}

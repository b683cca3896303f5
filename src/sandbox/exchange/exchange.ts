/**
 * Handles one request from start to end: caller, operation, admission, behaviour, settlement, rendering, journal.
 *
 * Steps that need not wait run in one synchronous turn, so that no other request comes between an admission and the headers that report it.
 * @module
 */

import type { ReplyStream } from '../../behaviours/streams/reply-stream.js';
import { admit, type Decision, release } from '../../limits/engine.js';
import { holderOf, type Phase } from '../../limits/policy.js';
import { expectedCredential } from '../../profile/callers/expected.js';
import { workBegins } from '../../runtime/current-work.js';
import type { Skipped } from '../../state/journal/entry.js';
import { type Core, type Departure, instantOf, type Port } from '../core.js';
import { bytesSent } from '../faults/actions.js';
import type { Fault } from '../faults/faults.js';
import { record } from '../journal/record.js';
import { unansweredEntry } from '../journal/row.js';
import type { ProviderState } from '../provider-state.js';
import { type Answer, bodyText, type Draft, isBodiless } from './answer.js';
import { responseHeaders } from './headers.js';
import { collectQueries } from './policy-queries.js';
import { preferredFault, preferredSample } from './prefer.js';
import { refuse } from './refuse.js';
import type { Arrival } from './request.js';
import { produceDraft, transferReservations } from './respond.js';
import { countCall, settleOnce } from './settle.js';
import { Exchange, errorDraft } from './state.js';
import { entityTag, matchesTag } from './stored/entity-tags.js';
import { AnswerStream, cutOf } from './streaming/answer-stream.js';
import { unidentifiedInWords } from './unidentified.js';

/**
 * Handles a request: at once, or after a delay on the sandbox's clock if a limit or a fault delays it.
 *
 * @param isPart whether another request contains it
 */
export function handleRequest(
  core: Core,
  providerState: ProviderState,
  arrival: Arrival,
  port: Port,
  isPart = false,
): Answer | Promise<Answer> {
  const exchange = new Exchange(core, providerState, arrival, port);
  if (!isPart) exchange.handlePart = handleRequest;
  const { departure } = exchange;
  port.track?.(departure, exchange.id);
  port.onDone(() => recordDeparture(core, departure, port));
  const { match, path } = exchange.request;
  const { provider } = providerState;
  const needsCaller = match ? provider.readsCredentials(match.operation) : provider.needsCaller(path);
  const refusalDraft =
    queryPolicies(exchange, 'arrival') ??
    (needsCaller ? (identify(exchange) ?? queryCallerPolicies(exchange)) : undefined);
  // A request without access meets no fault; a refused one meets only faults with `onRefusals`.
  const fault = refusalDraft && !exchange.refusal ? undefined : findFault(exchange);
  if (refusalDraft && !fault) return finish(exchange, refusalDraft);
  if (!refusalDraft) countCall(exchange);
  // The limit's delay comes first, then the fault's. A refusal is not delayed by a limit.
  const delayMs = (refusalDraft ? 0 : exchange.delayMs) + (fault?.delayMs ?? 0);
  if (delayMs === 0) return finish(exchange, produceDraft(exchange, fault), fault);
  return wait(exchange, fault, delayMs);
}

/** Identifies the caller. @returns an error response if a valid credential is lacking, or the caller's plan is denied access */
function identify(exchange: Exchange): Draft | undefined {
  const { request, providerState } = exchange;
  const { provider, accounts, resources } = providerState;
  const identified = provider.identify(request, request.match?.operation, accounts, resources.credentials);
  request.credential = identified.key;
  if ('error' in identified) {
    exchange.core.log('info', unidentifiedInWords(exchange, identified.error, identified.key));
    const security = request.match?.operation.security;
    return errorDraft(exchange, identified.error, {
      // A getter, because only some templates say it.
      get credential() {
        return expectedCredential(provider.profile, security);
      },
    });
  }
  // An operation whose credential is optional takes requests without one. The policies of callers apply to them if the profile describes anonymous callers.
  if (identified.caller === undefined) return undefined;
  request.caller = identified.caller;
  const denied = provider.profile.plans[identified.caller.plan]?.denied;
  return denied === undefined ? undefined : errorDraft(exchange, denied);
}

/** Queries the policies that apply to callers, if there is one. @returns the response if one of them refuses */
function queryCallerPolicies(exchange: Exchange): Draft | undefined {
  return exchange.request.caller === undefined ? undefined : queryPolicies(exchange, 'caller');
}

/** Queries the policies of a phase. @returns the response if one of them refuses */
function queryPolicies(exchange: Exchange, phase: Phase): Draft | undefined {
  const skipped: Skipped[] = [];
  const queries = collectQueries(exchange.providerState, exchange.request, phase, skipped);
  if (skipped.length > 0) exchange.skipped = [...exchange.skipped, ...skipped];
  if (queries.length === 0) return undefined;
  const admission = admit(exchange.buckets, queries, exchange.instant, exchange.id);
  exchange.addAdmission(queries, admission);
  if (!admission.allowed) return refuse(exchange, admission);
  if (admission.decisions.some(holdsUntilSent)) {
    const leases = { ...admission, decisions: admission.decisions.filter(holdsUntilSent) };
    const { core, buckets } = exchange;
    // Release the lease once the response has been sent. The buckets are those of the request: after a reset there is nothing to release.
    exchange.port.onDone(() => release(buckets, leases, instantOf(core)), true);
  }
  return undefined;
}

function holdsUntilSent({ charged, query: { policy } }: Decision): boolean {
  return charged > 0 && holderOf(policy) === 'request';
}

function recordDeparture(core: Core, departure: Departure, { lost }: Port): void {
  const leftAt = lost ? null : core.clock.precise();
  departure.leftAt = leftAt;
  departure.answeredAt = lost || core.clock.isFrozen ? null : core.clock.now();
  if (departure.row !== undefined) core.journal.left(departure.row, { leftAt, answeredAt: departure.answeredAt });
}

function findFault(exchange: Exchange): Fault | undefined {
  const { core, providerState, request, refusal } = exchange;
  if (core.faults.none) return refusal || !core.prefer ? undefined : preferred(exchange);
  const { caller } = request;
  const { profile, id } = providerState.provider;
  const fact = caller && profile.callers.credentials[caller.kind]?.fact;
  const key = fact === undefined ? undefined : caller!.facts[fact];
  const refused = refusal !== undefined;
  const fault = core.faults.take({ profile: id, facts: request, key, refused });
  return fault ?? (refused || !core.prefer ? undefined : preferred(exchange));
}

/** Reads what the client prefers. @returns a fault for the status that it asks for */
function preferred(exchange: Exchange): Fault | undefined {
  const prefer = exchange.request.header('prefer');
  if (prefer === undefined) return undefined;
  exchange.preference = preferredSample(prefer);
  return preferredFault(prefer);
}

/** The journal's draft for a request whose client closed the connection before the answer. */
const CLIENT_GONE: Draft = { status: 0, contentType: undefined, headers: {}, body: undefined, error: undefined };

/** Keeps the request in flight for `delayMs` on the sandbox's clock, then answers it. */
function wait(exchange: Exchange, fault: Fault | undefined, delayMs: number): Promise<Answer> {
  const { core, inFlight, request, id, at: since } = exchange;
  return new Promise((resolve, reject) => {
    const until = since + delayMs;
    const sent = new Promise<void>((resolveSent) => exchange.port.onDone(resolveSent));
    // A finished request must not touch its id: after a restore, another request may have the same one.
    let over = false;
    const cancel = core.clock.at(until, () => {
      over = true;
      workBegins(exchange);
      exchange.renew(instantOf(core));
      try {
        const answer = finish(exchange, produceDraft(exchange, fault), fault);
        resolve(answer);
        // A stream takes time on the same clock, so whoever advances the clock must not wait for its end.
        return answer.stream === undefined ? sent : undefined;
      } catch (error) {
        inFlight.delete(id);
        reject(error);
        return sent;
      }
    });
    const abort = () => {
      if (over) return;
      over = true;
      cancel();
      inFlight.delete(id);
      // Release what was reserved for jobs, because none will be created. If a job exists, it holds the units already.
      transferReservations(exchange, []);
      resolve({ status: 503, headers: {}, body: null, drop: true });
    };
    const { method, path, operation, caller, credential } = request;
    const facts = caller?.facts ?? {};
    inFlight.set(id, {
      id,
      method,
      path,
      operation,
      caller: facts,
      credential,
      since,
      until,
      abort,
      entry: () => unansweredEntry(exchange),
    });
    // The client is gone. The charge stays.
    exchange.port.onDone(() => {
      if (over) return;
      abort();
      exchange.renew(instantOf(core));
      record(exchange, CLIENT_GONE, {}, 'gone');
    });
  });
}

/** Finishes a draft: entity tag, settlement, headers, journal. */
function finish(exchange: Exchange, draft: Draft, fault?: Fault): Answer {
  const { request } = exchange;
  if (draft.stream !== undefined) {
    if (request.method !== 'HEAD' && !isBodiless(draft.status))
      return startStream(exchange, draft, draft.stream, fault);
    // No body is sent, so nothing takes time.
    draft.body = draft.stream.bodyAfter(Number.POSITIVE_INFINITY);
    draft.text = '';
  }
  const tagged = fault?.drop ? false : isTagged(exchange, draft, fault);
  let text = tagged && !draft.entity ? (bodyText(draft) ?? undefined) : undefined;
  let tag = tagged ? entityTag(taggedText(draft.entity ? JSON.stringify(draft.entity()) : text)) : undefined;
  if (tag !== undefined && matchesTag(request.header('if-none-match'), tag)) {
    draft.status = 304;
    text = undefined;
  }
  settleOnce(exchange, draft);
  if (draft.renew && (exchange.refunds || exchange.transferred) && draft.body !== undefined) {
    // The body was made before settlement. Its figures must be those of the headers.
    exchange.renew();
    draft.body = draft.renew();
    for (const renewed of exchange.renewals) renewed(draft.body);
    text = undefined;
    if (tag !== undefined && !draft.entity && draft.status !== 304) tag = entityTag(taggedText(bodyText(draft) ?? ''));
  }
  if (fault || exchange.delayMs > 0) exchange.inFlight.delete(exchange.id);
  if (fault?.drop) {
    record(exchange, draft, {}, 'dropped');
    return { status: draft.status, headers: {}, body: null, drop: true };
  }
  if (!isBodiless(draft.status)) text ??= bodyText(draft) ?? undefined;
  const headers = responseHeaders(exchange, draft, tag, fault);
  const bodiless = isBodiless(draft.status) || text === undefined;
  if (!bodiless) headers['Content-Type'] ??= draft.contentType ?? 'application/json';
  const body = bodiless ? null : text!;
  const cutAfter = body === null || fault?.truncateBody === undefined ? undefined : bytesSent(body, fault.truncateBody);
  const isCut = cutAfter !== undefined && cutAfter < Buffer.byteLength(body!) && request.method !== 'HEAD';
  record(exchange, draft, headers, isCut ? 'cut' : undefined);
  const stop = isStop(exchange, draft.status) ? exchange.departure.row : undefined;
  if (cutAfter === undefined) return { status: draft.status, headers, body, stop };
  return { status: draft.status, headers, body, cutAfter, stop };
}

/** Finishes a draft whose body is sent in chunks. It is settled at the end of the stream; until then the charges of the admission stand. */
function startStream(exchange: Exchange, draft: Draft, source: ReplyStream, fault: Fault | undefined): Answer {
  const { status } = draft;
  if (fault || exchange.delayMs > 0) exchange.inFlight.delete(exchange.id);
  const headers = responseHeaders(exchange, draft, undefined, fault);
  headers['Content-Type'] ??= draft.contentType ?? 'application/json';
  const cutAfter = cutOf(source, fault?.truncateBody);
  exchange.streamed = { chunks: 0, bytes: 0, endedAt: null };
  record(exchange, draft, headers, cutAfter === undefined ? undefined : 'cut');
  const stop = isStop(exchange, status) ? exchange.departure.row : undefined;
  const stream = new AnswerStream(exchange, draft, source, cutAfter);
  return { status, headers, body: null, stream: exchange.port.takeStream?.(stream) ?? stream, stop };
}

/** The text from which an entity tag is made. */
function taggedText(content: string | Uint8Array | undefined): string {
  return typeof content === 'object' ? Buffer.from(content).toString('latin1') : (content ?? '');
}

/** Whether the response tells the client to stop. A lease does not count: it is free again whenever another request ends. */
function isStop({ refusal, reportedQuotas }: Exchange, status: number): boolean {
  if (refusal !== undefined || status === 429) return true;
  for (let i = 0; i < reportedQuotas.length; i++)
    if (reportedQuotas[i]!.remaining === 0 && reportedQuotas[i]!.resetAt !== null) return true;
  return false;
}

function isTagged({ providerState, request }: Exchange, draft: Draft, fault: Fault | undefined): boolean {
  const { etag } = providerState.provider.profile;
  if (draft.stream !== undefined) return false;
  return etag?.methods.includes(request.method) === true && draft.status === 200 && fault?.status === undefined;
}

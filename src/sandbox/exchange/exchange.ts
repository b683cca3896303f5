/**
 * One request from start to end: caller, operation, admission, behaviour, settlement, rendering, journal.
 *
 * What needs no waiting happens in one go, so that nothing comes between an admission and the headers that tell of it.
 * @module
 */

import { admit, type Decision, release } from '../../limits/engine.js';
import { holderOf, type Phase } from '../../limits/policy.js';
import { workBegins } from '../../runtime/current-work.js';
import type { Skipped } from '../../state/journal/entry.js';
import { type Core, instantOf, type Port } from '../core.js';
import { bytesSent } from '../faults/actions.js';
import type { Fault } from '../faults/faults.js';
import { record } from '../journal/record.js';
import { unansweredEntry } from '../journal/row.js';
import type { ProviderState } from '../provider-state.js';
import { type Answer, bodyText, type Draft, isBodiless } from './answer.js';
import { responseHeaders } from './headers.js';
import { collectQueries } from './policy-queries.js';
import { preferredFault } from './prefer.js';
import { refuse } from './refuse.js';
import type { Arrival } from './request.js';
import { produceDraft, transferReservations } from './respond.js';
import { settleOnce } from './settle.js';
import { type Departure, Exchange, errorDraft } from './state.js';
import { entityTag, matchesTag } from './stored/entity-tags.js';
import { unidentifiedInWords } from './unidentified.js';

/** Answers at once, or, where a limit or a fault delays the request, once the sandbox's clock gets there. */
export function handleRequest(
  core: Core,
  providerState: ProviderState,
  arrival: Arrival,
  port: Port,
): Answer | Promise<Answer> {
  const exchange = new Exchange(core, providerState, arrival, port);
  const { departure } = exchange;
  port.onDone(() => markLeft(core, departure, port));
  const { match, path } = exchange.request;
  const needsCaller = match ? match.operation.security.length > 0 : providerState.provider.needsCaller(path);
  const refusalDraft =
    queryPolicies(exchange, 'arrival') ??
    (needsCaller ? (identify(exchange) ?? queryPolicies(exchange, 'caller')) : undefined);
  // Who has no access meets no fault; who is refused, only such as are for refusals.
  const fault = refusalDraft && !exchange.refusal ? undefined : arrangedFault(exchange);
  if (refusalDraft && !fault) return finish(exchange, refusalDraft);
  // The request waits for its turn first; then the fault makes the provider slow. A refusal does not wait for a turn.
  const delayMs = (refusalDraft ? 0 : exchange.delayMs) + (fault?.delayMs ?? 0);
  if (delayMs === 0) return finish(exchange, produceDraft(exchange, fault), fault);
  return wait(exchange, fault, delayMs);
}

/** Who calls; an answer if that is nobody, or somebody who has no access. */
function identify(exchange: Exchange): Draft | undefined {
  const { request, providerState } = exchange;
  const { provider, accounts, resources } = providerState;
  const identified = provider.identify(request, request.match?.operation.security, accounts, resources.credentials);
  request.credential = identified.key;
  if ('error' in identified) {
    exchange.core.log('info', unidentifiedInWords(exchange, identified.error, identified.key));
    return errorDraft(exchange, identified.error);
  }
  request.caller = identified.caller;
  const denied = provider.profile.plans[identified.caller.plan]?.denied;
  return denied === undefined ? undefined : errorDraft(exchange, denied);
}

/** Queries the policies of a phase. Returns the answer if one of them refuses. */
function queryPolicies(exchange: Exchange, phase: Phase): Draft | undefined {
  const skipped: Skipped[] = [];
  const queries = collectQueries(exchange.providerState, exchange.request, phase, skipped);
  if (skipped.length > 0) exchange.skipped = [...exchange.skipped, ...skipped];
  if (queries.length === 0) return undefined;
  const admission = admit(exchange.buckets, queries, exchange.instant, exchange.id);
  exchange.addAdmission(queries, admission);
  if (!admission.allowed) return refuse(exchange, admission);
  if (admission.decisions.some(holdsUntilSent)) {
    const held = { ...admission, decisions: admission.decisions.filter(holdsUntilSent) };
    const { core, buckets } = exchange;
    // The slot is free once the response has left; after a reset there is nothing to free.
    exchange.port.onDone(() => release(buckets, held, instantOf(core)));
  }
  return undefined;
}

function holdsUntilSent({ charged, query: { policy } }: Decision): boolean {
  return charged > 0 && holderOf(policy) === 'request';
}

function markLeft(core: Core, departure: Departure, { lost }: Port): void {
  const leftAt = lost ? null : core.clock.precise();
  departure.leftAt = leftAt;
  departure.answeredAt = lost || core.clock.isFrozen ? null : core.clock.now();
  if (departure.row !== undefined) core.journal.left(departure.row, { leftAt, answeredAt: departure.answeredAt });
}

function arrangedFault({ core, providerState, request, refusal }: Exchange): Fault | undefined {
  if (core.faults.none) return refusal || !core.prefer ? undefined : preferredFault(request.header('prefer'));
  const { caller } = request;
  const { profile, id } = providerState.provider;
  const fact = caller && profile.callers.credentials[caller.kind]?.fact;
  const key = fact === undefined ? undefined : caller!.facts[fact];
  const refused = refusal !== undefined;
  const fault = core.faults.take({ profile: id, facts: request, key, refused });
  return fault ?? (refused || !core.prefer ? undefined : preferredFault(request.header('prefer')));
}

/** What becomes of a request whose client goes away before the answer. */
const GONE: Draft = { status: 0, contentType: undefined, headers: {}, body: undefined, error: undefined };

/** Keeps the request in flight for `delayMs` of the sandbox's clock, then answers it. */
function wait(exchange: Exchange, fault: Fault | undefined, delayMs: number): Promise<Answer> {
  const { core, inFlight, request, id, at: since } = exchange;
  return new Promise((resolve, reject) => {
    const until = since + delayMs;
    const sent = new Promise<void>((markLeft) => exchange.port.onDone(markLeft));
    // Once it is over, somebody else may have its name: a sandbox that is restored goes back to former ones.
    let over = false;
    const cancel = core.clock.at(until, () => {
      over = true;
      workBegins(exchange);
      exchange.renew(instantOf(core));
      try {
        resolve(finish(exchange, produceDraft(exchange, fault), fault));
      } catch (error) {
        inFlight.delete(id);
        reject(error);
      }
      return sent;
    });
    const abort = () => {
      if (over) return;
      over = true;
      cancel();
      inFlight.delete(id);
      // No job will come of it. Where one has, the units are its own by now.
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
    // A client that has gone needs no answer; what it was charged stays charged.
    exchange.port.onDone(() => {
      if (over) return;
      abort();
      exchange.renew(instantOf(core));
      record(exchange, GONE, {}, 'gone');
    });
  });
}

/** From the draft to the wire: entity tag, settlement, headers, journal. */
function finish(exchange: Exchange, draft: Draft, fault?: Fault): Answer {
  const { request } = exchange;
  const tagged = fault?.drop ? false : isTagged(exchange, draft, fault);
  let text = tagged && !draft.entity ? (bodyText(draft) ?? undefined) : undefined;
  const tag = tagged ? entityTag((draft.entity ? JSON.stringify(draft.entity()) : text) ?? '') : undefined;
  if (tag !== undefined && matchesTag(request.header('if-none-match'), tag)) {
    draft.status = 304;
    text = undefined;
  }
  settleOnce(exchange, draft);
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
  const stop = saysStop(exchange, draft.status) ? exchange.departure.row : undefined;
  if (cutAfter === undefined) return { status: draft.status, headers, body, stop };
  return { status: draft.status, headers, body, cutAfter, stop };
}

/** What runs at the same time frees its place whenever it ends: that nothing is left of it tells nobody to stop. */
function saysStop({ refusal, shown }: Exchange, status: number): boolean {
  if (refusal !== undefined || status === 429) return true;
  for (let i = 0; i < shown.length; i++) if (shown[i]!.remaining === 0 && shown[i]!.resetAt !== null) return true;
  return false;
}

function isTagged({ providerState, request }: Exchange, draft: Draft, fault: Fault | undefined): boolean {
  const { etag } = providerState.provider.profile;
  return etag?.methods.includes(request.method) === true && draft.status === 200 && fault?.status === undefined;
}

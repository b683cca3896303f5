/**
 * One request from start to end: caller, operation, admission, behaviour, settlement, rendering, journal.
 *
 * What needs no waiting happens in one go, so that nothing comes between an admission and the headers that tell of it.
 * @module
 */

import { admit, type Decision, release } from '../../limits/engine.js';
import { workBegins } from '../../runtime/current-work.js';
import type { Skipped } from '../../state/journal/entry.js';
import { type Core, instantOf, type Port } from '../core.js';
import { bytesSent } from '../faults/actions.js';
import type { Fault } from '../faults/faults.js';
import { record } from '../journal/record.js';
import { waitingEntry } from '../journal/unanswered-entry.js';
import type { World } from '../provider-state.js';
import { type Answer, bodyText, type Draft, isBodiless } from './answer.js';
import { responseHeaders } from './headers.js';
import { collectAsks } from './policy-queries.js';
import { preferredFault } from './prefer.js';
import { refuse } from './refuse.js';
import type { Arrival } from './request.js';
import { produce, reserveForJobs } from './respond.js';
import { entityTag, matchesTag } from './response-cache.js';
import { settleOnce } from './settle.js';
import { type Departure, Exchange, errorDraft } from './state.js';
import { unidentifiedInWords } from './unidentified.js';

/** Answers at once, or, where a fault delays it, when the clock gets there. */
export function exchange(core: Core, world: World, arrival: Arrival, port: Port): Answer | Promise<Answer> {
  const one = new Exchange(core, world, arrival, port);
  const { departure } = one;
  port.onDone(() => left(core, departure, port));
  const { match, path } = one.request;
  const needsCaller = match ? match.operation.security.length > 0 : world.provider.needsCaller(path);
  const turned = ask(one, 'arrival') ?? (needsCaller ? (identify(one) ?? ask(one, 'caller')) : undefined);
  // Who has no access meets no fault; who is refused, only such as are for refusals.
  const fault = turned && !one.refusal ? undefined : arrangedFault(one);
  if (turned && !fault) return finish(one, turned);
  if (!fault?.delayMs) return finish(one, produce(one, fault), fault);
  return wait(one, fault, fault.delayMs);
}

/** Who calls; an answer if that is nobody, or somebody who has no access. */
function identify(one: Exchange): Draft | undefined {
  const { request, world } = one;
  const { provider, accounts, resources } = world;
  const identified = provider.identify(request, request.match?.operation.security, accounts, resources.credentials);
  request.credential = identified.key;
  if ('error' in identified) {
    one.core.log('info', unidentifiedInWords(one, identified.error, identified.key));
    return errorDraft(one, identified.error);
  }
  request.caller = identified.caller;
  const denied = provider.profile.plans[identified.caller.plan]?.denied;
  return denied === undefined ? undefined : errorDraft(one, denied);
}

/** Asks the policies; an answer if one refuses. */
function ask(one: Exchange, asked: 'arrival' | 'caller'): Draft | undefined {
  const skipped: Skipped[] = [];
  const asks = collectAsks(one.world, one.request, asked, skipped);
  if (skipped.length > 0) one.skipped = [...one.skipped, ...skipped];
  if (asks.length === 0) return undefined;
  const admission = admit(one.store, asks, one.instant, one.id);
  one.asked(asks, admission);
  if (!admission.allowed) return refuse(one, admission);
  if (admission.decisions.some(holdsUntilSent)) {
    const held = { ...admission, decisions: admission.decisions.filter(holdsUntilSent) };
    const { core, store } = one;
    // The slot is free once the response has left; after a reset there is nothing to free.
    one.port.onDone(() => release(store, held, instantOf(core)));
  }
  return undefined;
}

function holdsUntilSent({ charged, ask: { policy } }: Decision): boolean {
  return charged > 0 && policy.algorithm.windows.length === 0 && policy.options['holds'] !== 'job';
}

function left(core: Core, departure: Departure, { lost }: Port): void {
  const leftAt = lost ? null : core.clock.precise();
  departure.leftAt = leftAt;
  departure.answeredAt = lost || core.clock.stands ? null : core.clock.now();
  if (departure.row !== undefined) core.journal.left(departure.row, { leftAt, answeredAt: departure.answeredAt });
}

function arrangedFault({ core, world, request, refusal }: Exchange): Fault | undefined {
  if (core.faults.none) return refusal || !core.prefer ? undefined : preferredFault(request.header('prefer'));
  const { caller } = request;
  const { profile, id } = world.provider;
  const fact = caller && profile.callers.credentials[caller.kind]?.fact;
  const key = fact === undefined ? undefined : caller!.facts[fact];
  const refused = refusal !== undefined;
  const fault = core.faults.take({ profile: id, facts: request, key, refused });
  return fault ?? (refused || !core.prefer ? undefined : preferredFault(request.header('prefer')));
}

/** What becomes of a request whose client goes away before the answer. */
const GONE: Draft = { status: 0, contentType: undefined, headers: {}, body: undefined, error: undefined };

function wait(one: Exchange, fault: Fault, delayMs: number): Promise<Answer> {
  const { core, inFlight, request, id, at: since } = one;
  return new Promise((resolve, reject) => {
    const until = since + delayMs;
    const sent = new Promise<void>((left) => one.port.onDone(left));
    // Once it is over, somebody else may have its name: a sandbox that is restored goes back to former ones.
    let over = false;
    const cancel = core.clock.at(until, () => {
      over = true;
      workBegins(one);
      one.renew(instantOf(core));
      try {
        resolve(finish(one, produce(one, fault), fault));
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
      reserveForJobs(one, []);
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
      entry: () => waitingEntry(one),
    });
    // A client that has gone needs no answer; what it was charged stays charged.
    one.port.onDone(() => {
      if (over) return;
      abort();
      one.renew(instantOf(core));
      record(one, GONE, {}, 'gone');
    });
  });
}

/** From the draft to the wire: entity tag, settlement, headers, journal. */
function finish(one: Exchange, draft: Draft, fault?: Fault): Answer {
  const { request } = one;
  const tagged = fault?.drop ? false : isTagged(one, draft, fault);
  let text = tagged && !draft.entity ? (bodyText(draft) ?? undefined) : undefined;
  const tag = tagged ? entityTag((draft.entity ? JSON.stringify(draft.entity()) : text) ?? '') : undefined;
  if (tag !== undefined && matchesTag(request.header('if-none-match'), tag)) {
    draft.status = 304;
    text = undefined;
  }
  settleOnce(one, draft);
  if (fault) one.inFlight.delete(one.id);
  if (fault?.drop) {
    record(one, draft, {}, 'dropped');
    return { status: draft.status, headers: {}, body: null, drop: true };
  }
  if (!isBodiless(draft.status)) text ??= bodyText(draft) ?? undefined;
  const headers = responseHeaders(one, draft, tag, fault);
  const bodiless = isBodiless(draft.status) || text === undefined;
  if (!bodiless) headers['Content-Type'] ??= draft.contentType ?? 'application/json';
  const body = bodiless ? null : text!;
  const cutAfter = body === null || fault?.truncateBody === undefined ? undefined : bytesSent(body, fault.truncateBody);
  const isCut = cutAfter !== undefined && cutAfter < Buffer.byteLength(body!) && request.method !== 'HEAD';
  record(one, draft, headers, isCut ? 'cut' : undefined);
  const stop = tellsToStop(one, draft.status) ? one.departure.row : undefined;
  if (cutAfter === undefined) return { status: draft.status, headers, body, stop };
  return { status: draft.status, headers, body, cutAfter, stop };
}

/** What runs at the same time frees its place whenever it ends: that nothing is left of it tells nobody to stop. */
function tellsToStop({ refusal, shown }: Exchange, status: number): boolean {
  if (refusal !== undefined || status === 429) return true;
  for (let i = 0; i < shown.length; i++) if (shown[i]!.remaining === 0 && shown[i]!.resetAt !== null) return true;
  return false;
}

function isTagged({ world, request }: Exchange, draft: Draft, fault: Fault | undefined): boolean {
  const { etag } = world.provider.profile;
  return etag?.methods.includes(request.method) === true && draft.status === 200 && fault?.status === undefined;
}

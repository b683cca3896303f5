/**
 * One request from start to end: caller, operation, admission, behaviour, settlement, rendering, journal.
 *
 * What needs no waiting happens in one go, so that nothing comes between an admission and the headers that tell of it.
 * @module
 */

import { isFailure, type Reply } from '../behaviours/behaviour.js';
import { withScope } from '../behaviours/collections.js';
import type { Standing } from '../limits/algorithms/algorithm.js';
import { type Admission, type Ask, admit, firstAdmission, release, settle, standings } from '../limits/engine.js';
import type { Outcome } from '../limits/facts.js';
import type { Scope } from '../limits/render/template.js';
import { sampleResponse } from '../openapi/examples.js';
import { type Answer, bodyText, type Draft, draftError, isBodiless } from './answer.js';
import { collectAsks, Reports, renewAsks } from './asks.js';
import { behave, holdJobs } from './behave.js';
import { type Core, instantOf, type Port } from './core.js';
import { type Fault, forcedError, preferredStatus } from './faults.js';
import { record, warnIfNear } from './record.js';
import { type Arrival, Request } from './request.js';
import { createScope, type ScopeSource } from './scope.js';
import type { World } from './world.js';
import { type CacheState, entityTag, lookUp, matchesTag, remember } from './wrappers.js';

/** Answers at once, or, where a fault delays it, when the clock gets there. */
export function exchange(core: Core, world: World, arrival: Arrival, port: Port): Answer | Promise<Answer> {
  return new Exchange(core, world, arrival, port).start();
}

export class Exchange {
  readonly id: string;
  readonly at: number;
  readonly realAt: number;
  readonly request: Request;
  readonly asks: Ask[] = [];
  readonly admissions: Admission[] = [];
  /** Refunded per policy. */
  readonly refunds = new Map<string, number>();
  /** Policies whose soft limit this request was the first to pass. */
  readonly warnings: string[] = [];
  /** Counters of before a reset are not to be touched. */
  readonly #store;
  readonly #source: ScopeSource;
  readonly #scope: Scope;
  #requestId: string | undefined;
  #reports: Reports | undefined;
  #settled = false;
  #cacheState: CacheState | undefined;
  /** What a refusal, or a fault that looks like one, tells to wait. */
  #told: { seconds: number | undefined; at: number | undefined } | undefined;
  refusal: { policy: string; seconds: number | undefined } | undefined;

  constructor(
    readonly core: Core,
    readonly world: World,
    arrival: Arrival,
    readonly port: Port,
  ) {
    this.id = core.nextRequest();
    this.at = core.clock.now();
    this.realAt = core.clock.real();
    this.request = new Request(arrival, world.provider.router.match(arrival.method, arrival.path));
    this.#store = world.store;
    this.#source = {
      request: this.request,
      requestId: () => this.#requestIdText(),
      ids: world.ids,
      baseUrl: world.provider.profile.baseUrl,
      now: () => core.clock.now(),
      reports: () => this.#standing(),
      checked: undefined,
    };
    this.#scope = createScope(this.#source);
  }

  start(): Answer | Promise<Answer> {
    const { request, world } = this;
    const match = request.match;
    const needsCaller = match ? match.operation.security.length > 0 : world.provider.needsCaller(request.path);
    const turned = this.#admit('arrival') ?? (needsCaller ? (this.#identify() ?? this.#admit('caller')) : undefined);
    if (turned) return this.#finish(() => turned);
    const fault = this.#fault();
    if (!fault?.delayMs) return this.#finish(() => this.#produce(fault), fault);
    return this.#wait(fault, fault.delayMs);
  }

  /** Who calls; an answer if that is nobody, or somebody who has no access. */
  #identify(): Draft | undefined {
    const { request, world } = this;
    const { provider } = world;
    const identified = provider.identify(
      request,
      request.match?.operation.security,
      world.accounts,
      world.resources.credentials,
    );
    if ('error' in identified) return this.#error(identified.error);
    request.caller = identified.caller;
    const denied = provider.profile.plans[identified.caller.plan]?.denied;
    return denied === undefined ? undefined : this.#error(denied);
  }

  #admit(asked: 'arrival' | 'caller'): Draft | undefined {
    const asks = collectAsks(this.world, this.request, asked);
    if (asks.length === 0) return undefined;
    this.asks.push(...asks);
    const admission = admit(this.#store, asks, instantOf(this.core), this.id);
    this.admissions.push(admission);
    if (!admission.allowed) return this.#refuse(admission);
    this.port.onDone(() => this.#done(admission));
    return undefined;
  }

  /** The slot is free once the response has left; after a reset there is nothing to free. */
  #done(admission: Admission): void {
    const requests = admission.decisions.filter(({ ask }) => ask.policy.options['holds'] !== 'job');
    release(this.#store, { ...admission, decisions: requests }, instantOf(this.core));
    this.world.inFlight.delete(this.id);
  }

  #refuse(admission: Admission): Draft {
    const { ask } = admission.refusedBy!;
    const { policy } = ask;
    const impossible = ask.cost > ask.params.quota;
    const now = this.core.clock.now();
    const standing = standings(this.#store, this.asks, instantOf(this.core));
    const own = standing[this.asks.indexOf(ask)]!;
    const { retryAfterSec } = policy.refusal;
    // What a policy further down will never admit is for it to say, once it is its turn; until then there is a moment to come back.
    const never = standing.map(({ retryAt }) => retryAt === Number.POSITIVE_INFINITY);
    const asks = impossible ? this.asks : this.asks.filter((_, i) => !never[i]);
    // A quota of nothing that is refused like any other tells its reset: "never" has no place in a header.
    const hopeless = impossible && policy.refusal.impossible === policy.refusal.error;
    // Where a job's end is not known nobody can tell; a second is the shortest honest guess.
    const at =
      retryAfterSec === 'reset' || (retryAfterSec === 'truthful' && hopeless)
        ? own.resetAt
        : typeof retryAfterSec === 'number'
          ? now + retryAfterSec * 1_000
          : firstAdmission(this.#store, asks, instantOf(this.core));
    const seconds = at === Number.POSITIVE_INFINITY ? undefined : Math.max(1, Math.ceil(((at ?? now) - now) / 1_000));
    this.#told = { seconds, at: at !== null && Number.isFinite(at) ? at : undefined };
    this.refusal = { policy: policy.id, seconds };
    return this.#error(impossible ? policy.refusal.impossible : policy.refusal.error, {
      refusal: refusalFacts(ask, own),
      retryAfter: seconds,
      retryAt: this.#told.at,
    });
  }

  #fault(): Fault | undefined {
    const { request, core, world } = this;
    const { caller } = request;
    const key =
      caller &&
      world.provider.profile.callers.credentials[caller.kind] &&
      caller.facts[world.provider.profile.callers.credentials[caller.kind]!.fact];
    const fault = core.faults.take(world.provider.id, request, key);
    if (fault) return fault;
    const status = preferredStatus(request.header('prefer'));
    return status === undefined ? undefined : { id: 'prefer', match: {}, status, used: 1 };
  }

  #wait(fault: Fault, delayMs: number): Promise<Answer> {
    const { core, world, request } = this;
    return new Promise((resolve) => {
      const until = this.at + delayMs;
      const sent = new Promise<void>((left) => this.port.onDone(left));
      const cancel = core.clock.at(until, () => {
        resolve(this.#finish(() => this.#produce(fault), fault));
        return sent;
      });
      const abort = () => {
        cancel();
        world.inFlight.delete(this.id);
        // No job will come of it. Where one has, the units are its own by now.
        this.#holdJobs(undefined);
        resolve({ status: 503, headers: {}, body: null, drop: true });
      };
      world.inFlight.set(this.id, {
        id: this.id,
        method: request.method,
        path: request.path,
        operation: request.operation,
        caller: request.caller?.facts ?? {},
        since: this.at,
        until,
        abort,
      });
      // A client that has gone needs no answer; what it was charged stays charged.
      this.port.onDone(abort);
    });
  }

  /** The response before settlement. */
  #produce(fault: Fault | undefined): Draft {
    if (fault && (fault.status !== undefined || fault.body !== undefined || fault.drop)) return this.#faulty(fault);
    const { request, world, core } = this;
    const { profile, router } = world.provider;
    if (request.arrival.body.tooLarge) return this.#error(profile.answers.tooLarge);
    if (!request.match) {
      const methods = router.methods(request.path);
      const nearest = router.nearest(request.method, request.path).join(', ');
      if (methods.length === 0) {
        core.log('info', `${profile.id}: no operation for ${request.method} ${request.path}; nearest: ${nearest}`);
        return this.#error(profile.answers.notFound);
      }
      core.log('info', `${profile.id}: ${request.path} takes ${methods.join(', ')}, not ${request.method}`);
      const draft = this.#error(profile.answers.methodNotAllowed);
      return { ...draft, headers: { ...draft.headers, Allow: methods.join(', ') } };
    }
    const { state, stored } = lookUp(world, request, core.clock.now());
    this.#cacheState = state;
    if (stored)
      return {
        status: stored.status,
        body: stored.body,
        contentType: stored.contentType,
        headers: {},
        error: undefined,
      };
    const reply = behave(core, world, request, request.match, this.#source, this.#scope);
    this.#holdJobs(reply);
    if (isFailure(reply)) return this.#error(reply.error, { ...reply.detail, detail: reply.detail ?? {} });
    remember(world, request, reply, core.clock.now());
    return {
      status: reply.status,
      body: reply.body,
      contentType: reply.contentType,
      headers: { ...reply.headers },
      error: undefined,
      entity: reply.entity,
    };
  }

  /** A dropped connection has no status (0 in the journal), so no rule makes it free. */
  #faulty({ drop, status = drop ? 0 : 200, body }: Fault): Draft {
    const { request, world } = this;
    const { document } = world.provider;
    this.#holdJobs(undefined);
    if (body !== undefined) {
      const contentType = typeof body === 'string' ? 'text/plain; charset=UTF-8' : undefined;
      return { status, body, contentType, headers: {}, error: undefined };
    }
    if (status >= 400) {
      const { name } = forcedError(world.provider, status, request, this.asks);
      // Settled before it is written, so that a body that tells the quota agrees with its own headers.
      this.#settle({ status, error: name });
      const asks = renewAsks(this.world, request, this.asks);
      const standing = standings(this.#store, asks, instantOf(this.core));
      const i = asks.findIndex(({ policy }) => policy.refusal.error === name);
      if (i < 0) return this.#error(name, {}, status);
      // Nothing has run out, so nobody can say how long to wait; a second is the least that a refusal tells.
      this.#told = { seconds: 1, at: this.core.clock.now() + 1_000 };
      const refusal = refusalFacts(asks[i]!, standing[i]!);
      return this.#error(name, { refusal, retryAfter: 1, retryAt: this.#told.at }, status);
    }
    const sample = request.match && sampleResponse(document, request.match.operation, status);
    return { status, body: sample?.body, contentType: sample?.contentType, headers: {}, error: undefined };
  }

  #holdJobs(reply: Reply | undefined): void {
    const jobs = reply && !isFailure(reply) ? (reply.jobs ?? []) : [];
    for (const { decisions, lease } of this.admissions) {
      const held = decisions
        .filter(({ ask, charged }) => charged > 0 && ask.policy.options['holds'] === 'job')
        .map(({ ask }) => ask);
      holdJobs(this.core, this.world, held, lease, jobs);
    }
  }

  #finish(produce: () => Draft, fault?: Fault): Answer {
    const { core, world, request } = this;
    const draft = produce();
    if (fault?.drop) {
      this.#settle(draft);
      record(this, draft, core.clock.real() - this.realAt);
      return { status: draft.status, headers: {}, body: null, drop: true };
    }
    const tag = this.#tag(draft, fault);
    let text = tag === undefined ? undefined : bodyText(draft);
    if (tag !== undefined && matchesTag(request.header('if-none-match'), tag)) {
      draft.status = 304;
      text = undefined;
    }
    this.#settle(draft);
    text ??= bodyText(draft) ?? undefined;
    const headers = this.#headers(draft, tag, fault);
    const bodiless = isBodiless(draft.status) || text === undefined;
    if (!bodiless) headers['Content-Type'] ??= draft.contentType ?? 'application/json';
    record(this, draft, core.clock.real() - this.realAt);
    world.inFlight.delete(this.id);
    return { status: draft.status, headers, body: bodiless ? null : text! };
  }

  #tag(draft: Draft, fault: Fault | undefined): string | undefined {
    const { etag } = this.world.provider.profile;
    if (!etag?.methods.includes(this.request.method) || draft.status !== 200 || fault?.status !== undefined)
      return undefined;
    return entityTag((draft.entity ? JSON.stringify(draft.entity()) : bodyText(draft)) ?? '');
  }

  #settle({ status, error, body }: Outcome): void {
    if (this.#settled) return;
    this.#settled = true;
    const outcome = { status, error, body };
    for (const admission of this.admissions) {
      if (!admission.allowed) continue;
      for (const { policy, amount } of settle(this.#store, admission, this.request, outcome, instantOf(this.core)))
        this.refunds.set(policy, amount);
    }
    this.#reports = undefined;
    warnIfNear(this, this.#standing());
  }

  #headers(draft: Draft, tag: string | undefined, fault: Fault | undefined): Record<string, string> {
    const { core, world, request } = this;
    const { provider } = world;
    const now = core.clock.now();
    const headers: Record<string, string> = { Date: new Date(now).toUTCString() };
    const { requestId, profile } = provider;
    if (requestId?.header !== undefined && this.#known()) headers[requestId.header] = this.#requestIdText()!;
    const { cache } = profile;
    if (cache && this.#known() && !cache.except.includes(draft.status))
      headers[cache.header] = this.#cacheState ?? lookUpState(cache.bypass, request.operation);
    if (tag !== undefined) headers['ETag'] = tag;
    const reports = this.#standing();
    provider.writeHeaders(
      {
        report: (policy) => reports.get(policy),
        refused: this.#told !== undefined,
        retryAfter: this.#told?.seconds,
        retryAt: this.#told?.at,
        facts: request,
        outcome: { status: draft.status, error: draft.error },
        now,
        scope: this.#scope,
      },
      headers,
    );
    return Object.assign(headers, draft.headers, fault?.headers);
  }

  /** Paths that are none of the provider's get none of its headers. */
  #known(): boolean {
    return this.request.match !== undefined || this.world.provider.needsCaller(this.request.path);
  }

  #error(name: string, extra: Readonly<Record<string, unknown>> = {}, status?: number): Draft {
    const error = this.world.provider.errors.get(name)!;
    return draftError(error, withScope(this.#scope, extra), this.core.clock.now(), status);
  }

  /** How the policies stand; read again after settlement. */
  #standing(): Reports {
    this.#reports ??= new Reports(this.#store, renewAsks(this.world, this.request, this.asks), instantOf(this.core));
    return this.#reports;
  }

  #requestIdText(): string | undefined {
    const { requestId } = this.world.provider;
    if (!requestId) return undefined;
    const own = requestId.echo && requestId.header !== undefined ? this.request.header(requestId.header) : undefined;
    this.#requestId ??= own ?? String(requestId.template.render(withScope(this.#scope, {}), this.core.clock.now()));
    return this.#requestId;
  }
}

function lookUpState(bypass: readonly string[], operation: string | undefined): CacheState {
  return operation !== undefined && bypass.includes(operation) ? 'BYPASS' : 'MISS';
}

/** What a refusal's body may tell of the policy that refused. */
function refusalFacts({ policy, params, cost }: Ask, { used, remaining, resetAt }: Standing): Record<string, unknown> {
  const { id, scale } = policy;
  return {
    policy: id,
    limit: params.quota / scale,
    used: used / scale,
    remaining: remaining / scale,
    resetAt: resetAt ?? undefined,
    cost: cost / scale,
  };
}

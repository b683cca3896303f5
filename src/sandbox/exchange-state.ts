/**
 * A request on its way: what is known of it, and what every step may do with it.
 * @module
 */
import { withScope } from '../behaviours/collections.js';
import { type Admission, type Ask, settle } from '../limits/engine.js';
import type { Outcome } from '../limits/facts.js';
import type { Scope } from '../limits/render/template.js';
import type { JournalEntry, Skipped, Told } from '../state/journal.js';
import { type Draft, draftError } from './answer.js';
import { Reports, renewAsks } from './asks.js';
import { type Core, instantOf, type Port } from './core.js';
import { warnIfNear } from './record.js';
import { type Arrival, Request } from './request.js';
import { createScope, type ScopeSource } from './scope.js';
import type { World } from './world.js';
import type { CacheState } from './wrappers.js';

/** What is known of a request on its way. */
export interface Exchange {
  readonly core: Core;
  readonly world: World;
  /** The world's store when the request came: counters of before a reset are not to be touched. */
  readonly store: World['store'];
  /** And so are the requests in flight: others may have the same names by then. */
  readonly inFlight: World['inFlight'];
  readonly port: Port;
  readonly request: Request;
  readonly source: ScopeSource;
  readonly scope: Scope;
  readonly id: string;
  /** Virtual and real epoch ms of arrival. */
  readonly at: number;
  readonly realAt: number;
  /** Real epoch ms, with fractions, at which it may have set out. */
  readonly beganAt: number;
  readonly admissions: Admission[];
  /** Policies that had nothing to say. */
  readonly skipped: Skipped[];
  /** Refunded per policy. */
  readonly refunds: Map<string, number>;
  /** Policies whose soft limit this request was the first to pass. */
  readonly warnings: string[];
  cacheState: CacheState | undefined;
  /** What a refusal, or a fault that looks like one, tells to wait. */
  told: { seconds: number | undefined; at: number | undefined } | undefined;
  refusal: { policy: string; seconds: number | undefined } | undefined;
  /** What the headers told of policies. */
  readonly shown: Told[];
  /** Once it has been written down. */
  entry: Mutable<JournalEntry> | undefined;
  leftAt: number | null;
  settled: boolean;
  /** How the policies stand; read again after settlement. */
  reports: Reports | undefined;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export function begin(core: Core, world: World, arrival: Arrival, port: Port): Exchange {
  const request = new Request(arrival, world.provider.router.match(arrival.method, arrival.path));
  let id: string | undefined;
  const source: ScopeSource = {
    request,
    requestId: () => {
      id ??= requestIdText(one);
      return id;
    },
    ids: world.ids,
    baseUrl: world.provider.profile.baseUrl,
    now: () => core.clock.now(),
    reports: () => standing(one),
    checked: undefined,
  };
  const one: Exchange = {
    core,
    world,
    store: world.store,
    inFlight: world.inFlight,
    port,
    request,
    source,
    scope: createScope(source),
    id: core.nextRequest(),
    at: core.clock.now(),
    realAt: core.clock.real(),
    beganAt: arrival.beganAt ?? core.clock.precise(),
    admissions: [],
    skipped: [],
    refunds: new Map(),
    warnings: [],
    cacheState: undefined,
    told: undefined,
    refusal: undefined,
    shown: [],
    entry: undefined,
    leftAt: null,
    settled: false,
    reports: undefined,
  };
  return one;
}

function requestIdText({ world, request, scope, core }: Exchange): string | undefined {
  const { requestId } = world.provider;
  if (!requestId) return undefined;
  const own = requestId.echo && requestId.header !== undefined ? request.header(requestId.header) : undefined;
  return own ?? String(requestId.template.render(scope, core.clock.now()));
}

/** Corrects the charges by the outcome; what has been settled before stays so. */
export function settleOnce(one: Exchange, { status, error, body }: Outcome): void {
  if (one.settled) return;
  one.settled = true;
  const outcome = { status, error, body };
  for (const admission of one.admissions) {
    if (!admission.allowed) continue;
    const refunds = settle(one.store, admission, one.request, outcome, instantOf(one.core));
    for (const { policy, amount } of refunds) one.refunds.set(policy, amount);
  }
  one.reports = undefined;
  warnIfNear(one, standing(one));
}

/** How the asked policies stand at this moment. */
export function standing(one: Exchange): Reports {
  one.reports ??= new Reports(one.store, renewAsks(one.world, one.request, asksOf(one)), instantOf(one.core));
  return one.reports;
}

/** Every question that was asked of the policies, in their order. */
export function asksOf({ admissions }: Exchange): Ask[] {
  return admissions.flatMap(({ decisions }) => decisions.map((decision) => decision.ask));
}

/** One of the profile's errors, with what its template may name besides. */
export function errorDraft(
  one: Exchange,
  name: string,
  extra: Readonly<Record<string, unknown>> = {},
  status?: number,
): Draft {
  const error = one.world.provider.errors.get(name)!;
  return draftError(error, withScope(one.scope, extra), one.core.clock.now(), status);
}

/**
 * The engine: asks all policies that apply, admits all-or-nothing (`admit`), and corrects the charges once the outcome is known (`settle`).
 *
 * It never asks the time and holds no state: `now` and the store are given.
 * @module
 */
import type { Look, Moment, Params, Standing } from './algorithms/algorithm.js';
import type { Outcome, RequestFacts } from './facts.js';
import type { Policy } from './policy.js';

/** One policy's question: may this partition have `cost` units? */
export interface Ask {
  readonly policy: Policy;
  readonly partition: string;
  readonly params: Params;
  readonly cost: number;
}

export interface Bucket {
  readonly policy: Policy;
  readonly partition: string;
}

/** Where buckets live. `transact` hands the states of all buckets (each of another policy) to a pure function that gives back the new ones; nothing else happens in between. */
export interface Store {
  transact(
    buckets: readonly Bucket[],
    change: (states: readonly unknown[]) => readonly unknown[],
    moment: Instant,
  ): void;
}

export interface Instant {
  readonly now: number;
  /** The earliest instant that the clock may still show; `-Infinity` once it has been moved by hand. */
  readonly horizon: number;
}

/** What one policy said, for headers, the journal and explanations. Numbers are quota units times the policy's scale. */
export class Decision implements Standing {
  readonly used: number;
  readonly remaining: number;
  readonly resetAt: number | null;

  constructor(
    readonly ask: Ask,
    readonly allowed: boolean,
    /** How the bucket stands, after what was charged. */
    { used, remaining, resetAt }: Pick<Standing, 'used' | 'remaining' | 'resetAt'>,
    /** From before. */
    readonly retryAt: number | null,
    /** Units that this request took or, refused, was charged all the same. */
    readonly charged: number,
    /** Names the window that was charged. */
    readonly window: number,
  ) {
    this.used = used;
    this.remaining = remaining;
    this.resetAt = resetAt;
  }
}

export interface Admission {
  readonly allowed: boolean;
  readonly decisions: readonly Decision[];
  /** The first policy, in the profile's order, that refused. */
  readonly refusedBy: Decision | undefined;
  /** Who holds the units of concurrency policies. */
  readonly lease: string;
  readonly at: number;
}

/** Asks every policy; charges all of them, or, refused, those that the refusing policies name. */
export function admit(store: Store, asks: readonly Ask[], instant: Instant, lease: string): Admission {
  const { now, horizon } = instant;
  const moment = { horizon, lease };
  const decisions = new Array<Decision>(asks.length);
  let allowed = true;
  const change = (states: readonly unknown[]) => {
    const charged = chargeAll(asks, states, now, moment, decisions);
    allowed = charged !== undefined;
    return charged ?? refuse(asks, states, now, moment, decisions);
  };
  store.transact(asks, change, instant);
  const refusedBy = allowed ? undefined : decisions.find((one) => !one.allowed);
  return { allowed, decisions, refusedBy, lease, at: now };
}

/** Charges all, and tells the states and (to `decisions`) what each said; `undefined` if one has no room: what the others were charged was but values. */
function chargeAll(
  asks: readonly Ask[],
  states: readonly unknown[],
  now: number,
  moment: Moment,
  decisions: Decision[],
): readonly unknown[] | undefined {
  const next = states.slice();
  let left = false;
  for (let i = 0; i < asks.length; i++) {
    const { policy, params, cost } = asks[i]!;
    const { used } = policy.algorithm;
    if (used === undefined) decisions[i] = charge(asks[i]!, next, i, now, moment);
    else left = true;
    const after = used === undefined ? decisions[i]!.used : used(params, states[i], now) + cost;
    if (cost !== 0 && !(after <= params.quota)) return undefined;
  }
  for (let i = 0; left && i < asks.length; i++)
    if (asks[i]!.policy.algorithm.used !== undefined) decisions[i] = charge(asks[i]!, next, i, now, moment);
  return next;
}

function charge(ask: Ask, states: unknown[], place: number, now: number, moment: Moment): Decision {
  const { policy, params, cost } = ask;
  if (cost === 0) return new Decision(ask, true, policy.algorithm.peek(params, states[place], 0, now), now, 0, now);
  const after = policy.algorithm.charge(params, states[place], cost, now, moment);
  states[place] = after.state;
  return new Decision(ask, true, after, now, cost, after.window);
}

/** Charges what a refusal charges, and tells the same. */
function refuse(
  asks: readonly Ask[],
  states: readonly unknown[],
  now: number,
  moment: Moment,
  decisions: Decision[],
): readonly unknown[] {
  const looks = asks.map(({ policy, params, cost }, i) => policy.algorithm.peek(params, states[i], cost, now));
  const charged = chargedByRefusal(asks, looks);
  return asks.map((ask, i) => {
    const { policy, params, cost } = ask;
    const { allowed, retryAt } = looks[i]!;
    if (cost === 0 || !charged.includes(policy.id) || !(allowed || isOpen(ask, states[i], now))) {
      decisions[i] = new Decision(ask, allowed, looks[i]!, retryAt, 0, now);
      return states[i];
    }
    const after = policy.algorithm.charge(params, states[i], cost, now, moment);
    decisions[i] = new Decision(ask, allowed, after, retryAt, cost, after.window);
    return after.state;
  });
}

/** The policies that are charged although the request is refused. One whose refusal is final has the last word. */
function chargedByRefusal(asks: readonly Ask[], looks: readonly Look[]): readonly string[] {
  let charged: readonly string[] = NONE;
  for (let i = 0; i < asks.length; i++) {
    if (looks[i]!.allowed) continue;
    const { charges, final } = asks[i]!.policy.refusal;
    charged = charged.length === 0 ? charges : [...charged, ...charges];
    if (final) break;
  }
  return charged;
}

const NONE: readonly never[] = [];

/** Whether a policy that refuses has a window to charge: a refusal opens none. */
function isOpen({ policy, params }: Ask, state: unknown, now: number): boolean {
  return policy.window.kind !== 'first-request' || (state !== undefined && policy.algorithm.isLive(params, state, now));
}

/** What a settlement gave back (positive) or took on top (negative), per policy. */
export interface Refund {
  readonly policy: string;
  readonly amount: number;
}

/** Corrects the charges of an admitted request by its outcome. Concurrency is left alone: it is released when the response has been sent. */
export function settle(
  store: Store,
  admission: Admission,
  facts: RequestFacts,
  outcome: Outcome,
  instant: Instant,
): readonly Refund[] {
  let refunds: { decision: Decision; amount: number }[] | undefined;
  for (const decision of admission.decisions) {
    const { policy } = decision.ask;
    if (decision.charged === 0 || !decision.allowed || policy.algorithm.windows.length === 0) continue;
    const due = policy.free(facts, outcome)
      ? 0
      : policy.actualCost
        ? policy.actualCost(facts, outcome)
        : decision.charged;
    if (due === decision.charged) continue;
    refunds ??= [];
    refunds.push({ decision, amount: decision.charged - due });
  }
  if (refunds === undefined) return NONE;
  refund(store, refunds, admission.lease, instant);
  return refunds.map(({ decision, amount }) => ({ policy: decision.ask.policy.id, amount }));
}

/** Frees what the request held of concurrency policies: in flight, or (a job that never came to be) reserved. */
export function release(store: Store, admission: Admission, instant: Instant): void {
  let held: { decision: Decision; amount: number }[] | undefined;
  for (const decision of admission.decisions) {
    const { ask, charged } = decision;
    if (charged === 0 || ask.policy.algorithm.windows.length > 0) continue;
    held ??= [];
    held.push({ decision, amount: charged });
  }
  if (held !== undefined) refund(store, held, admission.lease, instant);
}

function refund(
  store: Store,
  refunds: readonly { decision: Decision; amount: number }[],
  lease: string,
  instant: Instant,
): void {
  store.transact(
    refunds.map(({ decision }) => decision.ask),
    (states) =>
      refunds.map(({ decision, amount }, i) => {
        const { policy, params } = decision.ask;
        return states[i] === undefined
          ? undefined
          : policy.algorithm.refund(params, states[i], decision.window, amount, lease);
      }),
    instant,
  );
}

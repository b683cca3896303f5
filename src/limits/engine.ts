/**
 * The engine: queries all policies that apply, admits all or nothing (`admit`), and corrects the charges once the outcome is known (`settle`).
 *
 * It never reads the time and holds no state: the instant and the store are passed in.
 * @module
 */
import { type ChargeContext, chargeAnyway, type Params } from './algorithms/algorithm.js';
import type { Assessment, QuotaStatus } from './assessment.js';
import type { Outcome, RequestFacts } from './facts.js';
import type { CounterPolicy, LeasePolicy, Policy } from './policy.js';

/** A query to one policy: may this partition take `cost` units? */
export interface PolicyQuery {
  readonly policy: Policy;
  readonly partition: string;
  readonly params: Params;
  /** Quota units that are charged. */
  readonly cost: number;
  /** Quota units that must have room: the cost when left out, or more. 0 is always admitted. */
  readonly needs?: number | undefined;
}

/** Names one bucket of the store. */
export interface Bucket {
  readonly policy: Policy;
  readonly partition: string;
}

/** Where buckets live. `transact` passes the states of all buckets (each of another policy) to a pure function that returns the new ones; it runs as one step. */
export interface BucketTransactions {
  transact(
    buckets: readonly Bucket[],
    change: (states: readonly unknown[]) => readonly unknown[],
    instant: Instant,
  ): void;
}

/** An instant of the sandbox's clock; epoch ms. */
export interface Instant {
  readonly now: number;
  /** The earliest instant that the clock may still show; `-Infinity` once it has been moved by hand. */
  readonly horizon: number;
}

/** The decision of one policy about one request, for headers, the journal and explanations. Amounts are quota units. */
export class Decision implements QuotaStatus {
  /** Units that the request was charged. A refused request may be charged as well. */
  charged = 0;
  /** Units that the request counts for by now: what was charged, corrected by settlements. */
  counted = 0;

  /**
   * @param query the query that it answers
   * @param assessment the algorithm's answer, from before the charge
   * @param status the status of the bucket after what was charged
   */
  constructor(
    readonly query: PolicyQuery,
    readonly assessment: Assessment,
    public status: Assessment,
  ) {}

  /** Whether this policy had room. */
  get allowed(): boolean {
    return this.assessment.allowed;
  }

  get used(): number {
    return this.status.used;
  }

  get remaining(): number {
    return this.status.remaining;
  }

  get resetAt(): number | null {
    return this.status.resetAt;
  }

  /** The first instant (epoch ms) at which this policy had room for the request; see `Assessment`. */
  get retryAt(): number | null {
    return this.assessment.retryAt;
  }

  /** Milliseconds that the request has to wait for its turn, if it is admitted. */
  get delayMs(): number {
    return this.assessment.delayMs;
  }
}

/** The decisions of all policies about one request. */
export interface Admission {
  readonly allowed: boolean;
  /** In the order of the queries. */
  readonly decisions: readonly Decision[];
  /** The states of the queried buckets after the charges, in the order of the queries. */
  readonly states: readonly unknown[];
  /** The first decision that refused, in the profile's order. */
  readonly refusedBy: Decision | undefined;
  /** Milliseconds that the admitted request has to wait for its turn: the longest delay of any policy. */
  readonly delayMs: number;
  /** The lease id under which lease policies hold its units. */
  readonly lease: string;
  /** Epoch ms. */
  readonly at: number;
}

/** Queries every policy. Charges all of them if all have room; else charges those that the refusing policies name. */
export function admit(
  store: BucketTransactions,
  queries: readonly PolicyQuery[],
  instant: Instant,
  lease: string,
): Admission {
  const { now, horizon } = instant;
  const context = { horizon, lease };
  const decisions = new Array<Decision>(queries.length);
  let allowed = true;
  let next: readonly unknown[] = NONE;
  const change = (states: readonly unknown[]) => {
    allowed = decideAll(queries, states, now, decisions);
    next = allowed ? chargeAll(decisions, states, now, context) : chargeRefused(decisions, states, now, context);
    return next;
  };
  store.transact(queries, change, instant);
  const refusedBy = allowed ? undefined : decisions.find((decision) => !decision.allowed);
  return {
    allowed,
    decisions,
    states: next,
    refusedBy,
    delayMs: allowed ? longestDelay(decisions) : 0,
    lease,
    at: now,
  };
}

/** Assesses every query and fills `decisions`. Returns whether all have room. */
function decideAll(
  queries: readonly PolicyQuery[],
  states: readonly unknown[],
  now: number,
  decisions: Decision[],
): boolean {
  let allowed = true;
  for (let i = 0; i < queries.length; i++) {
    const query = queries[i]!;
    const { policy, params, cost, needs = cost } = query;
    let assessment = policy.algorithm.decide(params, states[i], needs, now);
    if (needs !== cost && assessment.allowed) assessment = policy.algorithm.decide(params, states[i], cost, now);
    decisions[i] = new Decision(query, assessment, assessment);
    if (!assessment.allowed) allowed = false;
  }
  return allowed;
}

function longestDelay(decisions: readonly Decision[]): number {
  let longest = 0;
  for (let i = 0; i < decisions.length; i++) {
    const { delayMs } = decisions[i]!.assessment;
    if (delayMs > longest) longest = delayMs;
  }
  return longest;
}

/** Charges every query, and returns the new states. */
function chargeAll(
  decisions: readonly Decision[],
  states: readonly unknown[],
  now: number,
  context: ChargeContext,
): readonly unknown[] {
  const next = states.slice();
  for (let i = 0; i < decisions.length; i++) {
    const decision = decisions[i]!;
    const { policy, params, cost } = decision.query;
    if (cost === 0) continue;
    next[i] = policy.algorithm.charge(params, states[i], decision.assessment, cost, now, context);
    decision.charged = cost;
    decision.counted = cost;
  }
  return next;
}

/** Charges what the refusal charges, and returns the new states. */
function chargeRefused(
  decisions: readonly Decision[],
  states: readonly unknown[],
  now: number,
  context: ChargeContext,
): readonly unknown[] {
  const charged = chargedByRefusal(decisions);
  const next = states.slice();
  for (let i = 0; i < decisions.length; i++) {
    const decision = decisions[i]!;
    const { query, assessment } = decision;
    const { policy, params, cost } = query;
    if (cost === 0) continue;
    if (charged.includes(policy.id) && (assessment.allowed || isOpen(query, states[i], now))) {
      next[i] = policy.algorithm.charge(params, states[i], assessment, cost, now, context);
      decision.charged = cost;
      decision.status = policy.algorithm.decide(params, next[i], 0, now);
    } else if (assessment.allowed) {
      // The assessment has the status after a charge, which another policy's refusal prevents.
      decision.status = policy.algorithm.decide(params, states[i], 0, now);
    }
  }
  return next;
}

/** Ids of the policies that are charged although the request is refused. A final refusal ends the list. */
function chargedByRefusal(decisions: readonly Decision[]): readonly string[] {
  let charged: readonly string[] = NONE;
  for (const { query, assessment } of decisions) {
    if (assessment.allowed) continue;
    const { charges, final } = query.policy.refusal;
    charged = charged.length === 0 ? charges : [...charged, ...charges];
    if (final) break;
  }
  return charged;
}

const NONE: readonly never[] = [];

/** Whether a policy that refuses has a window to charge. A refusal opens no window. */
function isOpen({ policy, params }: PolicyQuery, state: unknown, now: number): boolean {
  if (policy.kind === 'counter' && policy.window.kind !== 'first-request') return true;
  return state !== undefined && policy.algorithm.isLive(params, state, now);
}

/** What a settlement gave back (positive) or took on top (negative), in quota units. */
export interface Refund {
  readonly policy: string;
  readonly amount: number;
}

/** A decision of a counter that is to be corrected. */
interface Correction {
  readonly decision: Decision;
  readonly policy: CounterPolicy;
  /** Units that are given back; negative: taken on top. */
  readonly amount: number;
}

/**
 * Corrects the charges of an admitted request by its outcome. It may be called again as the outcome grows: each call corrects what the last one left. Leases are
 * left alone: they are released when the response has been sent.
 *
 * @param isFinal whether the outcome is complete; if not, units are only taken on top, and none are given back
 */
export function settle(
  store: BucketTransactions,
  admission: Admission,
  facts: RequestFacts,
  outcome: Outcome,
  instant: Instant,
  isFinal = true,
): readonly Refund[] {
  let corrections: Correction[] | undefined;
  for (const decision of admission.decisions) {
    const { policy } = decision.query;
    // A cost of 0 may still become more: what a request takes can be known at its end only.
    if (!decision.allowed || policy.kind === 'lease' || (decision.charged === 0 && !policy.actualCost)) continue;
    const due = policy.free(facts, outcome)
      ? 0
      : policy.actualCost
        ? (policy.actualCost(facts, outcome) ?? decision.counted)
        : decision.charged;
    if (due === decision.counted || (due < decision.counted && !isFinal)) continue;
    corrections ??= [];
    corrections.push({ decision, policy, amount: decision.counted - due });
    decision.counted = due;
  }
  if (corrections === undefined) return NONE;
  const made = corrections;
  store.transact(
    made.map(({ decision }) => decision.query),
    (states) => made.map((correction, i) => corrected(correction, states[i], admission.lease, instant)),
    instant,
  );
  return made.map(({ policy, amount }) => ({ policy: policy.id, amount }));
}

/** The state after a correction. What was not charged at admission is charged to the current window; the rest is corrected in the window that was charged. */
function corrected(
  { decision, policy, amount }: Correction,
  state: unknown,
  lease: string,
  { now, horizon }: Instant,
): unknown {
  const { params } = decision.query;
  if (decision.charged === 0 && amount < 0)
    return chargeAnyway(policy.algorithm, params, state, -amount, now, { horizon, lease });
  return state === undefined ? undefined : policy.algorithm.refund(params, state, decision.assessment.window, amount);
}

/** A decision of a lease policy whose units are to be released. */
interface Release {
  readonly decision: Decision;
  readonly policy: LeasePolicy;
}

/** Releases what the request holds of lease policies. */
export function release(store: BucketTransactions, admission: Admission, instant: Instant): void {
  let releases: Release[] | undefined;
  for (const decision of admission.decisions) {
    const { policy } = decision.query;
    if (decision.charged === 0 || policy.kind === 'counter') continue;
    releases ??= [];
    releases.push({ decision, policy });
  }
  if (releases === undefined) return;
  const made = releases;
  store.transact(
    made.map(({ decision }) => decision.query),
    (states) =>
      made.map(({ decision, policy }, i) =>
        states[i] === undefined ? undefined : policy.algorithm.release(states[i], admission.lease, decision.charged),
      ),
    instant,
  );
}

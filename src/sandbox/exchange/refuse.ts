/**
 * Refusals: which error is answered, and how long to wait.
 * @module
 */
import type { Assessment, QuotaStatus } from '../../limits/assessment.js';
import type { Admission, Decision, PolicyQuery } from '../../limits/engine.js';
import type { Policy } from '../../limits/policy.js';
import { assessAll, firstAdmission } from '../../limits/quota-status.js';
import type { Draft } from './answer.js';
import { type Exchange, errorDraft } from './state.js';

/** The part of an assessment that a refusal reads. */
type RefusalStatus = QuotaStatus & Pick<Assessment, 'retryAt'>;

/** Drafts the response to a refused request. Sets the exchange's `refusal` and `reportedWait`. */
export function refuse(exchange: Exchange, { refusedBy, decisions }: Admission): Draft {
  const { query } = refusedBy!;
  const { refusal } = query.policy;
  const { queries, states, instant } = exchange;
  const { now } = instant;
  const statuses = statusesOf(exchange, states);
  const index = queries.indexOf(query);
  const { retryAt } = statuses[index]!;
  // A refusal that a fault delayed may have room by now, so read its status without the request's cost.
  const ownStatus = exchange.currentDecisions
    ? statuses[index]!
    : query.policy.algorithm.decide(query.params, states[index], 0, now);
  const at = comeBackAt(exchange, query, ownStatus.resetAt, states, statuses);
  const seconds = at === Number.POSITIVE_INFINITY ? undefined : Math.max(1, Math.ceil(((at ?? now) - now) / 1_000));
  exchange.reportedWait = { seconds, at: at !== null && Number.isFinite(at) ? at : undefined };
  const violated = decisions.filter(({ allowed }) => !allowed).map((decision) => decision.query.policy.base);
  // A refusal that a fault delays is drafted twice. Its error is chosen once.
  const error =
    exchange.refusal?.error ??
    (isImpossible({ retryAt }) ? refusal.impossible : undefined) ??
    chosenError(exchange, query.policy);
  exchange.refusal = { policy: query.policy.id, seconds, error, violated };
  exchange.refusalFacts = refusalFacts(query, ownStatus, violated);
  return errorDraft(exchange, error, {
    refusal: exchange.refusalFacts,
    retryAfter: seconds,
    retryAt: exchange.reportedWait.at,
  });
}

/** The error that answers a refusal by the policy. Shares are drawn from the sandbox's sequence of ids, so that equal runs have equal answers. */
function chosenError({ request, providerState }: Exchange, { refusal }: Policy): string {
  for (const { when, share, error } of refusal.choices)
    if (when(request) && (share === 1 || providerState.ids.random() < share)) return error;
  return refusal.error;
}

/** The current status of all policies. The decisions have it, except for buckets that the refusal charged: those may have no room for the next request. */
function statusesOf(
  { currentDecisions, queries, instant: { now } }: Exchange,
  states: readonly unknown[],
): readonly RefusalStatus[] {
  if (!currentDecisions) return assessAll(queries, states, now);
  if (!currentDecisions.some(isCharged)) return currentDecisions;
  return queries.map(({ policy, params, cost, needs = cost }, i) => {
    const decision = currentDecisions[i]!;
    return decision.charged === 0 ? decision : policy.algorithm.decide(params, states[i], needs, now);
  });
}

function isCharged({ charged }: Decision): boolean {
  return charged > 0;
}

/** Whether the request can never be admitted: its cost is above what the bucket holds. */
function isImpossible({ retryAt }: Pick<Assessment, 'retryAt'>): boolean {
  return retryAt === Number.POSITIVE_INFINITY;
}

/**
 * When to come back (epoch ms): the fixed wait of the profile, else the first instant at which every policy would admit the request. `null` if that cannot be
 * known, `Infinity` if no wait helps.
 */
function comeBackAt(
  { queries, instant: { now } }: Exchange,
  query: PolicyQuery,
  resetAt: number | null,
  states: readonly unknown[],
  statuses: readonly RefusalStatus[],
): number | null {
  const { retryAfterSec } = query.policy.refusal;
  if (typeof retryAfterSec === 'number') return now + retryAfterSec * 1_000;
  if (retryAfterSec === 'reset') return resetAt;
  if (isImpossible(statuses[queries.indexOf(query)]!)) return Number.POSITIVE_INFINITY;
  if (!statuses.some(isImpossible)) return firstAdmission(queries, states, statuses, now);
  // A later policy can never admit the request, but it is only reached once this one has room. Compute that instant from the others.
  const possible = queries.map((_, i) => i).filter((i) => !isImpossible(statuses[i]!));
  const of = <T>(list: readonly T[]) => possible.map((i) => list[i]!);
  return firstAdmission(of(queries), of(states), of(statuses), now);
}

/** The facts of the refusing policy that templates may use, in the profile's units. @param violated ids of all policies that refuse the request */
export function refusalFacts(
  { policy, params, cost }: PolicyQuery,
  { used, remaining, resetAt }: QuotaStatus,
  violated: readonly string[] = [policy.base],
): Record<string, unknown> {
  const { base, scale } = policy;
  return {
    policy: base,
    limit: params.quota / scale,
    used: used / scale,
    remaining: remaining / scale,
    resetAt: resetAt ?? undefined,
    cost: cost / scale,
    violated,
  };
}

/**
 * Refusals: which error answers, and how long to wait.
 * @module
 */
import type { Standing } from '../../limits/algorithms/algorithm.js';
import type { Admission, Ask } from '../../limits/engine.js';
import { firstAdmission, standings, statesOf } from '../../limits/quota-status.js';
import type { Draft } from './answer.js';
import { type Exchange, errorDraft } from './state.js';

export function refuse(exchange: Exchange, { refusedBy }: Admission): Draft {
  const { ask } = refusedBy!;
  const { refusal } = ask.policy;
  const { asks, instant } = exchange;
  const { now } = instant;
  const states = statesOf(exchange.store, asks, instant);
  const standing = standingOf(exchange, states);
  const own = standing[asks.indexOf(ask)]!;
  const impossible = ask.cost > ask.params.quota;
  const at = comeBackAt(exchange, ask, own, states, standing);
  const seconds = at === Number.POSITIVE_INFINITY ? undefined : Math.max(1, Math.ceil(((at ?? now) - now) / 1_000));
  exchange.reportedWait = { seconds, at: at !== null && Number.isFinite(at) ? at : undefined };
  exchange.refusal = { policy: ask.policy.id, seconds };
  return errorDraft(exchange, impossible ? refusal.impossible : refusal.error, {
    refusal: refusalFacts(ask, own),
    retryAfter: seconds,
    retryAt: exchange.reportedWait.at,
  });
}

/** How all policies stand. They have just said so, but for those that were charged: there may be no room for the next. */
function standingOf({ said, asks, instant: { now } }: Exchange, states: readonly unknown[]): readonly Standing[] {
  if (!said) return standings(asks, states, now);
  return asks.map(({ policy, params, cost }, i) =>
    said[i]!.charged === 0 ? said[i]! : policy.algorithm.peek(params, states[i], cost, now),
  );
}

/** When to come back: what the documents fix, else the first instant at which every policy would admit the request. `null`: nobody can tell. */
function comeBackAt(
  { asks, instant: { now } }: Exchange,
  ask: Ask,
  own: Standing,
  states: readonly unknown[],
  standing: readonly Standing[],
): number | null {
  const { retryAfterSec } = ask.policy.refusal;
  const impossible = ask.cost > ask.params.quota;
  if (typeof retryAfterSec === 'number') return now + retryAfterSec * 1_000;
  if (retryAfterSec === 'reset') return own.resetAt;
  // No wait helps: whoever was told one would come back for nothing.
  if (impossible) return Number.POSITIVE_INFINITY;
  // What a policy further down will never admit is for it to say, once it is its turn; until then there is a moment to come back.
  const never = standing.some(({ retryAt }) => retryAt === Number.POSITIVE_INFINITY);
  if (!never) return firstAdmission(asks, states, standing, now);
  const waited = asks.map((_, i) => i).filter((i) => standing[i]!.retryAt !== Number.POSITIVE_INFINITY);
  const of = <T>(list: readonly T[]) => waited.map((i) => list[i]!);
  return firstAdmission(of(asks), of(states), of(standing), now);
}

/** What a refusal's body may tell of the policy that refused, in the profile's units. */
export function refusalFacts(
  { policy, params, cost }: Ask,
  { used, remaining, resetAt }: Standing,
): Record<string, unknown> {
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

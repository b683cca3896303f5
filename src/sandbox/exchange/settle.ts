/**
 * Settlement: the outcome corrects the charges, and a warning is sent when they exceed a soft limit. Admitted requests are counted as calls here as well.
 * @module
 */
import { type Decision, settle } from '../../limits/engine.js';
import type { Outcome } from '../../limits/facts.js';
import { bucketSize } from '../../limits/policy.js';
import type { Exchange } from './state.js';

/**
 * Counts an admitted request as a call, for the usage page. A request that the policies count as nothing is no call: each counter that was queried took no unit of it.
 */
export function countCall(exchange: Exchange): void {
  const { request, calls, at, decisions, providerState } = exchange;
  const { caller } = request;
  // A path that is not the provider's.
  if (caller === undefined && request.match === undefined) return;
  if (!isCounted(decisions)) return;
  exchange.isCall = true;
  calls.add(caller && (request.credential ?? ''), caller?.account ?? '', at, providerState.provider.calendar);
}

/** Whether a counter has taken units of the request, or none was queried. */
function isCounted(decisions: readonly Decision[]): boolean {
  let isQueried = false;
  for (let i = 0; i < decisions.length; i++) {
    const { query, counted } = decisions[i]!;
    if (query.policy.kind === 'lease') continue;
    // What such a request takes is known at its end only.
    if (counted > 0 || query.policy.actualCost !== undefined) return true;
    isQueried = true;
  }
  return !isQueried;
}

/** Takes back the call of a request to which settlement has given all units back. */
function uncountCall(exchange: Exchange): void {
  const { request, calls, at, decisions, providerState } = exchange;
  if (!exchange.isCall || isCounted(decisions)) return;
  exchange.isCall = false;
  calls.takeBack(request.caller && (request.credential ?? ''), at, providerState.provider.calendar);
}

/** Corrects the charges by the outcome. Does nothing if the exchange is already settled. */
export function settleOnce(exchange: Exchange, outcome: Outcome): void {
  if (exchange.settled) return;
  exchange.settled = true;
  correct(exchange, outcome, true);
  if (exchange.refunds) {
    exchange.renew();
    uncountCall(exchange);
  }
  emitWarnings(exchange);
}

/** Charges what an answer that is being streamed takes so far, where that is more than was charged. Gives nothing back. */
export function settleSoFar(exchange: Exchange, outcome: Outcome): void {
  if (!exchange.settled) correct(exchange, outcome, false);
}

/** Whether the cost of an admitted request depends on its outcome, so that a stream has to be settled as it goes. */
export function readsOutcome({ admissions }: Exchange): boolean {
  return admissions.some(({ decisions }) =>
    decisions.some(({ query: { policy } }) => policy.kind === 'counter' && policy.actualCost !== undefined),
  );
}

function correct(exchange: Exchange, { status, error, body }: Outcome, isFinal: boolean): void {
  const { buckets, request, instant, at } = exchange;
  const outcome = { status, error, body, elapsedMs: instant.now - at };
  for (const admission of exchange.admissions) {
    if (!admission.allowed) continue;
    for (const { policy, amount } of settle(buckets, admission, request, outcome, instant, isFinal)) {
      exchange.refunds ??= new Map();
      exchange.refunds.set(policy, (exchange.refunds.get(policy) ?? 0) + amount);
    }
  }
}

/** Sends a warning when a policy's soft limit is exceeded, once per window. Called after settlement, so that a free request exceeds nothing. */
function emitWarnings(exchange: Exchange): void {
  const { core, providerState, decisions } = exchange;
  for (const { query, used, resetAt, charged, allowed } of decisions) {
    const { policy, params, partition } = query;
    const { id, scale, warnAbove } = policy;
    if (warnAbove === undefined || !allowed) continue;
    const refunded = exchange.refunds?.get(id) ?? 0;
    if (charged - refunded <= 0) continue;
    const limit = params.quota / scale;
    const now = exchange.currentDecisions ? undefined : exchange.statuses.get(id);
    // Other requests may have been refunded meanwhile, so read the current use. If the window has changed, use that of the request's own window.
    const taken = now?.resetAt === resetAt ? now.used : (used - refunded) / scale;
    if (taken <= (warnAbove * bucketSize(policy, params)) / scale) continue;
    const key = `${id} ${partition} ${resetAt}`;
    if (providerState.warned.has(key)) continue;
    providerState.warned.add(key);
    exchange.warnings = [...exchange.warnings, id];
    const share = Math.round(warnAbove * 100);
    core.log('warn', `${providerState.provider.id}: more than ${share} % of ${id} is used (${taken} of ${limit})`);
    core.emit({
      type: 'warning',
      at: core.clock.now(),
      data: { profile: providerState.provider.id, policy: id, used: taken, limit, above: warnAbove },
    });
  }
}

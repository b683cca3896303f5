/**
 * Settlement: what the outcome changes of the charges, and the warning when they pass a soft limit.
 * @module
 */
import { settle } from '../../limits/engine.js';
import type { Outcome } from '../../limits/facts.js';
import { bucketSize } from '../../limits/policy.js';
import type { Exchange } from './state.js';

/** Corrects the charges by the outcome; what has been settled before stays so. */
export function settleOnce(exchange: Exchange, { status, error, body }: Outcome): void {
  if (exchange.settled) return;
  exchange.settled = true;
  const outcome = { status, error, body };
  for (const admission of exchange.admissions) {
    if (!admission.allowed) continue;
    for (const { policy, amount } of settle(exchange.buckets, admission, exchange.request, outcome, exchange.instant)) {
      exchange.refunds ??= new Map();
      exchange.refunds.set(policy, amount);
    }
  }
  if (exchange.refunds) exchange.renew();
  warnIfNear(exchange);
}

/** Records a warning when a policy's soft limit is passed, once per window. Asked after settlement: what turned out to be free passes nothing. */
function warnIfNear(exchange: Exchange): void {
  const { core, providerState, decisions } = exchange;
  for (const { query, used, resetAt, charged, allowed } of decisions) {
    const { policy, params, partition } = query;
    const { id, scale, warnAbove } = policy;
    if (warnAbove === undefined || !allowed) continue;
    const refunded = exchange.refunds?.get(id) ?? 0;
    if (charged - refunded <= 0) continue;
    const limit = params.quota / scale;
    const now = exchange.currentDecisions ? undefined : exchange.statuses.get(id);
    // Others may have been refunded meanwhile; a request that was answered in a later window speaks of its own.
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

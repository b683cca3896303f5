/**
 * Settlement: what the outcome changes of the charges, and the warning when they pass a soft limit.
 * @module
 */
import { settle } from '../../limits/engine.js';
import type { Outcome } from '../../limits/facts.js';
import type { Exchange } from './state.js';

/** Corrects the charges by the outcome; what has been settled before stays so. */
export function settleOnce(one: Exchange, { status, error, body }: Outcome): void {
  if (one.settled) return;
  one.settled = true;
  const outcome = { status, error, body };
  for (const admission of one.admissions) {
    if (!admission.allowed) continue;
    for (const { policy, amount } of settle(one.store, admission, one.request, outcome, one.instant)) {
      one.refunds ??= new Map();
      one.refunds.set(policy, amount);
    }
  }
  if (one.refunds) one.renew();
  warnIfNear(one);
}

/** Records a warning when a policy's soft limit is passed, once per window. Asked after settlement: what turned out to be free passes nothing. */
function warnIfNear(one: Exchange): void {
  const { core, world, decisions } = one;
  for (const { ask, used, resetAt, charged, allowed } of decisions) {
    const { policy, params, partition } = ask;
    const { id, scale, warnAbove } = policy;
    if (warnAbove === undefined || !allowed) continue;
    const refunded = one.refunds?.get(id) ?? 0;
    if (charged - refunded <= 0) continue;
    const limit = params.quota / scale;
    const now = one.said ? undefined : one.standing.get(id);
    // Others may have been refunded meanwhile; a request that was answered in a later window speaks of its own.
    const taken = now?.resetAt === resetAt ? now.used : (used - refunded) / scale;
    if (taken <= warnAbove * limit) continue;
    const key = `${id} ${partition} ${resetAt}`;
    if (world.warned.has(key)) continue;
    world.warned.add(key);
    one.warnings = [...one.warnings, id];
    const share = Math.round(warnAbove * 100);
    core.log('warn', `${world.provider.id}: more than ${share} % of ${id} is used (${taken} of ${limit})`);
    core.emit({
      type: 'warning',
      at: core.clock.now(),
      data: { profile: world.provider.id, policy: id, used: taken, limit, above: warnAbove },
    });
  }
}

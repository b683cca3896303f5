/**
 * How policies stand, asked without taking anything: for headers, refusals and explanations.
 * @module
 */
import type { Standing } from './algorithms/algorithm.js';
import type { Ask, Instant, Store } from './engine.js';

/** How the asked buckets stand now, the asked costs included in `retryAt`. */
export function standings(store: Store, asks: readonly Ask[], instant: Instant): readonly Standing[] {
  let result: readonly Standing[] = [];
  store.transact(
    asks,
    (states) => {
      result = asks.map(({ policy, params, cost }, i) => policy.algorithm.peek(params, states[i], cost, instant.now));
      return states;
    },
    instant,
  );
  return result;
}

/**
 * The first instant at which every policy would admit the request, if nobody else came; `Infinity` if that never comes. What cannot be known (when a request
 * in flight ends) is left out.
 */
export function firstAdmission(store: Store, asks: readonly Ask[], instant: Instant): number {
  let first = instant.now;
  store.transact(
    asks,
    (states) => {
      first = firstRoom(asks, states, instant.now);
      return states;
    },
    instant,
  );
  return first;
}

function firstRoom(asks: readonly Ask[], states: readonly unknown[], now: number): number {
  for (let at = now; ; ) {
    // Asked again at each instant found: where the clock was set back, a policy that has room now may have none by then.
    let latest = at;
    for (let i = 0; i < asks.length; i++) {
      const { policy, params, cost } = asks[i]!;
      const { retryAt } = policy.algorithm.peek(params, states[i], cost, at);
      if (retryAt !== null && retryAt > latest) latest = retryAt;
    }
    if (latest === at || latest === Number.POSITIVE_INFINITY) return latest;
    at = latest;
  }
}

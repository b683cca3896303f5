/**
 * How policies stand, asked without taking anything: for headers, refusals and explanations.
 * @module
 */
import type { Standing } from './algorithms/algorithm.js';
import type { Ask, Instant, Store } from './engine.js';

/** The states of the asked buckets. They are values: what is read off them later is what was true then. */
export function statesOf(store: Store, asks: readonly Ask[], instant: Instant): readonly unknown[] {
  let read: readonly unknown[] = [];
  store.transact(
    asks,
    (states) => {
      read = states;
      return states;
    },
    instant,
  );
  return read;
}

/** How buckets in these states stand at an instant, the asked costs included in `retryAt`. */
export function standings(asks: readonly Ask[], states: readonly unknown[], now: number): readonly Standing[] {
  return asks.map(({ policy, params, cost }, i) => policy.algorithm.peek(params, states[i], cost, now));
}

/**
 * The first instant at which every policy would admit the request, if nobody else came; `Infinity` if that never comes. What cannot be known (when a request
 * in flight ends) is left out.
 *
 * @param standing how they stand at `now`
 */
export function firstAdmission(
  asks: readonly Ask[],
  states: readonly unknown[],
  standing: readonly Standing[],
  now: number,
): number {
  let then = standing;
  for (let at = now; ; ) {
    let latest = at;
    for (const { retryAt } of then) if (retryAt !== null && retryAt > latest) latest = retryAt;
    if (latest === at || latest === Number.POSITIVE_INFINITY) return latest;
    at = latest;
    // Asked again at each instant found: where the clock was set back, a policy that has room now may have none by then.
    then = standings(asks, states, at);
  }
}

/**
 * Assessments that charge nothing: for headers, refusals and explanations.
 * @module
 */
import type { Assessment } from './assessment.js';
import type { BucketTransactions, Instant, PolicyQuery } from './engine.js';

/** Reads the states of the queried buckets. States are immutable, so later reads of them give what was true at this moment. */
export function statesOf(
  store: BucketTransactions,
  queries: readonly PolicyQuery[],
  instant: Instant,
): readonly unknown[] {
  let read: readonly unknown[] = [];
  store.transact(
    queries,
    (states) => {
      read = states;
      return states;
    },
    instant,
  );
  return read;
}

/** Assesses each query against the state of its bucket, at the instant `now` (epoch ms). */
export function assessAll(
  queries: readonly PolicyQuery[],
  states: readonly unknown[],
  now: number,
): readonly Assessment[] {
  return queries.map(({ policy, params, cost, needs = cost }, i) =>
    policy.algorithm.decide(params, states[i], needs, now),
  );
}

/**
 * The first instant (epoch ms) at which every policy would admit the request if no other request came; `Infinity` if that never happens. A policy whose `retryAt`
 * cannot be known (it depends on the end of a request in flight) is left out.
 *
 * @param retries the assessments of the queries at `now`, of which only `retryAt` is read
 */
export function firstAdmission(
  queries: readonly PolicyQuery[],
  states: readonly unknown[],
  retries: readonly Pick<Assessment, 'retryAt'>[],
  now: number,
): number {
  let current = retries;
  for (let at = now; ; ) {
    let latest = at;
    for (const { retryAt } of current) if (retryAt !== null && retryAt > latest) latest = retryAt;
    if (latest === at || latest === Number.POSITIVE_INFINITY) return latest;
    at = latest;
    // Assess again at each candidate: where the clock was set back, a policy that has room now may have none by then.
    current = assessAll(queries, states, at);
  }
}

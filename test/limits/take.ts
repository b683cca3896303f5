/**
 * One step of a bucket: a decision, and the charge if it admits.
 * @module
 */
import type { Algorithm, ChargeContext, Params } from '../../src/limits/algorithms/algorithm.js';
import type { Assessment } from '../../src/limits/assessment.js';

/** What came of it. */
export interface Taken<State> extends Pick<Assessment, 'allowed' | 'retryAt' | 'window' | 'delayMs'> {
  /** After the charge; the same object as before if it was refused. */
  readonly state: State | undefined;
  readonly used: number;
  readonly remaining: number;
  readonly resetAt: number | null;
}

/** Decides, charges what is admitted, and reports the status afterwards as the engine does. */
export function take<State, Settings>(
  algorithm: Algorithm<State, Settings>,
  params: Params<Settings>,
  state: State | undefined,
  cost: number,
  now: number,
  context: ChargeContext = { horizon: now },
): Taken<State> {
  const assessment = algorithm.decide(params, state, cost, now);
  const { allowed, used, remaining, resetAt, retryAt, window, delayMs } = assessment;
  const charged = allowed && cost > 0;
  return {
    allowed,
    used,
    remaining,
    resetAt,
    retryAt,
    state: charged ? algorithm.charge(params, state, assessment, cost, now, context) : state,
    window,
    delayMs,
  };
}

/**
 * A policy, compiled: one named rule, ready to be asked.
 * @module
 */
import type { Algorithm, Params } from './algorithms/algorithm.js';
import { MAX_UNITS } from './amounts.js';
import type { Cost } from './cost.js';
import type { Predicate } from './matching.js';
import type { Partition } from './partitions.js';
import type { Window } from './windows.js';

export interface Policy {
  readonly id: string;
  readonly algorithm: Algorithm;
  readonly window: Window;
  readonly options: Readonly<Record<string, unknown>>;
  /** What is counted: `requests`, `concurrent-requests`, `usd` … */
  readonly unit: string;
  /** Whole numbers inside are this many times the profile's numbers (100: cents of a dollar). */
  readonly scale: number;
  readonly partitionBy: readonly string[];
  /** `arrival`: asked before the caller is known. */
  readonly asked: 'arrival' | 'caller';
  /** Whether it asks the same of all requests of a caller. */
  readonly steady: boolean;
  readonly applies: Predicate;
  readonly partition: Partition;
  readonly cost: Cost;
  /** The cost once the outcome is known, where that differs. */
  readonly actualCost: Cost | undefined;
  /** Outcomes that cost nothing. */
  readonly free: Predicate;
  readonly refusal: Refusal;
  /** Share of the quota above which a warning is recorded, once per window. */
  readonly warnAbove: number | undefined;
}

export interface Refusal {
  /** The policies that a refusal by this one charges. */
  readonly charges: readonly string[];
  /** A refusal here ends the asking: policies further down are neither asked nor charged. */
  readonly final: boolean;
  /** Names of the profile's errors: the answer, and the answer where the cost is above the whole quota. */
  readonly error: string;
  readonly impossible: string;
  /** Seconds, where the documents fix them; else what is true. */
  readonly retryAfterSec: number | 'truthful' | 'reset';
}

/** The most units that a bucket of it can count. */
export function maxUnits({ algorithm, window }: Pick<Policy, 'algorithm' | 'window'>): number {
  return algorithm.most?.(window) ?? MAX_UNITS;
}

/** How the policy counts by this quota, in English. */
export function ruleInWords(policy: Policy, quota: number): string {
  return policy.algorithm.explain(paramsFor(policy, quota), policy.scale);
}

const paramsCache = new WeakMap<Policy, Map<number, Params>>();

/** The parameters for one quota; made once, since plans and accounts have few different ones. */
export function paramsFor(policy: Policy, quota: number): Params {
  const byQuota = paramsCache.get(policy) ?? new Map<number, Params>();
  const known = byQuota.get(quota);
  if (known) return known;
  const params = { quota, window: policy.window, options: policy.options };
  paramsCache.set(policy, byQuota.set(quota, params));
  return params;
}

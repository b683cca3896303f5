/**
 * A compiled policy: one named rule that limits requests, ready to be queried.
 * @module
 */

import { memoise, memoiseWeakly } from '../runtime/memoise.js';
import type { Algorithm, CounterAlgorithm, Holder, LeaseAlgorithm, Params } from './algorithms/algorithm.js';
import { MAX_UNITS } from './amounts.js';
import { formatDuration } from './duration.js';
import type { Groups, Partition } from './partitions.js';
import type { ActualCost, Cost } from './rules/cost.js';
import type { FactReader } from './rules/formula.js';
import type { Predicate } from './rules/matching.js';
import type { CompiledQuantity } from './rules/quantity.js';
import type { SettingsInWords } from './settings.js';
import { type VaryingWindow, windowName } from './varying-window.js';
import { nominalLength, type Window } from './windows.js';

/** What policies of both kinds have. */
interface Rule {
  readonly id: string;
  /** The name under which rules refer to it. Versions of a policy, by plan or by window, have ids of their own (`minute@pro`) and share this name. */
  readonly base: string;
  /** Units per window, in the profile's unit. */
  readonly quota: CompiledQuantity;
  /** The settings of one request, where they depend on facts. */
  readonly settingsOf: ((facts: FactReader) => unknown) | undefined;
  /** The algorithm's own settings, as `scaledSettings` returned them. */
  readonly settings: unknown;
  /** The settings for explanations, where one of them depends on facts. */
  readonly settingsInWords?: SettingsInWords | undefined;
  /** What is counted: `requests`, `concurrent-requests`, `usd` … */
  readonly unit: string;
  /** Quota units in one of the profile's units (100: cents of a dollar). The engine counts quota units only. */
  readonly scale: number;
  /** Names of the facts that are counted apart. */
  readonly partitionBy: readonly string[];
  /** The windows of a counter's buckets, where their length depends on facts. */
  readonly varyingWindow?: VaryingWindow | undefined;
  /** Values of these facts that are counted together. */
  readonly groups?: Readonly<Record<string, Groups>> | undefined;
  /** When it is queried: `arrival`, before the caller is known; `caller`, once the caller is known. */
  readonly phase: Phase;
  /** Whether all requests of one caller give the same query: the policy applies to all of them, with one partition and one cost. */
  readonly sameForAllRequests: boolean;
  /** Whether the policy applies to a request. */
  readonly applies: Predicate;
  readonly partition: Partition;
  /** What happens to a request that lacks a fact of `partitionBy`. With `shared`, `partition` counts it in one bucket. */
  readonly absent: 'skip' | 'shared' | 'refuse';
  readonly cost: Cost;
  /** Units that must be free for a request to be admitted, in the profile's unit, where that is more than its cost. */
  readonly needs: CompiledQuantity | undefined;
  /** The most that one request may cost, in the profile's unit. */
  readonly mostPerRequest: CompiledQuantity | undefined;
  /** The cost that is known with the outcome, where it differs from `cost`. */
  readonly actualCost: ActualCost | undefined;
  /** Outcomes that cost nothing. */
  readonly free: Predicate;
  readonly refusal: Refusal;
  /** Share of the quota (0–1) above which a warning is recorded, once per window. */
  readonly warnAbove: number | undefined;
}

/** When a policy is queried. */
export type Phase = 'arrival' | 'caller';

/** A policy that counts units in windows of time. */
export interface CounterPolicy extends Rule {
  readonly kind: 'counter';
  readonly algorithm: CounterAlgorithm;
  /** Where its length depends on facts: one of a usual length, for what is said of the policy as a whole. `windowed` has the one of a bucket. */
  readonly window: Window;
}

/** A policy that counts units which are held until they are released. It has no window. */
export interface LeasePolicy extends Rule {
  readonly kind: 'lease';
  readonly algorithm: LeaseAlgorithm;
  readonly window: undefined;
}

/** A policy of either kind; `kind` is that of its algorithm. */
export type Policy = CounterPolicy | LeasePolicy;

/** What a refusal by a policy does. */
export interface Refusal {
  /** Ids of the policies that a refusal charges. */
  readonly charges: readonly string[];
  /** Whether policies further down are neither queried nor charged after a refusal by this one. */
  readonly final: boolean;
  /** Name of the profile's error that answers; of several, the one that answers where no choice before it does. */
  readonly error: string;
  /** The errors that answer some refusals, in order. Empty if one error answers all. */
  readonly choices: readonly RefusalChoice[];
  /** Name of the error that answers when the request can never be admitted; the same as for other refusals where there is none. */
  readonly impossible: string | undefined;
  /** `Retry-After`: a fixed number of seconds, the time to the reset, or the time to the first instant at which the request would be admitted. */
  readonly retryAfterSec: number | 'truthful' | 'reset';
}

/** An error that answers some refusals of a policy. */
export interface RefusalChoice {
  /** The requests that it answers. */
  readonly when: Predicate;
  /** The share of them (0–1) that it answers. */
  readonly share: number;
  /** Name of the profile's error. */
  readonly error: string;
}

/** The names of all errors with which the policy refuses. */
export function refusalErrors({ refusal }: Policy): readonly string[] {
  const { choices, error, impossible } = refusal;
  return [...choices.map((choice) => choice.error), error, ...(impossible === undefined ? [] : [impossible])];
}

/** The window of a policy without one, as reports and snapshots have it: a length of 0 ms. */
export const NO_WINDOW: Window = { kind: 'first-request', lengthMs: 0 };

/** The kind, the algorithm and the window of a policy, typed as one. @throws TypeError if a counter has no window */
export function countedBy(
  algorithm: Algorithm,
  window: Window | undefined,
): Pick<CounterPolicy, 'kind' | 'algorithm' | 'window'> | Pick<LeasePolicy, 'kind' | 'algorithm' | 'window'> {
  if (algorithm.kind === 'lease') return { kind: 'lease', algorithm, window: undefined };
  if (algorithm.windows.length === 0) return { kind: 'counter', algorithm, window: NO_WINDOW };
  if (window === undefined) throw new TypeError(`${algorithm.name} needs a window; give the policy one`);
  return { kind: 'counter', algorithm, window };
}

/** The most units that a bucket of the policy can count exactly or store. */
export function maxUnits(
  policy: Pick<CounterPolicy, 'kind' | 'algorithm' | 'window'> | Pick<LeasePolicy, 'kind' | 'algorithm'>,
): number {
  return (
    (policy.kind === 'counter' ? policy.algorithm.maxUnits?.(policy.window) : policy.algorithm.maxUnits()) ?? MAX_UNITS
  );
}

/** The policy as it counts in one bucket: with the bucket's own window, where windows vary. The same object for the same window. */
export function windowed<P extends Policy>(policy: P, partition: string): P {
  if (policy.varyingWindow === undefined) return policy;
  return withWindow(policy, windowName(partition, policy.partitionBy));
}

/** The policy with the window of that name; the policy itself where its windows do not vary, or the name is not known. */
export function withWindow<P extends Policy>(policy: P, name: string | undefined): P {
  if (policy.varyingWindow === undefined || name === undefined) return policy;
  return withWindows(policy)(name) as P;
}

/** Clients rarely have many different windows. */
const MAX_WINDOWS = 1_000;

const withWindows = memoiseWeakly((policy: Policy) =>
  memoise(
    (name: string) => ({ ...policy, window: policy.varyingWindow!.named(name), varyingWindow: undefined }) as Policy,
    { max: MAX_WINDOWS },
  ),
);

/** Units that fit into a bucket: the quota, unless the algorithm's settings say otherwise. */
export function bucketSize(policy: Policy, params: Params): number {
  return policy.kind === 'counter' ? (policy.algorithm.size?.(params) ?? params.quota) : params.quota;
}

/** What holds the units of a lease policy; `undefined` for a counter. */
export function holderOf(policy: Policy): Holder | undefined {
  return policy.kind === 'lease' ? policy.algorithm.heldBy(policy.settings) : undefined;
}

/**
 * How the policy counts, in English; `undefined` if it has no limit.
 *
 * @param quota in the profile's unit, where it is set for an account or plan; the policy's own when left out
 */
export function policyInWords(
  policy: Policy,
  quota: number | null = policy.quota.constant ?? null,
): string | undefined {
  if (quota !== null) return ruleInWords(policy, Math.round(quota * policy.scale));
  if (policy.quota.constant === null) return undefined;
  // The algorithm's sentence, with the formula in place of the number.
  return ruleInWords(policy, Number.NaN).replaceAll('NaN', policy.quota.words);
}

/** How the policy counts with this quota (in quota units), in English. */
export function ruleInWords(policy: Policy, quota: number): string {
  const { settingsInWords } = policy;
  const sentence = policy.algorithm.explain(paramsFor(policy, quota, settingsInWords?.settings), policy.scale);
  const words = settingsInWords ? sentence.replaceAll('Infinity', settingsInWords.words) : sentence;
  if (policy.varyingWindow === undefined) return words;
  // The usual length stands for the formula.
  return words.replaceAll(formatDuration(nominalLength(policy.window!)), `(${policy.varyingWindow.formula}) s`);
}

/** Plans and accounts have few different quotas. */
const MAX_PARAMS = 1_000;

const paramsOf = memoiseWeakly((policy: Policy) => memoiseParams(policy, policy.settings));

/** Settings that depend on facts are cached objects, one for each set of values. */
const paramsOfSettings = memoiseWeakly((policy: Policy) =>
  memoiseWeakly((settings: object) => memoiseParams(policy, settings)),
);

function memoiseParams({ window = NO_WINDOW }: Policy, settings: unknown) {
  return memoise((quota: number): Params => ({ quota, window, settings }), { max: MAX_PARAMS });
}

/**
 * The parameters that the policy's algorithm takes, for a quota in quota units. The same object for the same quota and settings.
 *
 * @param settings those of the request, where they depend on facts; the policy's own when left out
 */
export function paramsFor(policy: Policy, quota: number, settings: unknown = policy.settings): Params {
  if (settings === policy.settings) return paramsOf(policy)(quota);
  return paramsOfSettings(policy)(settings as object)(quota);
}

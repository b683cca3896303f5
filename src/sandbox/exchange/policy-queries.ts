/**
 * The queries that a request puts to its policies, and the status of those policies when its response is sent.
 * @module
 */

import type { Params } from '../../limits/algorithms/algorithm.js';
import { MAX_UNITS } from '../../limits/amounts.js';
import type { QuotaStatus } from '../../limits/assessment.js';
import type { Decision, PolicyQuery } from '../../limits/engine.js';
import { FactSource, type RequestFacts } from '../../limits/facts.js';
import { factPath, splitPartition } from '../../limits/partitions.js';
import { type Phase, type Policy, paramsFor, windowed } from '../../limits/policy.js';
import type { PolicyStatus } from '../../limits/render/headers.js';
import type { FactReader } from '../../limits/rules/formula.js';
import type { CompiledQuantity } from '../../limits/rules/quantity.js';
import { nominalLength } from '../../limits/windows.js';
import { memoiseWeakly } from '../../runtime/memoise.js';
import type { Skipped } from '../../state/journal/entry.js';
import type { BucketStore } from '../../state/store.js';
import type { ProviderState } from '../provider-state.js';

/**
 * The queries to all policies of a phase that apply to the request, in the profile's order.
 *
 * @param skipped receives the policies that do not apply
 */
export function collectQueries(
  providerState: ProviderState,
  facts: RequestFacts,
  phase: Phase,
  skipped: Skipped[],
): readonly PolicyQuery[] {
  const { caller } = facts;
  if (phase !== 'caller' || !caller || !providerState.provider.sameForAllRequests)
    return collect(providerState, facts, phase, skipped);
  const { revision } = providerState.accounts;
  let known = providerState.queriesOfCaller.get(caller);
  if (known?.revision !== revision) {
    const silent: Skipped[] = [];
    known = { revision, queries: collect(providerState, facts, phase, silent), skipped: silent };
    providerState.queriesOfCaller.set(caller, known);
  }
  skipped.push(...known.skipped);
  return known.queries;
}

function collect(
  providerState: ProviderState,
  facts: RequestFacts,
  phase: Phase,
  skipped: Skipped[],
): readonly PolicyQuery[] {
  const queries: PolicyQuery[] = [];
  for (const policy of providerState.provider.policies) {
    if (policy.phase !== phase) continue;
    const query = queryFor(providerState, policy, facts);
    if (typeof query === 'object') queries.push(query);
    else skipped.push(skippedOf(policy)[query]);
  }
  return sameList(providerState, phase, queries);
}

/** The query of a request to one policy, or why there is none. */
function queryFor(providerState: ProviderState, policy: Policy, facts: RequestFacts): PolicyQuery | Skipped['why'] {
  if (!policy.applies(facts)) return 'applies';
  const quota = quotaFor(providerState, policy, facts);
  const { mostPerRequest } = policy;
  if (quota === undefined && !mostPerRequest) return 'no-limit';
  const partition = policy.partition(facts);
  const isRefused = partition === undefined && policy.absent === 'refuse';
  if (partition === undefined && !isRefused) return 'no-partition';
  const cost = policy.cost(facts);
  const source = isVarying(policy) ? new FactSource(facts) : undefined;
  const isAboveMost = mostPerRequest !== undefined && cost > scaledOr(mostPerRequest, source!, policy, Infinity);
  if (quota === undefined && !isAboveMost) return 'no-limit';
  const settings = policy.settingsOf ? policy.settingsOf(source!) : policy.settings;
  const isImpossible = isRefused || isAboveMost;
  const params = paramsFor(
    partition === undefined ? policy : windowed(policy, partition),
    isRefused ? 0 : (quota ?? 0),
    settings,
  );
  const needs = isImpossible
    ? MAX_UNITS
    : policy.needs
      ? Math.max(cost, scaledOr(policy.needs, source!, policy, 0))
      : cost;
  return queryOf(providerState, policy, partition ?? '', params, isRefused ? Math.max(1, cost) : cost, needs);
}

/** Whether any number of the policy besides its quota may depend on facts. */
function isVarying({ settingsOf, needs, mostPerRequest }: Policy): boolean {
  return settingsOf !== undefined || needs !== undefined || mostPerRequest !== undefined;
}

/** A quantity in quota units. @param otherwise for one that has no value, or is `none` */
function scaledOr(quantity: CompiledQuantity, facts: FactReader, { scale }: Policy, otherwise: number): number {
  const value = quantity.constant === undefined ? quantity.evaluate(facts) : quantity.constant;
  return typeof value === 'number' ? Math.round(value * scale) : otherwise;
}

/** The same queries with the current quotas: plans may change while a request is in flight. */
export function renewQueries(
  providerState: ProviderState,
  facts: RequestFacts,
  queries: readonly PolicyQuery[],
): readonly PolicyQuery[] {
  return queries.map((query) => renewed(providerState, facts, query));
}

function renewed(providerState: ProviderState, facts: RequestFacts, query: PolicyQuery): PolicyQuery {
  const { policy, params } = query;
  const quota = quotaFor(providerState, policy, facts);
  if (quota === undefined || quota === params.quota || query.needs === MAX_UNITS) return query;
  return { ...query, params: paramsFor(windowed(policy, query.partition), quota, params.settings) };
}

/** The most queries that are cached per policy; when there are that many, all are dropped. */
const MAX_CACHED = 1_000;

/** Reuses the last list if it has the same queries: the journal stores the list with every request. */
function sameList(providerState: ProviderState, phase: Phase, queries: readonly PolicyQuery[]): readonly PolicyQuery[] {
  const last = providerState.lastQueries[phase];
  if (last.length === queries.length && last.every((query, i) => query === queries[i])) return last;
  providerState.lastQueries[phase] = queries;
  return queries;
}

/** Reuses the last query of the partition if it is the same, so that equal lists can be compared by identity. */
function queryOf(
  providerState: ProviderState,
  policy: Policy,
  partition: string,
  params: Params,
  cost: number,
  needs: number,
): PolicyQuery {
  let queries = providerState.queries.get(policy);
  if (!queries) {
    queries = new Map();
    providerState.queries.set(policy, queries);
  }
  const known = queries.get(partition);
  if (known && known.params === params && known.cost === cost && known.needs === needs) return known;
  if (queries.size >= MAX_CACHED) queries.clear();
  const query = { policy, partition, params, cost, needs };
  queries.set(partition, query);
  return query;
}

/** The entries of the journal for a policy that does not apply. They are the same objects for every request. */
const skippedOf = memoiseWeakly(
  ({ id }: Policy): Record<Skipped['why'], Skipped> => ({
    applies: { policy: id, why: 'applies' },
    'no-limit': { policy: id, why: 'no-limit' },
    'no-partition': { policy: id, why: 'no-partition' },
  }),
);

/** A request without a caller, or before its caller is known, has the default account's quota. */
function quotaFor(providerState: ProviderState, policy: Policy, facts: RequestFacts): number | undefined {
  const { accounts } = providerState.provider.profile;
  const account = facts.caller?.account ?? accounts.default;
  const plan = providerState.accounts.get(account)?.plan ?? accounts.plan;
  return quotaOf(providerState, policy, account, plan, facts);
}

/** The default account's quota for a policy, in the profile's units; `undefined` if it has no limit. */
export function defaultQuota(providerState: ProviderState, policy: string): number | undefined {
  const { accounts } = providerState.provider.profile;
  const rule = providerState.provider.policy.get(policy)!;
  const quota = quotaOf(
    providerState,
    rule,
    accounts.default,
    providerState.accounts.get(accounts.default)?.plan ?? accounts.plan,
  );
  return quota === undefined ? undefined : quota / rule.scale;
}

/**
 * The quota of an account in quota units: its own, its plan's, or the policy's; `undefined` if it has no limit.
 *
 * @param facts what a quota that is a formula or table reads; the plan alone when left out
 */
export function quotaOf(
  providerState: ProviderState,
  { id, base, quota, scale }: Policy,
  account: string,
  plan: string,
  facts?: RequestFacts | FactReader,
): number | undefined {
  const own = providerState.accounts.get(account)?.quotas;
  const planned = providerState.provider.profile.plans[plan]?.quotas;
  const set = own?.[id] ?? own?.[base] ?? planned?.[id] ?? planned?.[base];
  if (set !== undefined) return Math.round(set * scale);
  const { constant } = quota;
  if (typeof constant === 'number') return Math.round(constant * scale);
  if (constant === null) return undefined;
  const value = quota.evaluate(facts === undefined ? planFacts(plan) : 'read' in facts ? facts : new FactSource(facts));
  return typeof value === 'number' ? Math.max(0, Math.round(value * scale)) : undefined;
}

/** The facts of a caller of whom only the plan is known. */
function planFacts(plan: string): FactReader {
  return { read: ([root, name]) => (root === 'caller' && name === 'plan' ? plan : undefined) };
}

/** The facts that a bucket's partition tells: those that its policy partitions by, and the plan of its account. */
export function bucketFacts({ partitionBy }: Policy, partition: string, plan: string): FactReader {
  const values = splitPartition(partition, partitionBy.length);
  const known = new Map(partitionBy.map((name, i) => [factPath(name).join('.'), values[i]]));
  return { read: (path) => known.get(path.join('.')) ?? planFacts(plan).read(path) };
}

/** The current status of a policy for a request, whether or not it was queried; `undefined` if it does not apply. */
export function statusFor(
  providerState: ProviderState,
  buckets: BucketStore,
  facts: RequestFacts,
  base: string,
  now: number,
): PolicyStatus | undefined {
  for (const policy of providerState.provider.policies) {
    if (policy.base !== base) continue;
    const query = queryFor(providerState, policy, facts);
    if (typeof query === 'object') return statusOf(query, currentStatus(buckets, query, now), 0);
  }
  return undefined;
}

/** The status of the queried policies at an instant, in the profile's units. Each is computed when it is first read: most headers report one policy of many. */
export class PolicyStatuses {
  readonly #providerState: ProviderState;
  readonly #buckets: BucketStore;
  readonly #facts: RequestFacts;
  readonly #queries: readonly PolicyQuery[];
  readonly #now: number;
  readonly #decisions: readonly Decision[] | undefined;
  readonly #charges: readonly Decision[];
  readonly #refunds: ReadonlyMap<string, number> | undefined;
  readonly #computed: (PolicyStatus | undefined)[] = [];

  /**
   * @param decisions the answers to the queries, in their order, if no bucket has changed since
   * @param charges the same, whether or not a bucket has changed: what was charged
   * @param refunds quota units given back since, by policy
   */
  constructor(
    providerState: ProviderState,
    buckets: BucketStore,
    facts: RequestFacts,
    queries: readonly PolicyQuery[],
    now: number,
    decisions: readonly Decision[] | undefined,
    charges: readonly Decision[],
    refunds: ReadonlyMap<string, number> | undefined,
  ) {
    this.#charges = charges;
    this.#refunds = refunds;
    this.#providerState = providerState;
    this.#buckets = buckets;
    this.#facts = facts;
    this.#queries = queries;
    this.#now = now;
    this.#decisions = decisions;
  }

  /** The status of the policy with this id; `undefined` if it was not queried. */
  get(policy: string): PolicyStatus | undefined {
    const queries = this.#queries;
    for (let i = 0; i < queries.length; i++) {
      const { id, base } = queries[i]!.policy;
      if (id !== policy && base !== policy) continue;
      this.#computed[i] ??= this.#compute(i);
      return this.#computed[i];
    }
    return undefined;
  }

  /** The units that come back per second, on average, to a caller who takes all; `undefined` if it was not queried, or nothing comes back with time. */
  rate(id: string): number | undefined {
    const query = this.#queries.find(({ policy }) => policy.id === id || policy.base === id);
    if (query?.policy.window === undefined || query.policy.kind !== 'counter') return undefined;
    const { policy, params } = query;
    const length = nominalLength(params.window) * RATE_WINDOWS;
    const units = policy.algorithm.capacity(params, 0, length) - policy.algorithm.capacity(params, 0, 0);
    return (units * 1_000) / length / policy.scale;
  }

  #compute(i: number): PolicyStatus {
    const query = this.#queries[i]!;
    const charged = (this.#charges[i]?.charged ?? 0) - (this.#refunds?.get(query.policy.id) ?? 0);
    // Leases are read again: the jobs that the request created may hold them by now.
    if (this.#decisions && query.policy.kind === 'counter') return statusOf(query, this.#decisions[i]!, charged);
    const current = renewed(this.#providerState, this.#facts, query);
    return statusOf(current, currentStatus(this.#buckets, current, this.#now), charged);
  }
}

/** Windows over which a rate is the average, so that it is exact although a capacity is a whole number of units. */
const RATE_WINDOWS = 1_000;

/** The status of one queried bucket, in quota units, as it is in the store at `now` (epoch ms). */
export function currentStatus(
  buckets: BucketStore,
  { policy, params, partition }: PolicyQuery,
  now: number,
): QuotaStatus {
  return policy.algorithm.decide(params, buckets.get(policy, partition), 0, now);
}

function statusOf(
  { policy, params, partition, cost }: PolicyQuery,
  { used, remaining, resetAt }: QuotaStatus,
  charged: number,
): PolicyStatus {
  const { scale, id, unit } = policy;
  return {
    policy: id,
    limit: params.quota / scale,
    used: used / scale,
    remaining: remaining / scale,
    resetAt,
    windowSeconds: policy.window === undefined ? 0 : Math.ceil(nominalLength(params.window) / 1_000),
    cost: cost / scale,
    charged: charged / scale,
    unit,
    partition,
  };
}

/**
 * The control operations on buckets: `GET /quotas` lists them, `PUT /quotas` seeds one.
 * @module
 */
import type { Params } from '../../limits/algorithms/algorithm.js';
import type { QuotaStatus } from '../../limits/assessment.js';
import type { Instant } from '../../limits/engine.js';
import { joinPartition, splitPartition } from '../../limits/partitions.js';
import { bucketSize, type CounterPolicy, type Policy, paramsFor, windowed } from '../../limits/policy.js';
import { suggest } from '../../profile/errors.js';
import { VERSION_SIGN } from '../../profile/versions.js';
import { bucketFacts, quotaOf } from '../exchange/policy-queries.js';
import { bucketId, maskedPartition, partitionKeyHash } from '../masking/masking.js';
import type { ProviderState } from '../provider-state.js';
import { findProviderState, namedOrOnly } from '../provider-states.js';
import { checkedUnits } from './amounts.js';
import { Problem } from './problem.js';
import { startFor } from './window-start.js';

/** A bucket as the control API shows it. */
export interface Quota {
  /** Stable for the same profile, policy and partition. */
  readonly id: string;
  readonly profile: string;
  readonly policy: string;
  /** Credentials masked. */
  readonly partition: Readonly<Record<string, string>>;
  /** Short hash of the credential in the partition, as in the journal; left out where there is none. */
  readonly keyHash?: string;
  readonly limit: number;
  /** May exceed the limit if refusals are charged. */
  readonly used: number;
  readonly remaining: number;
  /** ISO 8601 with milliseconds; `null` for leases. */
  readonly resetAt: string | null;
}

/** A seed: which bucket, and how much of its quota is used. */
export interface QuotaChange {
  readonly profile?: string | undefined;
  readonly policy?: string | undefined;
  /** The facts that name the bucket; credentials unmasked. */
  readonly partition?: Readonly<Record<string, string>> | undefined;
  readonly id?: string | undefined;
  readonly remaining?: number | undefined;
  readonly used?: number | undefined;
  /** Milliseconds from now at which the window resets. Only for windows that open at the first request. */
  readonly resetsInMs?: number | undefined;
}

/** A live bucket; amounts are quota units. */
export interface LiveBucket {
  readonly policy: Policy;
  readonly partition: string;
  readonly quota: number;
  readonly params: Params;
  readonly status: QuotaStatus;
}

/** Which buckets to list. */
export interface QuotaFilter {
  /** The id of the profile. */
  readonly profile?: string | undefined;
  /** The id of the policy. */
  readonly policy?: string | undefined;
  /** `nearest`: those with the smallest share of their limit left come first. Default: by profile and policy. */
  readonly sort?: 'nearest' | undefined;
  /** At most this many. */
  readonly limit?: number | undefined;
}

/** The listed buckets, and how many there are without the limit. */
export interface QuotaList {
  readonly quotas: Quota[];
  readonly total: number;
}

/** The live buckets of the provider, by policy in the profile's order. @param only the id of a policy: only its buckets */
export function* liveBuckets(providerState: ProviderState, { now }: Instant, only?: string): Generator<LiveBucket> {
  for (const policy of providerState.provider.policies) {
    if (only !== undefined && policy.id !== only) continue;
    for (const [partition, state] of providerState.buckets.entries(policy)) {
      const quota = bucketQuota(providerState, policy, partition);
      const params = paramsFor(windowed(policy, partition), quota);
      if (!policy.algorithm.isLive(params, state, now)) continue;
      yield { policy, partition, quota, params, status: policy.algorithm.decide(params, state, 0, now) };
    }
  }
}

/** Every live bucket of the provider, as the control API shows it. */
export function listQuotas(providerState: ProviderState, instant: Instant): Quota[] {
  return [...liveBuckets(providerState, instant)].map((bucket) => toQuota(providerState, bucket));
}

/** The live buckets that a filter selects. @throws Problem if it names a profile or a policy that is not served */
export function selectQuotas(
  providerStates: ReadonlyMap<string, ProviderState>,
  { profile, policy, sort, limit = Number.POSITIVE_INFINITY }: QuotaFilter,
  instant: Instant,
): QuotaList {
  const states =
    profile === undefined ? [...providerStates.values()] : [findProviderState(providerStates, profile, 400)];
  if (policy !== undefined) checkPolicy(states, policy);
  // Describing a bucket hashes and masks its partition, which takes longer than all else. So only those that are listed are described.
  let found: Found[] = [];
  let total = 0;
  for (const state of states) {
    for (const bucket of liveBuckets(state, instant, policy)) {
      total += 1;
      if (sort !== undefined || total <= limit) found.push({ state, bucket });
      // Of very many, only the nearest are kept.
      if (sort !== undefined && found.length > 4 * limit + 1_000) found = nearestOf(found, limit);
    }
  }
  if (sort !== undefined) found = nearestOf(found, limit);
  return { quotas: found.map(({ state, bucket }) => toQuota(state, bucket)), total };
}

/** A live bucket and its provider. */
interface Found {
  readonly state: ProviderState;
  readonly bucket: LiveBucket;
}

/** The buckets with the smallest share left; equal ones stay in their order. */
function nearestOf(found: Found[], limit: number): Found[] {
  found.sort(({ bucket: a }, { bucket: b }) => shareLeft(a) - shareLeft(b) || a.status.remaining - b.status.remaining);
  return found.length > limit ? found.slice(0, limit) : found;
}

function shareLeft({ quota, status }: LiveBucket): number {
  return quota > 0 ? status.remaining / quota : 0;
}

function checkPolicy(states: readonly ProviderState[], policy: string): void {
  const ids = states.flatMap(({ provider }) => provider.policies.map(({ id }) => id));
  if (!ids.includes(policy))
    throw new Problem(400, 'unknown-policy', `there is no policy "${policy}"; ${suggest(policy, ids)}`, 'policy');
}

/** Seeds one bucket, named by policy and partition or by id. @throws Problem if the change is invalid; nothing is changed then */
export function changeQuota(
  providerStates: ReadonlyMap<string, ProviderState>,
  change: QuotaChange,
  instant: Instant,
): Quota {
  const { id } = change;
  if (id === undefined) return seedQuota(namedOrOnly(providerStates, change.profile), change, instant);
  const other = (['policy', 'partition'] as const).find((name) => change[name] !== undefined);
  if (other !== undefined)
    throw new Problem(400, 'id-or-policy', `the id names the bucket already; leave out ${other}, or the id`, other);
  const all = [...providerStates.values()];
  const known = all.find((providerState) => listQuotas(providerState, instant).some((quota) => quota.id === id));
  return seedQuota(
    change.profile === undefined ? (known ?? all[0]!) : findProviderState(providerStates, change.profile, 400),
    change,
    instant,
  );
}

/** Seeds one bucket of this provider. @throws Problem if the change is invalid; nothing is changed then */
function seedQuota(providerState: ProviderState, change: QuotaChange, instant: Instant): Quota {
  const { policy, partition } =
    change.id === undefined ? namedBucket(providerState, change) : bucketOfId(providerState, change.id);
  if ((change.remaining === undefined) === (change.used === undefined)) {
    throw new Problem(400, 'remaining-or-used', 'give either remaining or used, and only one of them', 'remaining');
  }
  const field = change.remaining === undefined ? 'used' : 'remaining';
  const scaled = checkedUnits(policy, change[field]!, field);
  const quota = bucketQuota(providerState, policy, partition);
  const params = paramsFor(windowed(policy, partition), quota);
  const size = bucketSize(policy, params);
  const before = providerState.buckets.get(policy, partition);
  const carried = policy.kind === 'counter' ? carriedOver(policy, params, before, instant.now) : 0;
  const used = field === 'used' ? scaled : Math.max(0, size - scaled - carried);
  if (field === 'remaining' && scaled > size) {
    throw new Problem(
      400,
      'bad-amount',
      size === quota
        ? `is more than the quota of ${quota / policy.scale}; raise that first (PUT /accounts)`
        : `is more than the ${size / policy.scale} that fit into a bucket of ${policy.id}; write that or less`,
      field,
    );
  }
  const start = startFor(policy, change.resetsInMs, instant.now);
  if (policy.kind === 'lease') {
    throw new Problem(
      400,
      'not-seedable',
      `${policy.id} counts what is running, which cannot be set; start or end requests or jobs instead`,
      'policy',
    );
  }
  const state = policy.algorithm.seed(params, before, used, instant.now, { horizon: instant.horizon, start });
  const after = policy.algorithm.decide(params, state, 0, instant.now);
  if (start !== undefined && !policy.algorithm.isLive(params, state, instant.now)) {
    const detail = `${policy.id} has nothing to reset while nothing is used; leave it out, or set some use`;
    throw new Problem(400, 'nothing-to-reset', detail, 'resetsInMs');
  }
  providerState.buckets.transact([{ policy, partition }], () => [state], instant);
  return toQuota(providerState, { policy, partition, quota, status: after });
}

/** The used units that a seed cannot change: a sliding-window counter carries them over from the previous window. */
function carriedOver({ algorithm }: CounterPolicy, params: Params, state: unknown, now: number): number {
  if (state === undefined) return 0;
  const zeroed = algorithm.seed(params, state, 0, now, { horizon: Number.NEGATIVE_INFINITY });
  return algorithm.decide(params, zeroed, 0, now).used;
}

function namedBucket(providerState: ProviderState, change: QuotaChange): { policy: Policy; partition: string } {
  const ids = providerState.provider.policies.map(({ id }) => id);
  if (change.policy === undefined)
    throw new Problem(400, 'missing-policy', `name a policy (${ids.join(', ')}) or a bucket's id`, 'policy');
  const policy = providerState.provider.policy.get(change.policy);
  if (!policy) {
    throw new Problem(
      400,
      'unknown-policy',
      `${providerState.provider.id} has no policy "${change.policy}"; ${suggest(change.policy, ids)}`,
      'policy',
    );
  }
  const given = change.partition ?? {};
  const unknown = Object.keys(given).find((name) => !policy.partitionBy.includes(name));
  if (unknown !== undefined) {
    throw new Problem(
      400,
      'unknown-partition',
      `${policy.id} is counted by ${policy.partitionBy.join(' and ') || 'nothing'}, not by ${unknown}`,
      `partition.${unknown}`,
    );
  }
  const missing = policy.partitionBy.find((name) => given[name] === undefined);
  if (missing !== undefined)
    throw new Problem(
      400,
      'missing-partition',
      `${policy.id} is counted by ${policy.partitionBy.join(' and ')}; give it`,
      `partition.${missing}`,
    );
  return {
    policy: versionOf(providerState, policy, given),
    partition: joinPartition(policy.partitionBy.map((name) => given[name]!)),
  };
}

/** The version of the policy that counts this partition: the one that has a bucket for it, else that of its account's plan, else the policy that was named. */
function versionOf(providerState: ProviderState, named: Policy, given: Readonly<Record<string, string>>): Policy {
  if (named.id !== named.base) return named;
  const isCountedAlike = ({ partitionBy }: Policy) => partitionBy.join() === named.partitionBy.join();
  const versions = providerState.provider.policies.filter(({ base }) => base === named.base).filter(isCountedAlike);
  if (versions.length === 1) return named;
  const partition = joinPartition(named.partitionBy.map((name) => given[name]!));
  const live = versions.filter((policy) => providerState.buckets.get(policy, partition) !== undefined);
  if (live.length === 1) return live[0]!;
  const { profile } = providerState.provider;
  const plan = providerState.accounts.get(accountOf(providerState, given))?.plan ?? profile.accounts.plan;
  return versions.find(({ id }) => id === `${named.base}${VERSION_SIGN}${plan}`) ?? named;
}

/** The account that a bucket belongs to, by the facts that name it. */
function accountOf(providerState: ProviderState, named: Readonly<Record<string, string>>): string {
  const { accounts } = providerState.provider.profile;
  return named[accounts.fact] ?? accountOfKey(providerState, named) ?? accounts.default;
}

function bucketOfId(providerState: ProviderState, id: string): { policy: Policy; partition: string } {
  for (const policy of providerState.provider.policies) {
    for (const [partition] of providerState.buckets.entries(policy))
      if (bucketId(providerState.provider.id, policy, partition) === id) return { policy, partition };
  }
  throw new Problem(400, 'unknown-bucket', `there is no live bucket with the id "${id}"; GET /quotas lists them`, 'id');
}

/** The quota of a bucket: its account's, its plan's, or the policy's. */
function bucketQuota(providerState: ProviderState, policy: Policy, partition: string): number {
  const { profile } = providerState.provider;
  const values = splitPartition(partition, policy.partitionBy.length);
  const named = Object.fromEntries(policy.partitionBy.map((name, i) => [name, values[i]!]));
  const account = accountOf(providerState, named);
  const plan = providerState.accounts.get(account)?.plan ?? profile.accounts.plan;
  const quota = quotaOf(providerState, policy, account, plan, bucketFacts(policy, partition, plan));
  if (policy.quota.constant !== undefined || isQuotaSet(providerState, policy, account, plan)) return quota ?? 0;
  // The facts of the last request decide, as far as the partition does not tell them.
  return providerState.queries.get(policy)?.get(partition)?.params.quota ?? quota ?? 0;
}

/** Whether an account or its plan has a quota of its own for the policy. */
function isQuotaSet(providerState: ProviderState, { id, base }: Policy, account: string, plan: string): boolean {
  const own = providerState.accounts.get(account)?.quotas;
  const planned = providerState.provider.profile.plans[plan]?.quotas;
  return [own, planned].some((quotas) => quotas?.[id] !== undefined || quotas?.[base] !== undefined);
}

function accountOfKey(providerState: ProviderState, named: Readonly<Record<string, string>>): string | undefined {
  for (const [name, value] of Object.entries(named)) {
    if (providerState.provider.secretFacts.credentials.has(name))
      return providerState.accounts.ownerOf(value) ?? providerState.resources.credentials.get(value)?.account;
  }
  return undefined;
}

function toQuota(
  providerState: ProviderState,
  { policy, partition, quota, status: { used, remaining, resetAt } }: Omit<LiveBucket, 'params'>,
): Quota {
  const keyHash = partitionKeyHash(providerState.origin, policy, partition);
  return {
    id: bucketId(providerState.provider.id, policy, partition),
    profile: providerState.provider.id,
    policy: policy.id,
    partition: maskedPartition(providerState.origin, policy, partition),
    ...(keyHash === undefined ? {} : { keyHash }),
    limit: quota / policy.scale,
    used: used / policy.scale,
    remaining: remaining / policy.scale,
    resetAt: resetAt === null ? null : new Date(resetAt).toISOString(),
  };
}

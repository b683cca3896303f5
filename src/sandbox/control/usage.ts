/**
 * The usage page: calls in the current minute, hour and day, a trend of seven days, a breakdown by key, and soft warnings.
 *
 * Where the buckets of a policy are the count, their numbers are shown, so that they equal those of `GET /quotas`. All other numbers come from the counts of
 * calls (`state/calls.ts`).
 * @module
 */
import { dateOfDay } from '../../limits/calendar.js';
import type { Instant } from '../../limits/engine.js';
import { joinPartition } from '../../limits/partitions.js';
import { bucketSize, type Policy, paramsFor } from '../../limits/policy.js';
import type { Provider } from '../../profile/compiled/provider.js';
import type { PolicySpec, Profile } from '../../profile/schema/schema.js';
import { memoiseWeakly } from '../../runtime/memoise.js';
import type { CallFigures, KeyCalls } from '../../state/calls.js';
import { shortHash } from '../masking/hashes.js';
import { maskedPartition, partitionKeyHash } from '../masking/masking.js';
import type { ProviderState } from '../provider-state.js';
import { findProviderState } from '../provider-states.js';
import { Problem } from './problem.js';
import { type LiveBucket, liveBuckets } from './quotas.js';

/** What the usage page is asked for. */
export interface UsageOptions {
  /** Only this profile. Default: all that are served. */
  readonly profile?: string | undefined;
  /** The most keys, limits and warnings of a profile. Default: 100. */
  readonly limit?: number | undefined;
}

/** The usage of the served profiles. */
export interface Usage {
  /** ISO 8601, by the clock of the sandbox. */
  readonly at: string;
  /** In the order of the options. */
  readonly profiles: readonly ProfileUsage[];
}

/** Calls in the current minute, hour and day. */
export interface CallCounts {
  readonly minute: number;
  readonly hour: number;
  readonly day: number;
}

/** For each period, the policy whose buckets are the count; `null`: calls are counted apart from the policies. */
export type CountedBy = Readonly<Record<keyof CallCounts, string | null>>;

/** The usage of one profile. */
export interface ProfileUsage {
  readonly profile: string;
  /** The time zone of hours and days. */
  readonly timeZone: string;
  readonly total: CallCounts;
  /** The source of `total`, and that of the counts of each key. */
  readonly countedBy: { readonly total: CountedBy; readonly keys: CountedBy };
  /** Calls of the last seven days, the oldest first, today last. */
  readonly trend: readonly { readonly day: string; readonly calls: number }[];
  /** Keys with calls in these days, the one with the most calls today first. */
  readonly keys: readonly KeyUsage[];
  /** How many keys are left out. */
  readonly moreKeys: number;
  /** How many keys are no longer counted apart, because there are too many. The totals have their calls. */
  readonly evictedKeys: number;
  /** The live buckets of policies with a window, the one nearest to its limit first. */
  readonly limits: readonly LimitUsage[];
  /** How many of them are left out. */
  readonly moreLimits: number;
  /** The buckets above the share at which their policy warns. */
  readonly warnings: readonly UsageWarning[];
  /** How many of them are left out. */
  readonly moreWarnings: number;
}

/** The calls of one key. */
export interface KeyUsage extends CallCounts {
  /** The key, masked; `anonymous` for calls without one. */
  readonly key: string;
  /** Short hash of the key, as in the journal: keys may have equal masked forms. Left out for calls without one. */
  readonly keyHash?: string;
  /** The account of its latest call; left out for calls without a caller. */
  readonly account?: string;
  /** By day, as the trend of the profile. */
  readonly trend: readonly number[];
}

/** A bucket and its limit, as in `GET /quotas`. */
export interface LimitUsage {
  readonly policy: string;
  readonly partition: Readonly<Record<string, string>>;
  readonly keyHash?: string;
  readonly used: number;
  readonly limit: number;
  /** ISO 8601. */
  readonly resetAt: string | null;
}

/** A bucket above the share at which its policy warns. */
export interface UsageWarning extends LimitUsage {
  /** Whole per cent of the limit, rounded down. */
  readonly percent: number;
  readonly message: string;
}

/** Days of the trend, today included. */
export const TREND_DAYS = 7;
const DEFAULT_LIMIT = 100;
/** What `KeyUsage.key` says of calls without a key. */
const ANONYMOUS = 'anonymous';

/** Reads the usage. @throws Problem if the profile is not served, or the limit is not a whole number from 1 up */
export function readUsage(
  providerStates: ReadonlyMap<string, ProviderState>,
  { profile, limit = DEFAULT_LIMIT }: UsageOptions,
  instant: Instant,
): Usage {
  if (!Number.isSafeInteger(limit) || limit < 1)
    throw new Problem(400, 'bad-limit', `must be a whole number from 1 up, not ${limit}`, 'limit');
  const wanted =
    profile === undefined ? [...providerStates.values()] : [findProviderState(providerStates, profile, 400)];
  return {
    at: new Date(instant.now).toISOString(),
    profiles: wanted.map((providerState) => profileUsage(providerState, limit, instant)),
  };
}

function profileUsage(providerState: ProviderState, limit: number, instant: Instant): ProfileUsage {
  const { provider, calls } = providerState;
  const { calendar } = provider;
  const { now } = instant;
  const { total: counting, keys: countingKeys } = countingPolicies(provider);
  const used = new Map<Policy, number>();
  const limits: LiveBucket[] = [];
  const warnings: LiveBucket[] = [];
  for (const bucket of liveBuckets(providerState, instant)) {
    const { policy, status } = bucket;
    if (policy.kind === 'lease') continue;
    used.set(policy, (used.get(policy) ?? 0) + status.used);
    limits.push(bucket);
    if (isAboveWarning(bucket)) warnings.push(bucket);
  }
  const all = calls.all(now, calendar, TREND_DAYS);
  const keys = keyRows(providerState, countingKeys, now);
  const today = calendar.day(now);
  const shown = (buckets: LiveBucket[]) => buckets.sort((a, b) => shareOf(b) - shareOf(a)).slice(0, limit);
  return {
    profile: provider.id,
    timeZone: calendar.timeZone,
    total: counts(counting, all, (policy) => used.get(policy) ?? 0),
    countedBy: { total: idsOf(counting), keys: idsOf(countingKeys) },
    trend: all.trend.map((count, i) => ({ day: dateOfDay(today - TREND_DAYS + 1 + i), calls: count })),
    keys: keys.slice(0, limit).map((row) => keyUsage(providerState, row)),
    moreKeys: Math.max(0, keys.length - limit),
    evictedKeys: calls.evicted,
    limits: shown(limits).map((bucket) => limitUsage(providerState, bucket)),
    moreLimits: Math.max(0, limits.length - limit),
    warnings: shown(warnings).map((bucket) => warningOf(providerState, bucket)),
    moreWarnings: Math.max(0, warnings.length - limit),
  };
}

/** The calls of a key; `key` and `account` are missing for calls without a caller. */
type KeyRow = CallFigures & Partial<KeyCalls>;

/** The rows of all keys with calls, and that of calls without a caller, if there are any; the one with the most calls today first. */
function keyRows(providerState: ProviderState, counting: CountingPolicies, now: number): KeyRow[] {
  const { provider, calls } = providerState;
  const { calendar } = provider;
  const rows: KeyRow[] = [...calls.keys(now, calendar, TREND_DAYS), calls.nobody(now, calendar, TREND_DAYS)];
  return rows
    .filter(({ trend }) => trend.some((count) => count > 0))
    .map((row) => {
      const { key } = row;
      if (!key) return row;
      return { ...row, ...counts(counting, row, (policy) => usedOf(providerState, policy, joinPartition([key]), now)) };
    })
    .sort((a, b) => b.day - a.day || b.hour - a.hour || b.minute - a.minute);
}

function keyUsage({ origin: { secrets } }: ProviderState, row: KeyRow): KeyUsage {
  const { key, account, minute, hour, day, trend } = row;
  return {
    key: key ? secrets.credential(key) : ANONYMOUS,
    ...(key ? { keyHash: shortHash(key) } : {}),
    ...(account === undefined ? {} : { account: secrets.target(account) }),
    minute,
    hour,
    day,
    trend,
  };
}

/** The units of a bucket that are used; 0 if it is not live. */
function usedOf({ buckets }: ProviderState, policy: Policy, partition: string, now: number): number {
  const state = buckets.get(policy, partition);
  const params = paramsFor(policy, policy.quota.constant as number);
  if (state === undefined || !policy.algorithm.isLive(params, state, now)) return 0;
  return policy.algorithm.decide(params, state, 0, now).used;
}

/** The calls of each period: those that the policy has counted, or else those that were counted apart. */
function counts(counting: CountingPolicies, apart: CallFigures, usedBy: (policy: Policy) => number): CallCounts {
  const of = (period: keyof CallCounts) => (counting[period] ? usedBy(counting[period]) : apart[period]);
  return { minute: of('minute'), hour: of('hour'), day: of('day') };
}

/** For each period, the policy whose buckets are the count. */
type CountingPolicies = Readonly<Record<keyof CallCounts, Policy | undefined>>;

const NONE: CountingPolicies = { minute: undefined, hour: undefined, day: undefined };

function idsOf({ minute, hour, day }: CountingPolicies): CountedBy {
  return { minute: minute?.id ?? null, hour: hour?.id ?? null, day: day?.id ?? null };
}

/** The policies that count the calls of every account, and those that count the calls of every key. */
const countingPolicies = memoiseWeakly((provider: Provider) => {
  const { profile, policies } = provider;
  const counting = policies.filter((policy) => countsCalls(policy, profile));
  const facts = new Set(Object.values(profile.callers.credentials).map(({ fact }) => fact));
  const [keyFact] = facts;
  const by = (fact: string | undefined): CountingPolicies => {
    const found = (period: keyof CallCounts) =>
      counting.find(({ partitionBy, window }) => partitionBy[0] === fact && isWindowOf(window, period));
    return { minute: found('minute'), hour: found('hour'), day: found('day') };
  };
  return {
    total: by(profile.accounts.fact),
    // With several kinds of credentials, a policy that counts by one of them does not count the others.
    keys: facts.size === 1 ? by(keyFact) : NONE,
  };
});

/** Whether a policy counts every call of a caller as one unit, by one fact. Calls that the profile says are free do not count. */
function countsCalls(policy: Policy, profile: Profile): boolean {
  const { applies, cost = [], needs, mostPerRequest, groups } = profile.policies[policy.id] as PolicySpec;
  return (
    policy.kind === 'counter' &&
    // Only such algorithms report how many units were used in a window; others report what has not been refilled.
    policy.algorithm.opensWindow &&
    policy.varyingWindow === undefined &&
    policy.partitionBy.length === 1 &&
    typeof policy.quota.constant === 'number' &&
    policy.unit === 'requests' &&
    policy.scale === 1 &&
    policy.phase === 'caller' &&
    [policy.actualCost, applies, needs, mostPerRequest, groups].every((rule) => rule === undefined) &&
    cost.every(
      ({ when: _when, units = 1, ...others }) =>
        (units === 0 || units === 1) && Object.values(others).every((other) => other === undefined || other === 1),
    )
  );
}

/** Whether a window is the current minute, hour or day. A minute may begin with a request; hours and days must be those of the clock. */
function isWindowOf(window: Policy['window'], period: keyof CallCounts): boolean {
  if (window?.kind === 'calendar') return window.unit === period;
  const lengthMs = { minute: 60_000, hour: 3_600_000, day: 86_400_000 }[period];
  return window?.lengthMs === lengthMs && (window.kind === 'aligned' || period === 'minute');
}

function isAboveWarning({ policy, params, status }: LiveBucket): boolean {
  return policy.warnAbove !== undefined && status.used > policy.warnAbove * bucketSize(policy, params);
}

/** The share of the limit that is used; a limit of 0 is always reached. */
function shareOf({ quota, status }: LiveBucket): number {
  return quota === 0 ? Number.MAX_VALUE : status.used / quota;
}

function limitUsage({ origin }: ProviderState, { policy, partition, quota, status }: LiveBucket): LimitUsage {
  const keyHash = partitionKeyHash(origin, policy, partition);
  return {
    policy: policy.id,
    partition: maskedPartition(origin, policy, partition),
    ...(keyHash === undefined ? {} : { keyHash }),
    used: status.used / policy.scale,
    limit: quota / policy.scale,
    resetAt: status.resetAt === null ? null : new Date(status.resetAt).toISOString(),
  };
}

function warningOf(providerState: ProviderState, bucket: LiveBucket): UsageWarning {
  const usage = limitUsage(providerState, bucket);
  const { policy, used, limit, resetAt } = usage;
  const share = Math.round(bucket.policy.warnAbove! * 100);
  const reset = resetAt === null ? '' : `; it resets at ${resetAt}`;
  return {
    ...usage,
    percent: limit === 0 ? 100 : Math.floor((used / limit) * 100),
    message: `More than ${share} % of ${policy} is used: ${used} of ${limit} ${bucket.policy.unit}${reset}.`,
  };
}

/**
 * Which policies a request meets, and how they stand when its response is sent.
 * @module
 */
import { type Ask, type Instant, type Store, standings } from '../limits/engine.js';
import type { RequestFacts } from '../limits/facts.js';
import { type Policy, paramsFor } from '../limits/policy.js';
import type { Report } from '../limits/render/headers.js';
import { nominalLength } from '../limits/windows.js';
import type { Skipped } from '../state/journal.js';
import type { World } from './world.js';

/**
 * The questions of all policies that apply, in the profile's order.
 *
 * @param skipped gets those that do not
 */
export function collectAsks(world: World, facts: RequestFacts, asked: Policy['asked'], skipped: Skipped[]): Ask[] {
  const asks: Ask[] = [];
  for (const policy of world.provider.policies) {
    if (policy.asked !== asked) continue;
    const applies = policy.applies(facts);
    const quota = applies ? quotaFor(world, policy, facts) : undefined;
    const partition = quota === undefined ? undefined : policy.partition(facts);
    if (quota !== undefined && partition !== undefined)
      asks.push({ policy, partition, params: paramsFor(policy, quota), cost: policy.cost(facts) });
    else
      skipped.push({
        policy: policy.id,
        why: !applies ? 'applies' : quota === undefined ? 'no-limit' : 'no-partition',
      });
  }
  return asks;
}

/** The same questions with the quotas of this moment: plans change while a request is in flight. */
export function renewAsks(world: World, facts: RequestFacts, asks: readonly Ask[]): readonly Ask[] {
  return asks.map((ask) => {
    const quota = quotaFor(world, ask.policy, facts);
    return quota === undefined || quota === ask.params.quota ? ask : { ...ask, params: paramsFor(ask.policy, quota) };
  });
}

/** Who needs no credential, or has not shown one yet, is taken for the default account. */
function quotaFor(world: World, policy: Policy, { caller }: RequestFacts): number | undefined {
  const { accounts } = world.provider.profile;
  const account = caller?.account ?? accounts.default;
  return quotaOf(world, policy, account, world.accounts.get(account)?.plan ?? accounts.plan);
}

/** What the default account may take by a policy, in the profile's own units; `undefined`: no limit. */
export function defaultQuota(world: World, policy: string): number | undefined {
  const { accounts } = world.provider.profile;
  const rule = world.provider.policy.get(policy)!;
  const quota = quotaOf(world, rule, accounts.default, world.accounts.get(accounts.default)?.plan ?? accounts.plan);
  return quota === undefined ? undefined : quota / rule.scale;
}

/** Units (times the scale) that the account may take: its own, its plan's, or the policy's; `undefined`: no limit. */
export function quotaOf(world: World, policy: Policy, account: string, plan: string): number | undefined {
  const { profile } = world.provider;
  const quota =
    world.accounts.get(account)?.quotas[policy.id] ??
    profile.plans[plan]?.quotas[policy.id] ??
    profile.policies[policy.id]!.quota;
  return quota === 'none' ? undefined : Math.round(quota * policy.scale);
}

/** How the asked policies stand, in the profile's own units. */
export class Reports {
  readonly #byPolicy = new Map<string, Report>();
  readonly #asks: readonly Ask[];

  constructor(store: Store, asks: readonly Ask[], instant: Instant) {
    this.#asks = asks;
    for (const [i, standing] of standings(store, asks, instant).entries()) {
      const { policy, params, partition } = asks[i]!;
      const { scale, id, unit, window } = policy;
      this.#byPolicy.set(id, {
        policy: id,
        limit: params.quota / scale,
        used: standing.used / scale,
        remaining: standing.remaining / scale,
        resetAt: standing.resetAt,
        windowSeconds: Math.ceil(nominalLength(window) / 1_000),
        unit,
        partition,
      });
    }
  }

  get(policy: string): Report | undefined {
    return this.#byPolicy.get(policy);
  }

  get asks(): readonly Ask[] {
    return this.#asks;
  }
}

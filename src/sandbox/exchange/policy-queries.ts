/**
 * Which policies a request meets, and how they stand when its response is sent.
 * @module
 */
import type { Params, Standing } from '../../limits/algorithms/algorithm.js';
import type { Ask, Decision } from '../../limits/engine.js';
import type { RequestFacts } from '../../limits/facts.js';
import { type Policy, paramsFor } from '../../limits/policy.js';
import type { Report } from '../../limits/render/headers.js';
import { nominalLength } from '../../limits/windows.js';
import type { MemoryStore } from '../../state/buckets/bucket-store.js';
import type { Skipped } from '../../state/journal/entry.js';
import type { ProviderState } from '../provider-state.js';

/**
 * The questions of all policies that apply, in the profile's order.
 *
 * @param skipped gets those that do not
 */
export function collectAsks(
  providerState: ProviderState,
  facts: RequestFacts,
  asked: Policy['asked'],
  skipped: Skipped[],
): readonly Ask[] {
  const { caller } = facts;
  if (asked !== 'caller' || !caller || !providerState.provider.steady)
    return collect(providerState, facts, asked, skipped);
  const { revision } = providerState.accounts;
  let known = providerState.askedOf.get(caller);
  if (known?.revision !== revision) {
    const silent: Skipped[] = [];
    known = { revision, asks: collect(providerState, facts, asked, silent), skipped: silent };
    providerState.askedOf.set(caller, known);
  }
  skipped.push(...known.skipped);
  return known.asks;
}

function collect(
  providerState: ProviderState,
  facts: RequestFacts,
  asked: Policy['asked'],
  skipped: Skipped[],
): readonly Ask[] {
  const asks: Ask[] = [];
  for (const policy of providerState.provider.policies) {
    if (policy.asked !== asked) continue;
    const applies = policy.applies(facts);
    const quota = applies ? quotaFor(providerState, policy, facts) : undefined;
    const partition = quota === undefined ? undefined : policy.partition(facts);
    if (quota !== undefined && partition !== undefined)
      asks.push(askOf(providerState, policy, partition, paramsFor(policy, quota), policy.cost(facts)));
    else skipped.push(silence(policy, !applies ? 'applies' : quota === undefined ? 'no-limit' : 'no-partition'));
  }
  return sameList(providerState, asked, asks);
}

/** The same questions with the quotas of this moment: plans change while a request is in flight. */
export function renewAsks(providerState: ProviderState, facts: RequestFacts, asks: readonly Ask[]): readonly Ask[] {
  return asks.map((ask) => renewed(providerState, facts, ask));
}

function renewed(providerState: ProviderState, facts: RequestFacts, ask: Ask): Ask {
  const quota = quotaFor(providerState, ask.policy, facts);
  return quota === undefined || quota === ask.params.quota ? ask : { ...ask, params: paramsFor(ask.policy, quota) };
}

/** Questions that are remembered, before they are forgotten all at once. */
const MAX_CACHED = 1_000;

/** The same questions are the same list, mostly: it is kept with every request of the journal. */
function sameList(providerState: ProviderState, asked: Policy['asked'], asks: readonly Ask[]): readonly Ask[] {
  const last = providerState.lastAsked[asked];
  if (last.length === asks.length && last.every((ask, i) => ask === asks[i])) return last;
  providerState.lastAsked[asked] = asks;
  return asks;
}

/** And the same question is the same object. */
function askOf(providerState: ProviderState, policy: Policy, partition: string, params: Params, cost: number): Ask {
  let asked = providerState.asked.get(policy);
  if (!asked) {
    asked = new Map();
    providerState.asked.set(policy, asked);
  }
  const known = asked.get(partition);
  if (known && known.params === params && known.cost === cost) return known;
  if (asked.size >= MAX_CACHED) asked.clear();
  const ask = { policy, partition, params, cost };
  asked.set(partition, ask);
  return ask;
}

const silences = new WeakMap<Policy, Record<Skipped['why'], Skipped>>();

function silence(policy: Policy, why: Skipped['why']): Skipped {
  let known = silences.get(policy);
  if (!known) {
    const { id } = policy;
    known = {
      applies: { policy: id, why: 'applies' },
      'no-limit': { policy: id, why: 'no-limit' },
      'no-partition': { policy: id, why: 'no-partition' },
    };
    silences.set(policy, known);
  }
  return known[why];
}

/** Who needs no credential, or has not shown one yet, is taken for the default account. */
function quotaFor(providerState: ProviderState, policy: Policy, { caller }: RequestFacts): number | undefined {
  const { accounts } = providerState.provider.profile;
  const account = caller?.account ?? accounts.default;
  return quotaOf(providerState, policy, account, providerState.accounts.get(account)?.plan ?? accounts.plan);
}

/** What the default account may take by a policy, in the profile's own units; `undefined`: no limit. */
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

/** Units (times the scale) that the account may take: its own, its plan's, or the policy's; `undefined`: no limit. */
export function quotaOf(
  providerState: ProviderState,
  policy: Policy,
  account: string,
  plan: string,
): number | undefined {
  const { profile } = providerState.provider;
  const quota =
    providerState.accounts.get(account)?.quotas[policy.id] ??
    profile.plans[plan]?.quotas[policy.id] ??
    profile.policies[policy.id]!.quota;
  return quota === 'none' ? undefined : Math.round(quota * policy.scale);
}

/** How the asked policies stand at an instant, in the profile's own units. Each is looked up when it is first asked for: most headers speak of one of many. */
export class Reports {
  readonly #providerState: ProviderState;
  readonly #store: MemoryStore;
  readonly #facts: RequestFacts;
  readonly #asks: readonly Ask[];
  readonly #now: number;
  readonly #said: readonly Decision[] | undefined;
  readonly #made: (Report | undefined)[] = [];

  /** @param said what the policies said, in the order of `asks`, if nothing has changed since */
  constructor(
    providerState: ProviderState,
    store: MemoryStore,
    facts: RequestFacts,
    asks: readonly Ask[],
    now: number,
    said: readonly Decision[] | undefined,
  ) {
    this.#providerState = providerState;
    this.#store = store;
    this.#facts = facts;
    this.#asks = asks;
    this.#now = now;
    this.#said = said;
  }

  /** `undefined` where the policy was not asked. */
  get(policy: string): Report | undefined {
    const asks = this.#asks;
    for (let i = 0; i < asks.length; i++) {
      if (asks[i]!.policy.id !== policy) continue;
      this.#made[i] ??= this.#standing(i);
      return this.#made[i];
    }
    return undefined;
  }

  #standing(i: number): Report {
    const ask = this.#asks[i]!;
    // What is in flight may have come to be held by jobs.
    if (this.#said && ask.policy.algorithm.windows.length > 0) return reportOf(ask, this.#said[i]!);
    const { policy, params, partition, cost } = renewed(this.#providerState, this.#facts, ask);
    const state = this.#store.get(policy, partition);
    return reportOf({ policy, params, partition, cost }, policy.algorithm.peek(params, state, cost, this.#now));
  }
}

function reportOf(
  { policy, params, partition }: Ask,
  { used, remaining, resetAt }: Pick<Standing, 'used' | 'remaining' | 'resetAt'>,
): Report {
  const { scale, id, unit, window } = policy;
  return {
    policy: id,
    limit: params.quota / scale,
    used: used / scale,
    remaining: remaining / scale,
    resetAt,
    windowSeconds: Math.ceil(nominalLength(window) / 1_000),
    unit,
    partition,
  };
}

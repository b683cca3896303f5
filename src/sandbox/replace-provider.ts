/**
 * Another edition of a provider in the place of one that is being served, as when its files have been edited: what is remembered goes on.
 * @module
 */
import { isDeepStrictEqual } from 'node:util';
import { holderOf, type Policy } from '../limits/policy.js';
import { Secrets } from '../profile/callers/masking.js';
import type { Provider } from '../profile/compiled/provider.js';
import type { Account } from '../state/accounts.js';
import type { AccountStore } from '../state/store.js';
import { initialAccounts, isKnown, type ProviderState } from './provider-state.js';

/** What of the old edition's memory means nothing to the new one. */
export interface DroppedState {
  /** Policies that count from nothing: a bucket is told by its policy, partition and window, and they have other ones now. */
  readonly policies: readonly string[];
  /** Collections that are filled anew, since they are defined otherwise. */
  readonly collections: readonly string[];
}

/** What the new edition cannot take over from the old one. */
export function droppedState(before: Provider, after: Provider): DroppedState {
  return {
    policies: after.policies
      .filter(({ id }) => before.policy.has(id))
      .filter((policy) => !sameBuckets(before.policy.get(policy.id)!, policy))
      .map(({ id }) => id),
    collections: Object.entries(before.profile.collections)
      .filter(([id, spec]) => !isDeepStrictEqual(spec, after.profile.collections[id]))
      .map(([id]) => id),
  };
}

/** Whether what one has counted means the same to the other. Quotas are no part of that. */
function sameBuckets(a: Policy, b: Policy): boolean {
  return (
    a.algorithm === b.algorithm &&
    a.scale === b.scale &&
    holderOf(a) === holderOf(b) &&
    isDeepStrictEqual(a.window, b.window) &&
    isDeepStrictEqual(a.partitionBy, b.partitionBy)
  );
}

/**
 * Puts the new edition's world in the place of the old one's. Requests on their way keep the old one, with which they share every count that means the same to both.
 * What the provider's cache holds was made by the old edition, and is gone.
 *
 * @param worlds all of the sandbox, by profile
 * @param plan the default account's plan, in place of the profile's
 */
export function carryOver(
  providerStates: Map<string, ProviderState>,
  providerState: ProviderState,
  provider: Provider,
  plan: string | undefined,
): void {
  const { policies, collections } = droppedState(providerState.provider, provider);
  const kept = provider.policies.map(({ id }) => id).filter((id) => !policies.includes(id));
  for (const id of collections) providerState.resources.forget(id);
  for (const { item } of providerState.resources.jobs()) {
    item.job.holds = item.job.holds.filter(({ policy }) => kept.includes(policy));
  }
  const accounts = providerState.sandboxStore.openAccounts(provider.profile.accounts.plan);
  accounts.load(
    carryOverAccounts(initialAccounts(providerState.provider, plan), providerState.accounts, provider, plan),
  );
  const next: ProviderState = {
    ...providerState,
    provider,
    origin: {
      ...providerState.origin,
      secretFacts: provider.secretFacts,
      isKnown: (credential) => isKnown(next, credential),
    },
    buckets: providerState.buckets.sharing(provider.policies.filter(({ id }) => kept.includes(id))),
    accounts,
    queriesOfCaller: new WeakMap(),
    cache: providerState.sandboxStore.openResponses(),
  };
  providerStates.set(provider.id, next);
  // The edition may have other forms of credentials, which may be sent to any of them.
  const secrets = new Secrets([...providerStates.values()].map((one) => one.provider.profile));
  for (const one of providerStates.values()) one.origin = { ...one.origin, secrets };
}

/**
 * Accounts as the new edition of a provider goes on with them. Whoever still is as the old edition set them up is now as the new one does; what somebody said of
 * an account stays, where it still means something.
 *
 * @param old how the old edition set them up
 * @param accounts how they were in the end
 * @param plan the default account's plan, in place of the profile's
 */
export function carryOverAccounts(
  old: AccountStore,
  accounts: AccountStore,
  after: Provider,
  plan: string | undefined,
): Account[] {
  const fresh = initialAccounts(after, plan);
  const { plans, accounts: settings } = after.profile;
  const added = fresh.list().filter(({ id }) => accounts.get(id) === undefined);
  return [...accounts.list(), ...added].map((account): Account => {
    const [was, is] = [old.get(account.id), fresh.get(account.id)];
    const untouched = is !== undefined && account.plan === was?.plan;
    const fallback = is?.plan ?? settings.plan;
    const keys = account.keys.filter((key) => !was?.keys.includes(key));
    return {
      id: account.id,
      plan: untouched || !Object.hasOwn(plans, account.plan) ? fallback : account.plan,
      quotas: Object.fromEntries(Object.entries(account.quotas).filter(([policy]) => after.policy.has(policy))),
      keys: [...new Set([...keys, ...(is?.keys.filter((key) => mayTake(key, account.id)) ?? [])])],
    };
  });

  /** A fixture's key belongs where the profile says, unless somebody has moved it. */
  function mayTake(key: string, account: string): boolean {
    const owner = accounts.ownerOf(key);
    return owner === undefined || owner === account || owner === old.ownerOf(key);
  }
}

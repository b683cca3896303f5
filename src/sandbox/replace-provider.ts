/**
 * Replaces a provider that is being served by a new edition, for example after its files were edited. State that still has a meaning is carried over.
 * @module
 */
import { isDeepStrictEqual } from 'node:util';
import { holderOf, type Policy } from '../limits/policy.js';
import { Secrets } from '../profile/callers/masking.js';
import type { Provider } from '../profile/compiled/provider.js';
import type { Account } from '../state/accounts.js';
import type { AccountStore } from '../state/store.js';
import { initialAccounts, isKnown, type ProviderState } from './provider-state.js';

/** State of the old edition that the new one cannot use. */
export interface DroppedState {
  /** Policies whose counts start at zero, because their algorithm, window or partition changed. */
  readonly policies: readonly string[];
  /** Collections that are seeded again, because their definition changed. */
  readonly collections: readonly string[];
}

/** Compares two editions. @returns the state of the old one that the new one cannot use */
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

/** Whether the buckets of one policy are valid for the other. The quota is not part of a bucket's identity. */
function sameBuckets(a: Policy, b: Policy): boolean {
  return (
    a.algorithm === b.algorithm &&
    a.scale === b.scale &&
    holderOf(a) === holderOf(b) &&
    isDeepStrictEqual(a.window, b.window) &&
    isDeepStrictEqual(a.partitionBy, b.partitionBy) &&
    isDeepStrictEqual(a.groups, b.groups)
  );
}

/**
 * Replaces the provider's state by one for the new edition. Requests in flight keep the old state; both states share every bucket that is valid for both
 * editions. The response cache starts empty, because the old edition rendered its answers.
 *
 * @param providerStates all states of the sandbox, by profile
 * @param plan the plan of the default account, instead of the profile's
 */
export function carryOver(
  providerStates: Map<string, ProviderState>,
  providerState: ProviderState,
  provider: Provider,
  plan: string | undefined,
): void {
  const { policies, collections } = droppedState(providerState.provider, provider);
  const retained = provider.policies.map(({ id }) => id).filter((id) => !policies.includes(id));
  for (const id of collections) providerState.resources.forget(id);
  for (const { item } of providerState.resources.jobs()) {
    item.job.holds = item.job.holds.filter(({ policy }) => retained.includes(policy));
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
    buckets: providerState.buckets.sharing(provider.policies.filter(({ id }) => retained.includes(id))),
    accounts,
    queriesOfCaller: new WeakMap(),
    cache: providerState.sandboxStore.openResponses(),
  };
  providerStates.set(provider.id, next);
  // The new edition may define other forms of credentials, and a client may send one to any provider.
  const secrets = new Secrets([...providerStates.values()].map((one) => one.provider.profile));
  for (const one of providerStates.values()) one.origin = { ...one.origin, secrets };
}

/**
 * Merges the accounts for the new edition. An account that is still on the plan of the old edition gets the plan of the new one. Settings made through the
 * control API stay if the new edition still knows their plan and policies.
 *
 * @param old the accounts as the old edition set them up
 * @param accounts the current accounts
 * @param plan the plan of the default account, instead of the profile's
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

  /** A fixture's key goes to the account that the profile names, unless the key was moved to another account. */
  function mayTake(key: string, account: string): boolean {
    const owner = accounts.ownerOf(key);
    return owner === undefined || owner === account || owner === old.ownerOf(key);
  }
}

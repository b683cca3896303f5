/**
 * The control operation that changes an account.
 * @module
 */
import { suggest } from '../../profile/errors.js';
import type { Account } from '../../state/accounts.js';
import type { ProviderState } from '../provider-state.js';
import { checkedUnits } from './amounts.js';
import { Problem } from './problem.js';

/** A change to an account. Members that are omitted stay as they are. */
export interface AccountChange {
  readonly plan?: string | undefined;
  /** The credentials that belong to it, unmasked. */
  readonly keys?: readonly string[] | undefined;
  /** Its own quotas by policy, in the profile's units. */
  readonly quotas?: Record<string, number> | undefined;
}

/** Changes an account; counts stay. @throws Problem if the plan, a policy or an amount is invalid */
export function changeAccount(
  providerState: ProviderState,
  id: string,
  { plan, keys, quotas }: AccountChange,
): Account {
  const { profile, policy: policies } = providerState.provider;
  if (plan !== undefined && !Object.hasOwn(profile.plans, plan)) {
    const fix = suggest(plan, Object.keys(profile.plans));
    throw new Problem(400, 'unknown-plan', `${profile.id} has no plan "${plan}"; ${fix}`, 'plan');
  }
  for (const [policy, amount] of Object.entries(quotas ?? {})) {
    const field = `quotas.${policy}`;
    if (!policies.has(policy)) {
      const fix = suggest(policy, [...policies.keys()]);
      throw new Problem(400, 'unknown-policy', `${profile.id} has no policy "${policy}"; ${fix}`, field);
    }
    checkedUnits(policies.get(policy)!, amount, field);
  }
  return providerState.accounts.put(id, {
    ...(plan === undefined ? {} : { plan }),
    ...(keys === undefined ? {} : { keys }),
    ...(quotas === undefined ? {} : { quotas }),
  });
}

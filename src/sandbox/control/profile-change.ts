/**
 * The control operation that changes the plan and the variants of a served profile in one sandbox.
 * @module
 */
import type { Provider } from '../../profile/compiled/provider.js';
import { formatIssue, ProfileError } from '../../profile/errors.js';
import type { ProviderState } from '../provider-state.js';
import { carryOver, droppedState } from '../replace-provider.js';
import type { Editions } from '../sandbox-options.js';
import { Problem } from './problem.js';

/** A change to a served profile. Members that are omitted stay as they are. */
export interface ProfileChange {
  /** Plan of the default account. */
  readonly plan?: string | undefined;
  /** The variants that are active from now on; all others are not. */
  readonly variants?: readonly string[] | undefined;
}

/** A served profile after a change. */
export interface ProfileChanged {
  /** Id of the profile. */
  readonly profile: string;
  /** Plan of the default account. */
  readonly plan: string;
  /** The active variants, in the order of the profile. */
  readonly variants: readonly string[];
  /** Policies whose counts are gone: they count in another way now, or do not exist any more. */
  readonly cleared: readonly string[];
  /** Collections that are seeded again, because their definition changed. */
  readonly reseeded: readonly string[];
}

/**
 * Opens the edition of a provider with these variants. @throws Problem if one does not exist, or they cannot be active together
 *
 * @param current the edition that is in use, which knows all variants
 * @param field where the variants are, for the problem
 */
export async function openEdition(
  current: Provider,
  variants: readonly string[],
  editions: Editions | undefined,
  field = 'variants',
): Promise<Provider> {
  const wanted = orderedVariants(current, variants, field);
  if (sameList(wanted, activeVariants(current))) return current;
  if (editions === undefined)
    throw new Problem(409, 'fixed-variants', 'the variants of this sandbox cannot be changed; start another', field);
  try {
    return await editions.open(current.id, wanted);
  } catch (error) {
    if (!(error instanceof ProfileError)) throw error;
    const [issue] = error.issues;
    const reason = issue === undefined ? error.message : formatIssue(issue);
    const what =
      wanted.length > 1 ? `the variants ${wanted.join(', ')} cannot be active together` : 'it cannot be read';
    throw new Problem(400, 'conflicting-variants', `${what}: ${reason}`, field);
  }
}

/** The active variants, in the order of the profile. */
export function activeVariants({ profile, variants }: Provider): string[] {
  return Object.keys(profile.variants).filter((name) => variants.includes(name));
}

/** The variants in the order of the profile, each once. @throws Problem if one does not exist */
export function orderedVariants({ id, profile }: Provider, variants: readonly string[], field: string): string[] {
  const known = Object.keys(profile.variants);
  const unknown = variants.findIndex((name) => !known.includes(name));
  if (unknown >= 0) {
    const fix = known.length === 0 ? 'it has none; send an empty list' : `its variants are: ${known.join(', ')}`;
    const detail = `${id} has no variant "${variants[unknown]}"; ${fix}`;
    throw new Problem(400, 'unknown-variant', detail, `${field}.${unknown}`);
  }
  return known.filter((name) => variants.includes(name));
}

/**
 * Serves another edition, and puts the default account on another plan. Nothing is changed where it throws.
 *
 * @param initialPlan the plan of the default account at the start, if the options name one
 * @throws Problem if the edition has no such plan
 */
export function changeProfile(
  providerStates: Map<string, ProviderState>,
  before: ProviderState,
  after: Provider,
  plan: string | undefined,
  initialPlan: string | undefined,
): ProfileChanged {
  const { id, profile } = after;
  if (plan !== undefined && !Object.hasOwn(profile.plans, plan)) {
    const detail = `${id} has no plan "${plan}"; its plans are: ${Object.keys(profile.plans).join(', ')}`;
    throw new Problem(400, 'unknown-plan', detail, 'plan');
  }
  const old = before.provider;
  const { policies, collections } = droppedState(old, after);
  if (after !== old) carryOver(providerStates, before, after, initialPlan);
  const { accounts } = providerStates.get(id)!;
  if (plan !== undefined) accounts.put(profile.accounts.default, { plan });
  const isGone = (policy: string) => policies.includes(policy) || !after.policy.has(policy);
  return {
    profile: id,
    plan: accounts.get(profile.accounts.default)?.plan ?? profile.accounts.plan,
    variants: activeVariants(after),
    cleared: old.policies.map((policy) => policy.id).filter(isGone),
    reseeded: collections.filter((collection) => after.collections.has(collection)),
  };
}

/** Whether two lists have the same members in the same order. */
export function sameList(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((one, i) => one === others[i]);
}

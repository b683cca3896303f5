/**
 * Builds the view of a profile for the control API.
 * @module
 */
import { type Policy, policyInWords } from '../../../limits/policy.js';
import { nominalLength } from '../../../limits/windows.js';
import type { Provider } from '../../../profile/compiled/provider.js';
import type { WindowSpec } from '../../../profile/schema/schema.js';
import type { Sandbox } from '../../../sandbox/sandbox.js';
import type { ProfileView } from './profile.js';

type PolicyView = ProfileView['policies'][number];

/** Describes a served profile. @throws Problem where no such profile is served */
export function describeProfile(sandbox: Sandbox, id: string): ProfileView {
  const provider = sandbox.provider(id);
  const { profile } = provider;
  const defaultAccount = profile.accounts.default;
  return {
    id,
    title: profile.title,
    baseUrl: profile.baseUrl,
    plan: sandbox.accounts(id).find((account) => account.id === defaultAccount)?.plan ?? profile.accounts.plan,
    defaultAccount,
    compress: provider.compress,
    variants: Object.entries(profile.variants).map(([name, { says, evidence }]) => ({
      id: name,
      says,
      active: provider.variants.includes(name),
      evidence,
    })),
    policies: provider.policies.map((policy) => describePolicy(provider, policy, sandbox.defaultQuota(id, policy.id))),
    plans: Object.entries(profile.plans).map(([name, plan]) => ({ id: name, ...plan })),
    fixtures: profile.fixtures.map(({ key, credential, account, plan, error, says }) => ({
      key,
      credential,
      account,
      plan,
      error,
      says,
    })),
    sources: Object.entries(profile.sources).map(([name, source]) => ({ id: name, ...source })),
  };
}

/** Describes a policy. @param quota quota of the default account in the profile's own units */
function describePolicy({ profile, errors }: Provider, policy: Policy, quota: number | undefined): PolicyView {
  const { evidence, window } = profile.policies[policy.id] as { evidence: PolicyView['evidence']; window?: WindowSpec };
  const { error, charges } = policy.refusal;
  return {
    id: policy.id,
    algorithm: policy.algorithm.name,
    quota: quota ?? null,
    unit: policy.unit,
    window:
      window && policy.window
        ? { length: String(window.length), start: String(window.start), ms: nominalLength(policy.window) }
        : null,
    partitionBy: policy.partitionBy,
    refusal: { error, status: errors.get(error)!.status, charges },
    explain: policyInWords(policy, quota) ?? 'no limit for the default account; its plan and the policy set none',
    evidence,
  };
}

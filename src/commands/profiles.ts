/**
 * The command `mock429 profiles`.
 * @module
 */

import { type AlgorithmName, algorithm } from '../limits/algorithms/index.js';
import { type Quantity, quantityInWords } from '../limits/rules/quantity.js';
import type { Provider } from '../profile/compiled/provider.js';
import { openReference } from '../profile/document/reference.js';
import { builtInProfiles, catalogueProfiles, displayPath } from '../profile/locate.js';
import type { PolicySpec } from '../profile/schema/schema.js';
import type { Io } from './terminal/io.js';
import { table } from './terminal/text.js';

/** Prints the profiles as a table or as JSON. @throws ProfileError */
export async function listProfiles(
  references: readonly string[],
  { json = false }: { json?: boolean | undefined },
  io: Io,
): Promise<void> {
  const wanted = references.length === 0 ? [...builtInProfiles(), ...catalogueProfiles()] : references;
  const providers = await Promise.all(wanted.map((reference) => openReference(reference)));
  if (json) {
    io.out(`${JSON.stringify(providers.map(record), null, 2)}\n`);
    return;
  }
  const head = ['ID', 'TITLE', 'POLICIES', 'VARIANTS', 'PLANS', 'FIXTURES'];
  const rows = providers.map(({ id, profile }) => [
    [id],
    [profile.title],
    Object.entries(profile.policies).map(([name, policy]) => `${name} ${inShort(profile, name, policy as PolicySpec)}`),
    Object.keys(profile.variants),
    Object.keys(profile.plans).map((plan) => (plan === profile.accounts.plan ? `${plan} *` : plan)),
    profile.fixtures.map(({ key }) => key),
  ]);
  io.out(`${table(head, rows)}* the default plan; --json prints more\n`);
}

/** A policy in short: `60/60s by key`, `10 at once by token`. */
function inShort(profile: Provider['profile'], id: string, policy: PolicySpec): string {
  const { unit, window, partitionBy } = policy;
  const quota = profile.plans[profile.accounts.plan]?.quotas[id] ?? policy.quota;
  const amount =
    quota === 'none'
      ? 'no limit'
      : `${quotaInShort(quota, profile.accounts.plan)}${/requests$/.test(unit) ? '' : ` ${unit}`}`;
  const span = window
    ? quota === 'none'
      ? ` per ${String(window.length)}`
      : `/${String(window.length)}`
    : atOnce(policy);
  return `${amount}${span}${partitionBy.length === 0 ? '' : ` by ${partitionBy.join('+')}`}`;
}

/** A quota on the default plan. A table by another fact is too long for a cell, so it is only named. */
function quotaInShort(quota: Quantity, plan: string): string {
  if (typeof quota !== 'object') return quantityInWords(quota);
  if (quota.by === 'caller.plan') return quotaInShort(quota.values[plan] ?? quota.else, plan);
  return `quota by ${quota.by}`;
}

/** What a policy without a window counts. */
function atOnce(policy: PolicySpec): string {
  const { kind } = algorithm((policy as { readonly algorithm: AlgorithmName }).algorithm);
  return kind === 'lease' ? ' at once' : ' in all';
}

function record({ id, file, profile, document }: Provider): object {
  return {
    id,
    title: profile.title,
    file: displayPath(file),
    operations: document.operations.length,
    policies: Object.entries(profile.policies).map(([name, spec]) => {
      const { algorithm, quota, unit, window, partitionBy } = spec as PolicySpec & { algorithm: string };
      const planned = profile.plans[profile.accounts.plan]?.quotas[name] ?? quota;
      return {
        id: name,
        algorithm,
        quota: planned === 'none' ? null : planned,
        unit,
        window: window ?? null,
        partitionBy,
      };
    }),
    variants: Object.entries(profile.variants).map(([name, { says }]) => ({ id: name, says })),
    plan: profile.accounts.plan,
    plans: Object.entries(profile.plans).map(([name, { title, quotas }]) => ({ id: name, title, quotas })),
    fixtures: profile.fixtures.map(({ key, credential, says }) => ({ key, credential, says })),
  };
}

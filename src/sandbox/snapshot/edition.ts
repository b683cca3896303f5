/**
 * The edition of a provider: the definitions that give its state a meaning. Saved with the state, so that a later start can tell what still fits.
 * @module
 */
import type { Provider } from '../../profile/compiled/provider.js';
import { memoiseWeakly } from '../../runtime/memoise.js';
import type { Account } from '../../state/accounts.js';
import { shortHash } from '../masking/hashes.js';
import { initialAccounts } from '../provider-state.js';
import type { Node } from './node.js';
import { countingOf } from './save.js';

/** The definitions that saved state depends on. */
export interface Edition {
  /** Hash of the profile and its OpenAPI document. */
  readonly hash: string;
  /** How each policy counts, as `canonical` text. */
  readonly policies: Readonly<Record<string, string>>;
  /** Hash of each collection's definition. */
  readonly collections: Readonly<Record<string, string>>;
  /** The accounts that the profile and `--plan` set up. */
  readonly accounts: readonly Account[];
}

/** The edition of a provider. @param plan the plan of the default account, instead of the profile's */
export function editionOf(provider: Provider, plan: string | undefined): Edition {
  const { hash, policies, collections } = fixedPart(provider);
  return { hash, policies, collections, accounts: initialAccounts(provider, plan).list() };
}

/** The part that depends on the provider only. Cached, because documents may be large and every save writes an edition. */
const fixedPart = memoiseWeakly((provider: Provider): Omit<Edition, 'accounts'> => {
  const { profile, policies, document } = provider;
  return {
    hash: shortHash(JSON.stringify([profile, document.root])),
    policies: Object.fromEntries(policies.map((policy) => [policy.id, canonical(countingOf(policy))])),
    collections: Object.fromEntries(
      Object.entries(profile.collections).map(([id, spec]) => [id, shortHash(canonical(spec))]),
    ),
  };
});

/** Parses an edition. @throws Problem */
export function readEdition(node: Node): Edition {
  const { hash, policies, collections, accounts } = node.fields(['hash', 'policies', 'collections', 'accounts']);
  const texts = (map: Node) => Object.fromEntries([...map.map()].map(([id, text]) => [id, text.text()]));
  return {
    hash: hash.text(),
    policies: texts(policies),
    collections: texts(collections),
    accounts: accounts.list().map(readAccountAsItWas),
  };
}

/** Parses an account without checking that its plan and policies still exist. @throws Problem */
export function readAccountAsItWas(node: Node): Account {
  const { id, plan, quotas, keys } = node.fields(['id', 'plan', 'quotas', 'keys']);
  return {
    id: id.text(),
    plan: plan.text(),
    quotas: Object.fromEntries([...quotas.map()].map(([policy, amount]) => [policy, amount.number()])),
    keys: keys.list().map((key) => key.text()),
  };
}

/** JSON with the keys of each map sorted. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner === null || typeof inner !== 'object' || Array.isArray(inner)
      ? inner
      : Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))),
  );
}

/**
 * The facts of a caller that are secret.
 * @module
 */

import type { Profile } from '../schema/schema.js';
import { literalPrefixes } from './literal-prefixes.js';

/** The secret caller facts of a profile. */
export interface SecretFacts {
  /** Facts that are a credential. */
  readonly credentials: ReadonlySet<string>;
  /** Facts that a named group of a credential's pattern captures from its variable part. They are masked completely. */
  readonly parts: ReadonlySet<string>;
}

/** The secret caller facts of a profile. */
export function secretFacts({ callers, accounts }: Profile): SecretFacts {
  const specs = Object.values(callers.credentials);
  const credentials = new Set(specs.map(({ fact }) => fact));
  const parts = specs.flatMap(({ pattern }) => {
    const { literalGroups } = literalPrefixes(pattern);
    const named = [...pattern.matchAll(/\(\?<([^>=!]+)>/g)].map(([, name]) => name!);
    return named.filter((name) => !literalGroups.has(name));
  });
  // The fact that names the account is set after the groups, so it is not secret even if a group has the same name.
  return { credentials, parts: new Set(parts.filter((name) => !credentials.has(name) && name !== accounts.fact)) };
}

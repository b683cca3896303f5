/**
 * Which facts of a caller are secret.
 * @module
 */
import { literalHeads } from './literal-heads.js';
import type { Profile } from './schema.js';

/** Caller facts by which a profile's callers are told apart, and what of them is secret. */
export interface SecretFacts {
  /** Facts that are a credential. */
  readonly credentials: ReadonlySet<string>;
  /** Facts that are a variable part of one, which a group of its pattern names. They are not shown at all. */
  readonly parts: ReadonlySet<string>;
}

export function secretFacts({ callers, accounts }: Profile): SecretFacts {
  const specs = Object.values(callers.credentials);
  const credentials = new Set(specs.map(({ fact }) => fact));
  const parts = specs.flatMap(({ pattern }) => {
    const { literalGroups } = literalHeads(pattern);
    const named = [...pattern.matchAll(/\(\?<([^>=!]+)>/g)].map(([, name]) => name!);
    return named.filter((name) => !literalGroups.has(name));
  });
  // The account's name takes the place of a group of the same name.
  return { credentials, parts: new Set(parts.filter((name) => !credentials.has(name) && name !== accounts.fact)) };
}

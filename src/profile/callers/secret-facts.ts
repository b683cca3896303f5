/**
 * The facts of a caller that are secret.
 * @module
 */

import { nameIn } from '../../limits/facts.js';
import { compileTemplate } from '../../limits/render/template.js';
import { groupsOf } from '../names.js';
import type { Profile } from '../schema/schema.js';
import { literalPrefixes } from './literal-prefixes.js';
import { usuallySecret } from './masking.js';

/** The secret caller facts of a profile. */
export interface SecretFacts {
  /** Facts that are a credential, or that are read where requests carry one. */
  readonly credentials: ReadonlySet<string>;
  /** Facts that a named group of a credential's pattern captures from its variable part. They are masked completely. */
  readonly parts: ReadonlySet<string>;
}

/** The secret caller facts of a profile. */
export function secretFacts({ callers, accounts }: Profile): SecretFacts {
  const specs = Object.values(callers.credentials);
  const given = [...specs.map(({ facts }) => facts), callers.anonymous?.facts ?? {}];
  const read = given.flatMap((facts) => Object.keys(facts).filter((name) => isSecretText(facts[name]!)));
  const credentials = new Set([
    ...specs.flatMap(({ fact, parameters }) => [fact, ...Object.keys(parameters)]),
    ...read,
  ]);
  const parts = specs.flatMap(({ pattern }) => {
    const { literalGroups } = literalPrefixes(pattern);
    return groupsOf(pattern).filter((name) => !literalGroups.has(name));
  });
  // The fact that names the account is set after the groups, so it is not secret even if a group has the same name.
  return { credentials, parts: new Set(parts.filter((name) => !credentials.has(name) && name !== accounts.fact)) };
}

/** Whether the value of a fact is read from a cookie, or from a header or field whose name is that of a credential. */
function isSecretText(text: string): boolean {
  return compileTemplate(text).paths.some((path) => path[0] === 'cookie' || usuallySecret(nameIn(path)));
}

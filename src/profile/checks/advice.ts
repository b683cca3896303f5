/**
 * Checks the names in advice, and the sections that it needs.
 * @module
 */
import { checkNamed, checkNames } from '../../verdict/checks/index.js';
import type { Checker } from './checker.js';

/** Checks the advice of a profile. */
export function checkAdvice({ profile, add, named }: Checker): void {
  const { without } = profile.advice;
  for (const name of checkNames) {
    const given = profile.advice[name];
    if (!given) continue;
    const path = ['advice', name];
    if (without.includes(name))
      add(
        'advice-left-out',
        path,
        `"${name}" is left out as well`,
        'take it from advice.without, or leave it out here',
      );
    const check = checkNamed(name);
    const { operations = [], policies = [] } = check.references?.(given) ?? {};
    for (const id of operations) named('operation', id, pathOfName(id, given, path));
    for (const id of policies) named('policy', id, pathOfName(id, given, path));
    const needed = check.needs?.(given);
    if (needed && profile[needed] === undefined)
      add(
        'advice-in-vain',
        path,
        `needs ${needed}, which the profile does not have`,
        `add ${needed}, or leave this out`,
      );
  }
}

/** The path of a name within the options. */
function pathOfName(id: string, options: object, path: readonly string[]): PropertyKey[] {
  for (const [key, value] of Object.entries(options)) {
    if (value === id) return [...path, key];
    if (Array.isArray(value) && value.includes(id)) return [...path, key, value.indexOf(id)];
  }
  return [...path];
}

/**
 * Checks of what the advice names.
 * @module
 */
import { checkNamed, checkNames } from '../verdict/checks/index.js';
import type { Checker } from './checker.js';

export function checkAdvice({ profile, add, named }: Checker): void {
  const { without } = profile.advice;
  for (const name of checkNames) {
    const given = profile.advice[name];
    const path = ['advice', name];
    if (given && without.includes(name))
      add(
        'advice-left-out',
        path,
        `"${name}" is left out as well`,
        'take it from advice.without, or leave it out here',
      );
    const { operations = [], policies = [] } = (given && checkNamed(name).references?.(given)) ?? {};
    for (const id of operations) named('operation', id, path);
    for (const id of policies) named('policy', id, path);
  }
}

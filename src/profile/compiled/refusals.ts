/**
 * Compiles what a refusal by a policy does.
 * @module
 */

import type { Refusal } from '../../limits/policy.js';
import { compileCondition } from '../../limits/rules/matching.js';
import type { PolicySpec } from '../schema/schema.js';
import { baseName } from '../versions.js';

/**
 * Compiles the refusal of a policy.
 *
 * @param id the policy's own id
 * @param ids the ids of all policies, versions included: a refusal charges all versions of the policies that it names
 */
export function compileRefusal(
  id: string,
  { error, impossible, charges, final, retryAfter }: PolicySpec['refusal'],
  ids: readonly string[],
): Refusal {
  // The last error of a list applies to all requests; the checks require it.
  const rules = typeof error === 'string' ? [{ error }] : error;
  const fallback = rules.at(-1)!.error;
  return {
    charges: charges === 'self' ? [id] : charges === 'none' ? [] : ids.filter((one) => charges.includes(baseName(one))),
    final,
    error: fallback,
    choices: rules
      .slice(0, -1)
      .map(({ when, share = 1, error: name }) => ({ when: compileCondition(when), share, error: name })),
    impossible,
    retryAfterSec: retryAfter,
  };
}

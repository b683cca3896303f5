/**
 * Compiles what a refusal by a policy does.
 * @module
 */
import { compileCondition } from '../../limits/matching.js';
import type { Refusal } from '../../limits/policy.js';
import type { PolicySpec } from '../schema/schema.js';

/** Compiles the refusal of a policy. @param id the policy's own id */
export function compileRefusal(
  id: string,
  { error, impossible, charges, final, retryAfter }: PolicySpec['refusal'],
): Refusal {
  // The last error of a list applies to all requests; the checks require it.
  const rules = typeof error === 'string' ? [{ error }] : error;
  const fallback = rules.at(-1)!.error;
  return {
    charges: charges === 'self' ? [id] : charges === 'none' ? [] : charges,
    final,
    error: fallback,
    choices: rules
      .slice(0, -1)
      .map(({ when, share = 1, error: name }) => ({ when: compileCondition(when), share, error: name })),
    impossible: impossible ?? fallback,
    retryAfterSec: retryAfter,
  };
}

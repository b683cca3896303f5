/**
 * Amounts as a caller of the control plane gives them.
 * @module
 */
import { unitsOf } from '../../limits/amounts.js';
import { maxUnits, type Policy } from '../../limits/policy.js';
import { Problem } from './problem.js';

/** The amount, in the policy's own unit, as units of the policy. @throws Problem where they cannot be counted */
export function checkedUnits(policy: Policy, amount: number, field: string): number {
  const units = unitsOf(amount, policy.scale, maxUnits(policy));
  if (typeof units === 'number') return units;
  throw new Problem(400, 'bad-amount', `${units.problem} (${policy.id} counts ${policy.unit}); ${units.fix}`, field);
}

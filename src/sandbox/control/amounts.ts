/**
 * Amounts in control operations.
 * @module
 */
import { unitsOf } from '../../limits/amounts.js';
import { maxUnits, type Policy } from '../../limits/policy.js';
import { Problem } from './problem.js';

/** Converts an amount in the policy's own unit to internal units. @throws Problem if it is out of range or too fine */
export function checkedUnits(policy: Policy, amount: number, field: string): number {
  const units = unitsOf(amount, policy.scale, maxUnits(policy));
  if (typeof units === 'number') return units;
  throw new Problem(400, 'bad-amount', `${units.problem} (${policy.id} counts ${policy.unit}); ${units.fix}`, field);
}

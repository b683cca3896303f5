/**
 * Amounts as profiles and the control plane give them: numbers in the policy's own unit, which are counted as whole numbers of 1/scale of it.
 * @module
 */

/** The most units that can be counted exactly. */
export const MAX_UNITS = Number.MAX_SAFE_INTEGER;

/** What is wrong with an amount, and what to do about it. */
export interface AmountFault {
  readonly problem: string;
  readonly fix: string;
}

/** The relative rounding error that a product of two decimal numbers may have: 0.29 × 100 is 28.999999999999996. */
const OFF = 1e-9;

/**
 * @param scale units in one of what the amount counts
 * @param most units that can be counted
 * @returns whole units, or why there are none
 */
export function unitsOf(amount: number, scale: number, most = MAX_UNITS): number | AmountFault {
  if (!(amount >= 0)) return { problem: `${amount} is no number from 0 up`, fix: 'write 0 or more' };
  const units = Math.round(amount * scale);
  if (units > most)
    return { problem: `${amount} is more than can be counted here`, fix: `write ${most / scale} at most` };
  if (Math.abs(units - amount * scale) <= OFF * units) return units;
  return scale === 1
    ? {
        problem: `${amount} is no whole number`,
        fix: 'write a whole number, or count in fractions of one (scale: 100)',
      }
    : {
        problem: `${amount} is no whole number of 1/${scale}`,
        fix: `write it in steps of ${1 / scale}, or raise the scale`,
      };
}

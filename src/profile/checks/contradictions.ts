/**
 * Comparisons that no value can pass.
 * @module
 */
import type { FactComparison } from '../../limits/rules/matching.js';

/** What is wrong with a comparison, at which of its keys. */
interface Contradiction {
  readonly key: keyof FactComparison;
  readonly problem: string;
  readonly fix: string;
}

/** The keys that need a value. */
const NEED_VALUE = ['above', 'below', 'from', 'to', 'oneOf', 'matches'] as const;

/** Why no value passes the comparison; `undefined` if one may. Bounds that are formulas are not compared. */
export function contradictionIn(test: FactComparison): Contradiction | undefined {
  const other = NEED_VALUE.find((key) => test[key] !== undefined);
  if (test.given === false && other !== undefined)
    return {
      key: 'given',
      problem: `false contradicts ${other}: what is absent has no value`,
      fix: 'remove one of them',
    };
  for (const least of ['above', 'from'] as const)
    for (const most of ['below', 'to'] as const) {
      const [low, high] = [test[least], test[most]];
      if (typeof low !== 'number' || typeof high !== 'number') continue;
      const isPossible = least === 'from' && most === 'to' ? low <= high : low < high;
      if (!isPossible)
        return {
          key: least,
          problem: `leaves nothing: no number passes ${least}: ${low} and ${most}: ${high}`,
          fix: `write a ${most} that is greater`,
        };
    }
  return undefined;
}

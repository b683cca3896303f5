/**
 * Checks that quotas and costs can be counted exactly.
 * @module
 */
import { type AlgorithmName, algorithm } from '../../limits/algorithms/index.js';
import { type AmountFault, unitsOf } from '../../limits/amounts.js';
import { countedBy, maxUnits, NO_WINDOW } from '../../limits/policy.js';
import type { CostRule } from '../../limits/rules/cost.js';
import type { Quantity } from '../../limits/rules/quantity.js';
import { compileWindow } from '../compiled/windows.js';
import type { Add, Path } from '../names.js';
import type { PolicySpec, Profile } from '../schema/schema.js';

/** Checks the quotas of policies and plans, and all fixed costs. */
export function checkAmounts({ policies, plans }: Profile, add: Add): void {
  const check = (amount: Quantity | undefined, spec: PolicySpec | undefined, path: Path) => {
    if (amount === undefined || !spec) return;
    for (const [constant, at] of constantsIn(amount)) {
      const units = unitsOf(constant, spec.scale, maxUnitsOf(spec));
      if (typeof units !== 'number') add('bad-amount', [...path, ...at], ...inWords(units, spec));
    }
  };
  for (const [id, one] of Object.entries(policies)) {
    const spec = one as PolicySpec;
    const path = ['policies', id];
    for (const key of ['quota', 'needs', 'mostPerRequest'] as const) check(spec[key], spec, [...path, key]);
    for (const key of algorithm(spec.algorithm as AlgorithmName).amounts)
      check((spec as Readonly<Record<string, unknown>>)[key] as Quantity | undefined, spec, [...path, key]);
    for (const key of ['cost', 'actualCost'] as const)
      for (const [i, rule] of (spec[key] ?? []).entries())
        for (const [amount, at] of fixedCosts(rule)) check(amount, spec, [...path, key, i, ...at]);
  }
  for (const [id, { quotas }] of Object.entries(plans))
    for (const [policy, amount] of Object.entries(quotas))
      check(amount, policies[policy] as PolicySpec | undefined, ['plans', id, 'quotas', policy]);
}

function maxUnitsOf(spec: PolicySpec): number | undefined {
  const window = spec.window ? compileWindow(spec.window, 1) : NO_WINDOW;
  return window && maxUnits(countedBy(algorithm(spec.algorithm as AlgorithmName), window));
}

function inWords({ problem, fix }: AmountFault, { algorithm: name, unit }: PolicySpec): [problem: string, fix: string] {
  const counted = problem.replace(/here$/, `by ${name}`).replace(/number$/, `number of ${unit}`);
  return [counted, counted === problem || !problem.endsWith('here') ? fix : `${fix}, or let another algorithm count`];
}

/** The amounts of a cost rule. Those with a factor are skipped, because only the product must be countable. */
function fixedCosts({ units, price, times }: CostRule): [amount: Quantity, at: Path][] {
  if (times !== undefined && times !== 1) return [];
  if (price) return [[price, ['price']]];
  return units === undefined ? [] : [[units, ['units']]];
}

/** The constants of a quantity, with their paths in it. */
function constantsIn(quantity: Quantity): [constant: number, at: Path][] {
  if (typeof quantity === 'number') return [[quantity, []]];
  if (typeof quantity === 'string') return [];
  const values = Object.entries(quantity.values).map(([key, value]): [Quantity, Path] => [value, ['values', key]]);
  return [...values, [quantity.else, ['else']] as [Quantity, Path]].flatMap(([value, at]) =>
    constantsIn(value).map(([constant, inner]): [number, Path] => [constant, [...at, ...inner]]),
  );
}

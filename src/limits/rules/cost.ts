/**
 * What a request costs, from data: a quantity, a count of items, a price by name, a GraphQL query; the first rule that applies decides.
 * @module
 */
import { MAX_UNITS } from '../amounts.js';
import { FactSource, type Outcome, type RequestFacts } from '../facts.js';
import { compileGraphQlCost, type GraphQlCost } from './graphql-cost.js';
import { type Condition, compileCondition } from './matching.js';
import { compileQuantity, type Quantity, type QuantityTable } from './quantity.js';

/** A rule of a policy's cost. The first rule whose `when` matches, and whose facts are there, decides. */
export interface CostRule {
  readonly when?: Condition | undefined;
  /** A number, a formula (`body.max_tokens`), or a table. */
  readonly units?: Quantity | undefined;
  /** The path of a list: as many units as it has items (1 where it is none). */
  readonly count?: string | undefined;
  /** A price by name: a table. */
  readonly price?: QuantityTable | undefined;
  /** The cost of a GraphQL query. */
  readonly graphql?: GraphQlCost | undefined;
  /** Multiplies the above. */
  readonly times?: Quantity | undefined;
  /** The path of a list: the rule is applied to each `item` of it, and summed. */
  readonly each?: string | undefined;
}

/** Computes the cost of an outcome in quota units; `undefined` if no rule decides, so that what was charged stays. */
export type ActualCost = (facts: RequestFacts, outcome: Outcome) => number | undefined;

/** Computes the cost of a request in quota units: whole and not negative. */
export type Cost = (facts: RequestFacts, outcome?: Outcome) => number;

/** Units of a rule, in the profile's unit; `undefined` if a fact that it needs is absent. */
type Amount = (facts: RequestFacts, outcome?: Outcome) => number | undefined;

/**
 * Compiles cost rules. A rule whose facts are absent is passed over; a request that no rule decides costs one unit. `scale` turns fractions (cents of a dollar)
 * into whole numbers.
 *
 * @param most the highest cost in quota units; a higher one is reduced to it
 * @throws FormulaError
 */
export function compileCost(rules: readonly CostRule[], scale: number, most = MAX_UNITS): Cost {
  const decided = compileRules(rules, scale, most);
  return typeof decided === 'number' ? () => decided : (facts, outcome) => decided(facts, outcome) ?? scale;
}

/** Compiles the rules of the cost that an outcome tells. As `compileCost`, but where no rule decides there is no cost. @throws FormulaError */
export function compileActualCost(rules: readonly CostRule[], scale: number, most = MAX_UNITS): ActualCost {
  const decided = compileRules(rules, scale, most);
  return typeof decided === 'number' ? () => decided : decided;
}

/** The units of the first rule that decides, in quota units; a number if they depend on no fact. */
function compileRules(rules: readonly CostRule[], scale: number, most: number): number | Amount {
  const compiled = rules.map((rule) => ({ holds: compileCondition(rule.when), amount: compileAmount(rule) }));
  const whole = (amount: number) => Math.min(most, Math.max(0, Math.round(amount * scale)));
  if (compiled.length === 0) return scale;
  if (rules.length === 1 && rules[0]!.when === undefined) {
    const constant = constantAmount(rules[0]!);
    if (constant !== undefined) return whole(constant);
  }
  return (facts, outcome) => {
    for (const { holds, amount } of compiled) {
      if (!holds(facts, outcome)) continue;
      const units = amount(facts, outcome);
      if (units !== undefined) return whole(units);
    }
    return undefined;
  };
}

/** The units of a rule that depends on no fact. */
function constantAmount({ units = 1, count, price, graphql, times = 1, each }: CostRule): number | undefined {
  if (count !== undefined || price || graphql || each !== undefined) return undefined;
  const [a, b] = [compileQuantity(units).constant, compileQuantity(times).constant];
  return typeof a === 'number' && typeof b === 'number' ? a * b : undefined;
}

function compileAmount(rule: CostRule): Amount {
  const times = rule.times === undefined ? undefined : compileQuantity(rule.times);
  const base = compileBase(rule);
  const one = (source: FactSource): number | undefined => {
    const units = base(source);
    if (!times || units === undefined) return units;
    const factor = times.evaluate(source);
    // A factor that is absent is 1: most batch sizes default to one.
    return units * (factor ?? 1);
  };
  const each = rule.each?.split('.');
  return (facts, outcome) => {
    const whole = new FactSource(facts, outcome);
    const list = each && whole.read(each);
    if (!Array.isArray(list)) return one(whole);
    let sum = 0;
    for (const item of list) sum += one(new FactSource(facts, outcome, item)) ?? 1;
    return sum;
  };
}

/** The units before they are multiplied. */
function compileBase({ units = 1, count, price, graphql }: CostRule): (source: FactSource) => number | undefined {
  if (graphql) return compileGraphQlCost(graphql);
  if (count !== undefined) {
    const path = count.split('.');
    return (source) => {
      const list = source.read(path);
      return Array.isArray(list) ? list.length : 1;
    };
  }
  const { evaluate } = compileQuantity(price ?? units);
  return (source) => evaluate(source) ?? undefined;
}

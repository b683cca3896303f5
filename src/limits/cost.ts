/**
 * What a request costs, from data: a constant, a number or a count found in the request, a price by name; the first rule whose condition holds decides.
 * @module
 */
import { MAX_UNITS } from './amounts.js';
import { type Outcome, type RequestFacts, readFact } from './facts.js';
import { type Condition, compileCondition } from './matching.js';

/** A rule of a policy's cost. The first rule whose `when` matches decides. */
export interface CostRule {
  readonly when?: Condition | undefined;
  /** A number, or the path of one (`body.max_tokens`). */
  readonly units?: number | string | undefined;
  /** The path of a list: as many units as it has items (1 where it is none). */
  readonly count?: string | undefined;
  /** A price by name: `by` is the path of the name. */
  readonly price?:
    | { readonly by: string; readonly values: Readonly<Record<string, number>>; readonly else: number }
    | undefined;
  /** Multiplies the above: a number or the path of one. */
  readonly times?: number | string | undefined;
  /** The path of a list: the rule is applied to each `item` of it, and summed. */
  readonly each?: string | undefined;
}

/** Computes the cost of a request in quota units: whole and not negative. */
export type Cost = (facts: RequestFacts, outcome?: Outcome) => number;

/**
 * Compiles cost rules. A request that no rule matches costs one unit. `scale` turns fractions (cents of a dollar) into whole numbers.
 *
 * @param most the highest cost in quota units; a higher one is reduced to it
 */
export function compileCost(rules: readonly CostRule[], scale: number, most = MAX_UNITS): Cost {
  const compiled = rules.map((rule) => ({ holds: compileCondition(rule.when), amount: compileAmount(rule) }));
  if (compiled.length === 0) return () => scale;
  return (facts, outcome) => {
    for (const { holds, amount } of compiled) {
      if (holds(facts, outcome)) return Math.min(most, Math.max(0, Math.round(amount(facts, outcome) * scale)));
    }
    return scale;
  };
}

function compileAmount(rule: CostRule): (facts: RequestFacts, outcome?: Outcome) => number {
  const times = reader(rule.times ?? 1, 1);
  let base = reader(rule.units ?? 1, 1);
  if (rule.count !== undefined) {
    const path = rule.count.split('.');
    base = (facts, extra) => {
      const list = readFact(facts, path, extra);
      return Array.isArray(list) ? list.length : 1;
    };
  }
  if (rule.price) {
    const { by, values, else: otherwise } = rule.price;
    const path = by.split('.');
    base = (facts, extra) => {
      const name = String(readFact(facts, path, extra));
      return Object.hasOwn(values, name) ? values[name]! : otherwise;
    };
  }
  const one: Reader = (facts, extra) => base(facts, extra) * times(facts, extra);
  const each = rule.each?.split('.');
  return (facts, outcome) => {
    const extra = { response: outcome?.body };
    if (!each) return one(facts, extra);
    const list = readFact(facts, each, extra);
    if (!Array.isArray(list)) return one(facts, extra);
    return list.reduce<number>((sum, item) => sum + one(facts, { ...extra, item }), 0);
  };
}

type Reader = (facts: RequestFacts, extra: Readonly<Record<string, unknown>>) => number;

function reader(source: number | string, otherwise: number): Reader {
  if (typeof source === 'number') return () => source;
  const path = source.split('.');
  return (facts, extra) => {
    const value = Number(readFact(facts, path, extra) ?? otherwise);
    return Number.isFinite(value) && value >= 0 ? value : otherwise;
  };
}

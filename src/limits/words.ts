/**
 * Rules in English: amounts, conditions, costs.
 * @module
 */
import type { CostRule } from './rules/cost.js';
import type { Condition, FactComparison, FactTest } from './rules/matching.js';
import { type Quantity, quantityInWords } from './rules/quantity.js';

/** `1 request`, `2.5 usd`, `3 concurrent requests`. */
export function amountInWords(amount: number, unit: string): string {
  const words = unit.replaceAll('-', ' ');
  return `${amount} ${amount === 1 && words.endsWith('s') ? words.slice(0, -1) : words}`;
}

/** `a`, `a or b`, `a, b or c`. */
export function listInWords(items: readonly (string | number)[], word: 'and' | 'or'): string {
  const [last, ...before] = [...items].reverse();
  return before.length === 0 ? String(last) : `${before.reverse().join(', ')} ${word} ${last}`;
}

/** A condition in English, such as `the status is 304 or 401 and the method is GET`. */
export function conditionInWords({ caller, fact, any, all, not, ...plain }: Condition): string {
  const is = (subject: string, values: readonly (string | number)[]) => `${subject} is ${listInWords(values, 'or')}`;
  const parts = (['operation', 'method', 'path', 'tag', 'status', 'error'] as const).flatMap((name) => {
    const values = plain[name];
    return values === undefined ? [] : [is(`the ${name}`, values)];
  });
  for (const [name, values] of Object.entries(caller ?? {})) parts.push(testsInWords(`the caller's ${name}`, values));
  for (const [name, values] of Object.entries(fact ?? {})) parts.push(testsInWords(name, values));
  if (any) parts.push(any.length === 1 ? conditionInWords(any[0]!) : `(${anyInWords(any)})`);
  for (const one of all ?? []) parts.push(conditionInWords(one));
  if (not) parts.push(`not (${conditionInWords(not)})`);
  return parts.length === 0 ? 'always' : parts.join(' and ');
}

/** The tests of one value in English: `body.n is above 5 or is 3`. */
function testsInWords(subject: string, tests: readonly FactTest[]): string {
  const plain = tests.filter((test) => typeof test !== 'object').map(String);
  const compared = tests.filter((test) => typeof test === 'object').map(comparisonInWords);
  const parts = [...(plain.length > 0 ? [`is ${listInWords(plain, 'or')}`] : []), ...compared];
  return `${subject} ${parts.join(' or ')}`;
}

function comparisonInWords({ given, above, below, from, to, oneOf, matches }: FactComparison): string {
  const parts: string[] = [];
  if (given !== undefined) parts.push(given ? 'is given' : 'is absent');
  const bounds = { 'is above': above, 'is below': below, 'is at least': from, 'is at most': to };
  for (const [words, bound] of Object.entries(bounds))
    if (bound !== undefined) parts.push(`${words} ${quantityInWords(bound)}`);
  if (oneOf) parts.push(`is ${listInWords(oneOf.map(String), 'or')}`);
  if (matches !== undefined) parts.push(`matches ${matches}`);
  return parts.join(' and ');
}

/** A list of conditions in English, of which any may hold. */
export function anyInWords(conditions: readonly Condition[]): string {
  return conditions.map(conditionInWords).join(', or ');
}

/** ` where the status is 429`, ` unless the status is 401`; nothing where any will do. */
export function whereInWords(conditions: readonly Condition[] | undefined): string {
  if (conditions === undefined) return '';
  const [first, ...others] = conditions;
  if (first?.not && others.length === 0 && Object.keys(first).length === 1)
    return ` unless ${conditionInWords(first.not)}`;
  return ` where ${anyInWords(conditions)}`;
}

/** A policy's cost rules in English: `as many usd as body.price says where the method is POST; otherwise 1 usd`. */
export function costInWords(rules: readonly CostRule[], unit: string): string {
  const parts = rules.map((rule) => {
    const amount = ruleAmount(rule, unit);
    return rule.when ? `${amount} where ${conditionInWords(rule.when)}` : amount;
  });
  if (rules.every(({ when }) => when !== undefined)) parts.push(amountInWords(1, unit));
  return parts.map((part, i) => (i > 0 && i === parts.length - 1 ? `otherwise ${part}` : part)).join('; ');
}

function ruleAmount({ units, count, price, graphql, times, each }: CostRule, unit: string): string {
  const plain = unit.replaceAll('-', ' ');
  let amount =
    units === undefined || typeof units === 'number'
      ? amountInWords(units ?? 1, unit)
      : isPath(units)
        ? `as many ${plain} as ${String(units)} says`
        : `${quantityInWords(units)} ${plain}`;
  if (count !== undefined) amount = `as many ${plain} as ${count} has entries`;
  if (price) {
    const prices = Object.entries(price.values).map(([name, value]) => `${name}: ${quantityInWords(value)}`);
    amount = `the price in ${plain} of ${price.by} (${[...prices, `others: ${quantityInWords(price.else)}`].join(', ')})`;
  }
  if (graphql)
    amount = `what the GraphQL query ${graphql.data === undefined ? 'asks for' : 'returned'} costs in ${plain}`;
  if (times !== undefined) amount += ` times ${quantityInWords(times)}`;
  return each === undefined ? amount : `for each of ${each} ${amount}`;
}

/** Whether a quantity is the path of one fact. */
function isPath(quantity: Quantity): boolean {
  return typeof quantity === 'string' && /^[\w$-]+(\.[\w$*-]+)+$/.test(quantity);
}

/**
 * Rules in English: amounts, conditions, costs.
 * @module
 */
import type { CostRule } from './cost.js';
import type { Condition } from './matching.js';

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
export function conditionInWords({ caller, fact, not, ...plain }: Condition): string {
  const is = (subject: string, values: readonly (string | number)[]) => `${subject} is ${listInWords(values, 'or')}`;
  const parts = (['operation', 'method', 'path', 'tag', 'status', 'error'] as const).flatMap((name) => {
    const values = plain[name];
    return values === undefined ? [] : [is(`the ${name}`, values)];
  });
  for (const [name, values] of Object.entries(caller ?? {})) parts.push(is(`the caller's ${name}`, values));
  for (const [name, values] of Object.entries(fact ?? {})) parts.push(is(name, values));
  if (not) parts.push(`not (${conditionInWords(not)})`);
  return parts.length === 0 ? 'always' : parts.join(' and ');
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

function ruleAmount({ units, count, price, times, each }: CostRule, unit: string): string {
  const plain = unit.replaceAll('-', ' ');
  let amount = typeof units === 'string' ? `as many ${plain} as ${units} says` : amountInWords(units ?? 1, unit);
  if (count !== undefined) amount = `as many ${plain} as ${count} has entries`;
  if (price) {
    const prices = Object.entries(price.values).map(([name, value]) => `${name}: ${value}`);
    amount = `the price in ${plain} of ${price.by} (${[...prices, `others: ${price.else}`].join(', ')})`;
  }
  if (times !== undefined) amount += ` times ${times}`;
  return each === undefined ? amount : `for each of ${each} ${amount}`;
}

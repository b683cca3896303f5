/**
 * The tables of filters and of formula functions in docs/profiles.md.
 * @module
 */

import { type Filter, filters } from '../../src/limits/render/filters.js';
import { type FormulaFunctionName, formulaFunctions } from '../../src/limits/rules/formula.js';

/** The filters besides the formats of instants. */
export function filtersTable(): string {
  const rows = Object.entries<Filter>(filters).map(([name, { title, args }]) => {
    const [least, most] = args ?? [0, 0];
    const forms = [...(least === 0 ? [name] : []), ...(most > 0 ? [`${name}(n)`] : [])];
    return `| ${forms.map((form) => `\`${form}\``).join(', ')} | ${title} |`;
  });
  return ['| filter | value |', '|---|---|', ...rows].join('\n');
}

/** The functions of formulas. */
export function functionsTable(): string {
  const names = Object.keys(formulaFunctions) as FormulaFunctionName[];
  const rows = names.map((name) => {
    const [, most] = formulaFunctions[name].arity;
    return `| \`${name}(${most === 1 ? 'a' : 'a, b, …'})\` | ${formulaFunctions[name].title} |`;
  });
  return ['| function | value |', '|---|---|', ...rows].join('\n');
}

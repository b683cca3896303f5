/**
 * Schema parts for quantities, which algorithms and the profile share.
 * @module
 */
import type { z } from 'zod';
import { memoiseWeakly } from '../runtime/memoise.js';
import { durationTypeError, parseDuration, readDuration } from './duration.js';
import { FACT_ROOTS, OUTCOME_ROOTS } from './facts.js';
import { compileFormula, FORMULA_FUNCTION_NAMES, FormulaError, listFault } from './rules/formula.js';
import { NONE, type Quantity, type QuantityTable } from './rules/quantity.js';
import type { Zod } from './zod.js';

/** An amount in the profile's own units. */
export const amount = (z: Zod) => z.number().nonnegative();

/** The roots that some rule can read. Which of them a rule can read is checked later. */
const KNOWN_ROOTS: readonly string[] = [...FACT_ROOTS, ...OUTCOME_ROOTS, 'item'];

/** A formula; the message says what is wrong with it. */
export const formula = memoiseWeakly((z: Zod) =>
  z
    .string()
    .superRefine((text, context) => {
      try {
        const {
          paths: [path],
          list,
        } = compileFormula(text);
        if (list !== undefined) throw new FormulaError(...listFault(list));
        // A single word that is no fact was not meant as a formula.
        if (path?.length === 1 && path[0] === text && text !== NONE && !KNOWN_ROOTS.includes(text))
          context.addIssue({
            code: 'custom',
            message: 'is no number and no formula; write a number, a formula such as 5 * caller.seats, or a table',
          });
      } catch (error) {
        if (!(error instanceof FormulaError)) throw error;
        context.addIssue({ code: 'custom', message: `is no formula: ${error.problem}; ${error.fix}` });
      }
    })
    .describe(
      `Arithmetic over facts: numbers, paths such as body.max_tokens, + - * / %, parentheses, a ?? b for the first that is given, and ${FORMULA_FUNCTION_NAMES.join(', ')}`,
    )
    .meta({ title: 'Formula' }),
);

/** A quantity: a number, a formula, or a table by fact whose values are quantities. */
export const quantity = memoiseWeakly((z: Zod): z.ZodType<Quantity, Quantity> => {
  const table: z.ZodType<QuantityTable, QuantityTable> = z.strictObject({
    by: formula(z).describe('The fact that decides: the path of one, such as body.model or caller.plan, or a formula'),
    get values() {
      return z
        .record(z.string(), any)
        .describe('Value of the fact → quantity; in a key, * stands for any characters. Exact keys come first');
    },
    get else() {
      return any.describe('For any other value, and where the fact is absent');
    },
  });
  const any: z.ZodType<Quantity, Quantity> = z
    .union([amount(z), formula(z), table])
    .describe('A number, a formula over facts, or a table by the value of a fact; none: no limit')
    .meta({ title: 'Quantity' });
  return any;
});

/** A setting of an algorithm: a positive number, a formula or a table. */
export const positiveQuantity = memoiseWeakly(
  (z: Zod): z.ZodType<Quantity, Quantity> =>
    z.union([z.number().positive(), quantity(z)]).refine((value) => value !== 0 && value !== 'none', {
      error: 'is no amount; write a number above 0, a formula or a table',
    }),
);

/** A duration such as `60s`; parsed to milliseconds. */
export const duration = (z: Zod) =>
  z
    .string({ error: durationTypeError })
    .superRefine((text, context) => {
      const ms = readDuration(text);
      if (typeof ms !== 'number') context.addIssue({ code: 'custom', message: ms.fault });
    })
    .transform((text) => parseDuration(text)!)
    .describe('A duration, such as 60s, 5m, 1h30m, 2d or PT1H')
    .meta({ title: 'Duration' });

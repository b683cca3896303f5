/**
 * Quantities: numbers in a profile that may depend on facts. A quantity is a constant, a formula, or a table by fact whose values are quantities again.
 * @module
 */
import { mayBeAbsent } from '../facts.js';
import { compileFormula, type FactReader } from './formula.js';
import { globPattern } from './globs.js';

/** A quantity as a profile writes it. `none`: no limit. */
export type Quantity = number | string | QuantityTable;

/** Quantities by the value of a fact. Exact keys come before keys with `*`; of those, the first that matches decides. */
export interface QuantityTable {
  /** The path of a fact such as `body.model`, or a formula. */
  readonly by: string;
  readonly values: Readonly<Record<string, Quantity>>;
  /** For any other value, and where the fact is absent. */
  readonly else: Quantity;
}

/** A compiled quantity. */
export interface CompiledQuantity {
  /** Its value where it depends on no fact; `null`: none. */
  readonly constant: number | null | undefined;
  /** The paths that it reads, for checks at load time. */
  readonly paths: readonly (readonly string[])[];
  /** Whether it has a value for every request. */
  readonly sure: boolean;
  /** In English. */
  readonly words: string;
  /** The value; `null` for `none`, `undefined` if a fact that it needs is absent or no number. */
  evaluate(facts: FactReader): number | null | undefined;
}

/** The word for no limit. */
export const NONE = 'none';

/** Compiles a quantity. @throws FormulaError */
export function compileQuantity(source: Quantity): CompiledQuantity {
  if (typeof source === 'number') return constantly(source);
  if (source === NONE) return constantly(null);
  return typeof source === 'string' ? compileText(source) : compileTable(source);
}

function constantly(value: number | null): CompiledQuantity {
  return { constant: value, paths: [], sure: true, words: quantityInWords(value ?? NONE), evaluate: () => value };
}

function compileText(text: string): CompiledQuantity {
  const { number, constant, paths, sure } = compileFormula(text, mayBeAbsent);
  if (constant !== undefined) return constantly(constant);
  return { constant: undefined, paths, sure, words: text, evaluate: number };
}

function compileTable({ by, values, else: otherwise }: QuantityTable): CompiledQuantity {
  const name = compileFormula(by, mayBeAbsent);
  const exact = new Map<string, CompiledQuantity>();
  const globs: { matches: { test(text: string): boolean }; value: CompiledQuantity }[] = [];
  for (const [key, quantity] of Object.entries(values)) {
    const value = compileQuantity(quantity);
    if (key.includes('*')) globs.push({ matches: globPattern(key), value });
    else exact.set(key, value);
  }
  const rest = compileQuantity(otherwise);
  const all = [...exact.values(), ...globs.map(({ value }) => value), rest];
  return {
    constant: undefined,
    paths: [...name.paths, ...all.flatMap(({ paths }) => paths)],
    sure: all.every(({ sure }) => sure),
    words: quantityInWords({ by, values, else: otherwise }),
    evaluate: (facts) => {
      const fact = name.evaluate(facts);
      if (fact === undefined || fact === null || typeof fact === 'object') return rest.evaluate(facts);
      const key = String(fact);
      const found = exact.get(key) ?? globs.find(({ matches }) => matches.test(key))?.value ?? rest;
      return found.evaluate(facts);
    },
  };
}

/** All constants that a quantity may have, for checks at load time. */
export function constantsOf(source: Quantity): number[] {
  if (typeof source === 'number') return [source];
  if (typeof source === 'string') return [];
  return [...Object.values(source.values), source.else].flatMap(constantsOf);
}

/** A quantity in English: `60`, `no limit`, `5000 + 50 * caller.repos`, `gpt-4*: 500, others: 60 (by body.model)`. */
export function quantityInWords(source: Quantity): string {
  if (source === NONE) return 'no limit';
  if (typeof source !== 'object') return String(source);
  const rows = Object.entries(source.values).map(([key, value]) => `${key}: ${quantityInWords(value)}`);
  return `${[...rows, `others: ${quantityInWords(source.else)}`].join(', ')} (by ${source.by})`;
}

/**
 * Formulas: arithmetic over facts, as a profile writes it, such as `min(12500, 5000 + 50 * max(0, caller.repos - 20))`.
 *
 * A formula has numbers, paths of facts, `+ - * / %`, parentheses, functions, and `a ?? b` for the first that has a value; where a number is needed, for the first
 * that is one. A hyphen between letters or digits
 * belongs to a name (`header.x-team`), so a subtraction has spaces around its sign. A path may contain `*` for every item of a list. A formula that needs an
 * absent fact has no value. Formulas are compiled once, and never run code of a profile.
 * @module
 */
import { charactersOf, tokensOf } from './texts.js';

/** Reads the value at a path; `undefined` if there is none. A path with `*` reads a list of all values that it matches. */
export interface FactReader {
  read(path: readonly string[]): unknown;
}

/** A compiled formula. */
export interface Formula {
  /** Its text, as the profile has it. */
  readonly text: string;
  /** The paths that it reads, for checks at load time. */
  readonly paths: readonly (readonly string[])[];
  /** Its value where it depends on no fact. */
  readonly constant: number | undefined;
  /** Whether it has a value for every request. */
  readonly sure: boolean;
  /** A path with `*`, if the value is the list that it reads. */
  readonly list: string | undefined;
  /** The value: a number, or whatever the one path holds that the formula is; `undefined` if a fact that it needs is absent. */
  evaluate(facts: FactReader): unknown;
  /** The value as a number; `undefined` if a fact that it needs is absent or no number. */
  number(facts: FactReader): number | undefined;
}

/** A formula with a syntax error. */
export class FormulaError extends Error {
  override name = 'FormulaError';

  /** @param problem what is wrong @param fix what to write */
  constructor(
    readonly problem: string,
    readonly fix: string,
  ) {
    super(`${problem}; ${fix}`);
  }
}

/** A function of formulas. Arguments are values of facts or numbers. */
interface FormulaFunction {
  readonly title: string;
  /** Least and most number of arguments. */
  readonly arity: readonly [least: number, most: number];
  /** Whether it takes texts. Others take numbers, and lists of them. */
  readonly takesTexts?: boolean;
  apply(values: readonly unknown[]): number | undefined;
}

const MANY = 20;

/** The registry of functions in formulas, with what each computes. */
export const formulaFunctions = {
  min: { title: 'the least of its arguments', arity: [1, MANY], apply: (values) => reduce(values, Math.min) },
  max: { title: 'the greatest of its arguments', arity: [1, MANY], apply: (values) => reduce(values, Math.max) },
  ceil: { title: 'rounded up to a whole number', arity: [1, 1], apply: ([value]) => mapped(value, roundedUp) },
  floor: { title: 'rounded down to a whole number', arity: [1, 1], apply: ([value]) => mapped(value, roundedDown) },
  round: { title: 'rounded to the nearest whole number', arity: [1, 1], apply: ([value]) => mapped(value, Math.round) },
  sum: { title: 'the sum of the numbers in a list', arity: [1, 1], apply: ([value]) => sumOf(value) },
  length: {
    title: 'items of a list, or characters of a text',
    arity: [1, 1],
    takesTexts: true,
    apply: ([value]) => lengthOf(value),
  },
  chars: {
    title: 'characters of a text, or of all texts within a value',
    arity: [1, 1],
    takesTexts: true,
    apply: ([value]) => (value === undefined || value === null ? undefined : charactersOf(value)),
  },
  tokens: {
    title: 'tokens of a text, or of all texts within a value, in the encoding o200k_base',
    arity: [1, 1],
    takesTexts: true,
    apply: ([value]) => (value === undefined || value === null ? undefined : tokensOf(value)),
  },
} as const satisfies Readonly<Record<string, FormulaFunction>>;

/** The name of a function in formulas. */
export type FormulaFunctionName = keyof typeof formulaFunctions;

/** The names of all functions. */
export const FORMULA_FUNCTION_NAMES = Object.keys(formulaFunctions) as FormulaFunctionName[];

/** A relative rounding error that decimal arithmetic may leave: 0.1 + 0.2 is 0.30000000000000004, and must not round up. */
const OFF = 1e-9;

function roundedUp(value: number): number {
  return Math.ceil(value - OFF * Math.max(1, Math.abs(value)));
}

function roundedDown(value: number): number {
  return Math.floor(value + OFF * Math.max(1, Math.abs(value)));
}

/** A number, or a text that is one; `undefined` for anything else. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}

function mapped(value: unknown, change: (value: number) => number): number | undefined {
  const number = numberOf(value);
  return number === undefined ? undefined : change(number);
}

/** A list counts as its items. */
function reduce(values: readonly unknown[], choose: (a: number, b: number) => number): number | undefined {
  let chosen: number | undefined;
  for (const value of values.flat()) {
    const number = numberOf(value);
    if (number === undefined) return undefined;
    chosen = chosen === undefined ? number : choose(chosen, number);
  }
  return chosen;
}

/** Items that are no numbers count as 0: a batch may leave a field out. */
function sumOf(value: unknown): number | undefined {
  if (!Array.isArray(value)) return numberOf(value);
  return value.flat(1).reduce<number>((sum, item) => sum + (numberOf(item) ?? 0), 0);
}

function lengthOf(value: unknown): number | undefined {
  if (Array.isArray(value)) return value.length;
  return typeof value === 'string' ? charactersOf(value) : undefined;
}

type Evaluate = (facts: FactReader) => unknown;

/** A part of a formula while it is compiled. */
interface Part {
  readonly evaluate: Evaluate;
  /** The value where a number, or a list of numbers, is needed. Differs from `evaluate` where `??` passes over a text. */
  readonly numeric: Evaluate;
  /** A path with `*`, if the value is the list that it reads. */
  readonly list?: string | undefined;
  readonly sure: boolean;
  readonly constant: number | undefined;
}

/** The longest formula, in characters, and the deepest nesting. */
const MAX_LENGTH = 2_000;
const MAX_DEPTH = 50;

/**
 * Compiles a formula.
 *
 * @param isUnsure whether the fact at a path may be absent
 * @throws FormulaError
 */
export function compileFormula(text: string, isUnsure: (path: readonly string[]) => boolean = () => true): Formula {
  if (text.length > MAX_LENGTH)
    throw new FormulaError(`a formula of ${text.length} characters is too long`, `write ${MAX_LENGTH} at most`);
  const parser = new Parser(text, isUnsure);
  const { evaluate, numeric, constant, sure, list } = parser.formula();
  return { text, paths: parser.paths, constant, sure, list, evaluate, number: (facts) => numberOf(numeric(facts)) };
}

/** One token of a formula: a number, a path or name, or a sign. */
const TOKEN =
  /\s*(?:(\d+(?:\.\d+)?(?:e[+-]?\d+)?)|([A-Za-z_$][\w$]*(?:-[\w$]+)*(?:\.(?:\*|[\w$]+(?:-[\w$]+)*))*)|(\?\?|[-+*/%(),]))/y;

class Parser {
  readonly paths: string[][] = [];
  readonly #text: string;
  #at = 0;
  #depth = 0;
  /** The next token, and where it begins. */
  #token: { kind: 'number' | 'name' | 'sign' | 'end'; text: string; at: number } = { kind: 'end', text: '', at: 0 };

  constructor(
    text: string,
    readonly isUnsure: (path: readonly string[]) => boolean,
  ) {
    this.#text = text;
    this.#advance();
  }

  formula(): Part {
    const part = this.#first();
    if (this.#token.kind !== 'end') throw this.#unexpected('an operator or the end');
    return part;
  }

  /** `a ?? b` */
  #first(): Part {
    if (++this.#depth > MAX_DEPTH)
      throw new FormulaError('the formula is nested too deeply', `nest ${MAX_DEPTH} levels at most`);
    let part = this.#sum();
    while (this.#takes('??')) {
      const [first, second] = [part, this.#sum()];
      const [a, b] = [first.evaluate, second.evaluate];
      const [x, y] = [first.numeric, second.numeric];
      part = {
        constant: first.constant,
        sure: first.sure || second.sure,
        list: first.list ?? second.list,
        evaluate: (facts) => {
          const value = a(facts);
          // An empty text gives nothing: the named group of a pattern may match no character.
          return value === undefined || value === '' ? b(facts) : value;
        },
        numeric: (facts) => {
          const value = x(facts);
          return Array.isArray(value) || numberOf(value) !== undefined ? value : y(facts);
        },
      };
    }
    this.#depth--;
    return part;
  }

  #sum(): Part {
    let part = this.#product();
    for (;;) {
      if (this.#takes('+')) part = binary(part, this.#product(), (a, b) => a + b);
      else if (this.#takes('-')) part = binary(part, this.#product(), (a, b) => a - b);
      else return part;
    }
  }

  #product(): Part {
    let part = this.#sign();
    for (;;) {
      if (this.#takes('*')) part = binary(part, this.#sign(), (a, b) => a * b);
      else if (this.#takes('/')) part = binary(part, this.#sign(), (a, b) => (b === 0 ? undefined : a / b));
      else if (this.#takes('%')) part = binary(part, this.#sign(), (a, b) => (b === 0 ? undefined : a % b));
      else return part;
    }
  }

  #sign(): Part {
    let negative = false;
    while (this.#takes('-')) negative = !negative;
    const part = this.#operand();
    return negative ? binary(constantly(0), part, (a, b) => a - b) : part;
  }

  #operand(): Part {
    const { kind, text } = this.#token;
    if (kind === 'number') {
      this.#advance();
      const value = Number(text);
      return constantly(value);
    }
    if (kind === 'name') {
      this.#advance();
      return this.#takes('(') ? this.#call(text) : this.#path(text);
    }
    if (this.#takes('(')) {
      const part = this.#first();
      this.#expect(')');
      return part;
    }
    throw this.#unexpected('a number, the path of a fact or a function');
  }

  #path(text: string): Part {
    const path = text.split('.');
    this.paths.push(path);
    const evaluate: Evaluate = (facts) => facts.read(path) ?? undefined;
    const list = path.includes('*') ? text : undefined;
    return { constant: undefined, sure: !this.isUnsure(path), list, evaluate, numeric: evaluate };
  }

  #call(name: string): Part {
    if (!Object.hasOwn(formulaFunctions, name))
      throw new FormulaError(`there is no function "${name}"`, `use ${FORMULA_FUNCTION_NAMES.join(', ')}`);
    const parts = [this.#first()];
    while (this.#takes(',')) parts.push(this.#first());
    this.#expect(')');
    const { arity, takesTexts, apply } = formulaFunctions[name as FormulaFunctionName] as FormulaFunction;
    const [least, most] = arity;
    if (parts.length < least || parts.length > most)
      throw new FormulaError(
        `${name}() has ${parts.length} arguments`,
        most === 1 ? 'write one' : `write ${least} to ${most}`,
      );
    if (name in ROUNDING) for (const part of parts) refuseList(part);
    const reads = parts.map(({ evaluate, numeric }) => (takesTexts ? evaluate : numeric));
    const constant = parts.every((part) => part.constant !== undefined)
      ? apply(parts.map((part) => part.constant))
      : undefined;
    if (constant !== undefined) return constantly(constant);
    const evaluate: Evaluate = (facts) => apply(reads.map((read) => read(facts)));
    return { constant: undefined, sure: parts.every(({ sure }) => sure), evaluate, numeric: evaluate };
  }

  #takes(sign: string): boolean {
    if (this.#token.kind !== 'sign' || this.#token.text !== sign) return false;
    this.#advance();
    return true;
  }

  #expect(sign: string): void {
    if (!this.#takes(sign)) throw this.#unexpected(`"${sign}"`);
  }

  #advance(): void {
    TOKEN.lastIndex = this.#at;
    const match = TOKEN.exec(this.#text);
    if (match) {
      const [whole, number, name, sign] = match;
      const text = number ?? name ?? sign!;
      const kind = number !== undefined ? 'number' : name !== undefined ? 'name' : 'sign';
      this.#token = { kind, text, at: this.#at + whole.length - text.length };
      this.#at += whole.length;
      return;
    }
    const rest = this.#text.slice(this.#at).trimStart();
    this.#token = { kind: 'end', text: '', at: this.#text.length };
    if (rest !== '') throw new FormulaError(`"${this.#text}" has "${rest[0]}", which no formula has`, HOW);
  }

  #unexpected(wanted: string): FormulaError {
    const { kind, text, at } = this.#token;
    const found = kind === 'end' ? 'ends' : `has "${text}" at character ${at + 1}`;
    return new FormulaError(`"${this.#text}" ${found} where ${wanted} belongs`, HOW);
  }
}

const HOW = 'write arithmetic over facts, such as 5000 + 50 * caller.repos, or min(a, b)';

/** Functions of one number. */
const ROUNDING: Partial<Record<string, true>> = { ceil: true, floor: true, round: true };

/** @throws FormulaError if the part is a list of values where one number is needed */
function refuseList({ list }: Part): void {
  if (list !== undefined) throw new FormulaError(...listFault(list));
}

/** What is wrong with a list of values where one number is needed, and what to write. */
export function listFault(list: string): [problem: string, fix: string] {
  return [`"${list}" is a list of values`, `write sum(${list}), length(${list}), min(${list}) or max(${list})`];
}

function constantly(constant: number): Part {
  const evaluate = () => constant;
  return { constant, sure: true, evaluate, numeric: evaluate };
}

function binary(left: Part, right: Part, apply: (a: number, b: number) => number | undefined): Part {
  refuseList(left);
  refuseList(right);
  if (left.constant !== undefined && right.constant !== undefined) {
    const constant = apply(left.constant, right.constant);
    const evaluate = () => constant;
    return { constant, sure: constant !== undefined, evaluate, numeric: evaluate };
  }
  const [a, b] = [left.numeric, right.numeric];
  const evaluate: Evaluate = (facts) => {
    const x = numberOf(a(facts));
    const y = numberOf(b(facts));
    return x === undefined || y === undefined ? undefined : apply(x, y);
  };
  return { constant: undefined, sure: left.sure && right.sure, evaluate, numeric: evaluate };
}

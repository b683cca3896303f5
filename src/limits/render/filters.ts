/**
 * The registry of filters: how a template converts a value, as in `${policies.m.remaining | round(1000) | pad(6)}`. The formats of instants are filters too.
 * @module
 */
import { numberOf } from '../rules/formula.js';
import { FORMAT_NAMES, type FormatName, formats, isFormat } from './formats.js';

/** A filter of templates. */
export interface Filter {
  /** What it does. */
  readonly title: string;
  /** The least and the most number of its arguments, which are numbers. None when left out. */
  readonly args?: readonly [least: number, most: number];
  /** Converts a value that exists; `undefined` if it cannot be converted. */
  apply(value: unknown, ...args: readonly number[]): unknown;
}

/** The filters besides the formats of instants. */
export const filters = {
  number: { title: 'a number', apply: Number },
  string: { title: 'a text', apply: String },
  lower: { title: 'in lower case', apply: (value) => String(value).toLowerCase() },
  upper: { title: 'in upper case', apply: (value) => String(value).toUpperCase() },
  length: {
    title: 'the number of items or characters',
    apply: (value) => (Array.isArray(value) || typeof value === 'string' ? value.length : 0),
  },
  list: {
    title: 'the items of a list, joined by commas',
    apply: (value) => (Array.isArray(value) ? value.join(', ') : value),
  },
  fixed2: { title: 'with two decimals', apply: (value) => Number(value).toFixed(2) },
  fixed: {
    title: 'with that many decimals',
    args: [1, 1],
    apply: (value, places) => withNumber(value, (number) => number.toFixed(Math.min(100, places!))),
  },
  pad: {
    title: 'with zeros in front, at least that long',
    args: [1, 1],
    apply: (value, length) => padded(String(value), length!),
  },
  round: {
    title: 'the nearest whole number, or the nearest multiple of the argument',
    args: [0, 1],
    apply: (value, step = 1) => withNumber(value, (number) => multiple(Math.round(near(number / step)), step)),
  },
  ceil: {
    title: 'rounded up to a whole number, or to a multiple of the argument',
    args: [0, 1],
    apply: (value, step = 1) => withNumber(value, (number) => multiple(Math.ceil(near(number / step)), step)),
  },
  floor: {
    title: 'rounded down to a whole number, or to a multiple of the argument',
    args: [0, 1],
    apply: (value, step = 1) => withNumber(value, (number) => multiple(Math.floor(near(number / step)), step)),
  },
  times: {
    title: 'multiplied by the argument: times(1000)',
    args: [1, 1],
    apply: (value, factor) => withNumber(value, (number) => near(number * factor!)),
  },
  base64: { title: 'the text in base64', apply: (value) => Buffer.from(String(value), 'utf8').toString('base64') },
} as const satisfies Readonly<Record<string, Filter>>;

/** The names of all filters, formats included. */
export const FILTER_NAMES: readonly string[] = [...Object.keys(filters), ...FORMAT_NAMES];

/** A filter of one placeholder, with its arguments. */
export interface FilterStep {
  /** The format that it is; `undefined` if it is none. */
  readonly format: FormatName | undefined;
  apply(value: unknown, now: number): unknown;
}

/** A filter that does not exist, or has the wrong arguments. The message says which, and what to write. */
export class FilterError extends Error {
  override name = 'FilterError';
}

/** Compiles a filter as it is written: `iso`, or `pad(6)`. @throws FilterError */
export function compileFilter(source: string): FilterStep {
  const [, name = source, list] = /^([\w-]+)\s*(?:\(([^()]*)\))?$/.exec(source) ?? [];
  const filter: Filter | undefined = Object.hasOwn(filters, name) ? filters[name as keyof typeof filters] : undefined;
  if (!filter && !isFormat(name)) throw new FilterError(`unknown filter "${name}"; known: ${FILTER_NAMES.join(', ')}`);
  const args = list === undefined || list.trim() === '' ? [] : list.split(',').map((text) => numberOf(text.trim()));
  const [least, most] = filter?.args ?? [0, 0];
  const isStep = name === 'round' || name === 'ceil' || name === 'floor';
  const isBad = args.some((arg) => arg === undefined || (isStep ? arg <= 0 : name !== 'times' && !isCount(arg)));
  if (args.length < least || args.length > most || isBad)
    throw new FilterError(`the filter "${source}" has the wrong arguments; ${usage(name, most, isStep)}`);
  const numbers = args as number[];
  if (isFormat(name)) return { format: name, apply: (value, now) => formats[name](Number(value), now) };
  const { apply } = filter!;
  if (numbers.length === 0) return { format: undefined, apply: (value) => apply(value) };
  return { format: undefined, apply: (value) => apply(value, ...numbers) };
}

function usage(name: string, most: number, isStep: boolean): string {
  if (most === 0) return `write ${name} without arguments`;
  return `write ${name}(${isStep ? '1000' : name === 'times' ? '1000' : '2'})${isStep ? ` or ${name}` : ''}`;
}

/** A number of digits or characters. */
function isCount(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= 100;
}

function withNumber(value: unknown, change: (value: number) => unknown): unknown {
  const number = numberOf(value);
  return number === undefined ? undefined : change(number);
}

/** Removes the rounding error of a decimal fraction: 1.1 × 1000 is 1100.0000000000002. */
function near(value: number): number {
  return Number(value.toPrecision(15));
}

function multiple(count: number, step: number): number {
  // Adding 0 turns -0 into 0.
  return near(count * step) + 0;
}

function padded(text: string, length: number): string {
  return text.startsWith('-') ? `-${text.slice(1).padStart(length - 1, '0')}` : text.padStart(length, '0');
}

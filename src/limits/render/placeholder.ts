/**
 * Placeholders of templates: the text between `${` and `}`. It is a path, several paths of which the first with a value counts, or a formula; filters may follow.
 * @module
 */
import { dig } from '../facts.js';
import { compileFormula, FormulaError } from '../rules/formula.js';
import { compileFilter, FilterError, type FilterStep } from './filters.js';
import type { FormatName } from './formats.js';

/** Looks up the value at a path; `undefined` if there is none. */
export type Scope = (path: readonly string[]) => unknown;

/** An instant in a template, and how it is written. */
export interface Stamp {
  readonly path: readonly string[];
  /** None: epoch ms, or seconds to wait (`retryAfter`). */
  readonly format: FormatName | undefined;
}

/** A compiled placeholder. */
export interface Placeholder {
  /** The paths that it reads. */
  readonly paths: readonly (readonly string[])[];
  /** The instants among them. */
  readonly stamps: readonly Stamp[];
  /** Whether its value may depend on the current instant. */
  readonly timed: boolean;
  /** Its value; `undefined` or `null` if it has none. @param now epoch ms */
  evaluate(scope: Scope, now: number): unknown;
}

/** A template with a syntax error; the message says which. */
export class TemplateError extends Error {
  override name = 'TemplateError';
}

/** Last names of paths that lead to an instant, or to seconds to wait. */
const STAMPS: ReadonlySet<string> = new Set(['retryAfter', 'retryAt', 'resetAt']);

/** A path as a placeholder may have it without being a formula. */
const PATH = /^[\w$-]+(\.[\w$-]+)*$/;

/** Compiles a placeholder. @param source without `${` and `}` @throws TemplateError */
export function compilePlaceholder(source: string): Placeholder {
  const [head = '', ...filters] = source.split('|').map((part) => part.trim());
  const choices = head.split('??').map((part) => part.trim());
  const steps = filters.map((filter) => compileStep(filter, source));
  const format = steps.find((step) => step.format !== undefined)?.format;
  const timed = format !== undefined;
  const isPaths = choices.every((choice) => PATH.test(choice));
  const { paths, first } = isPaths ? firstOf(choices.map((choice) => choice.split('.'))) : formulaOf(head, source);
  const stamps = paths.filter((path) => STAMPS.has(path.at(-1)!)).map((path) => ({ path, format }));
  // Fast path: most placeholders are one path without filters.
  if (steps.length === 0) return { paths, stamps, timed, evaluate: first };
  return {
    paths,
    stamps,
    timed,
    evaluate: (scope, now) => {
      let value = first(scope);
      for (const step of steps) if (value !== undefined && value !== null) value = step.apply(value, now);
      return value;
    },
  };
}

function compileStep(filter: string, source: string): FilterStep {
  try {
    return compileFilter(filter);
  } catch (error) {
    if (!(error instanceof FilterError)) throw error;
    const [problem, fix] = error.message.split('; ');
    throw new TemplateError(`${problem} in "\${${source}}"; ${fix}`);
  }
}

/** What a placeholder reads, and its value before the filters. */
interface Head {
  readonly paths: readonly (readonly string[])[];
  readonly first: (scope: Scope) => unknown;
}

/** The first value that exists. Later paths are not read: reading `new.…` would use up an id. */
function firstOf(paths: readonly (readonly string[])[]): Head {
  const [only] = paths;
  if (paths.length === 1) return { paths, first: (scope) => scope(only!) };
  return {
    paths,
    first: (scope) => {
      let value: unknown;
      for (const path of paths) {
        value = scope(path);
        if (value !== undefined && value !== null) return value;
      }
      return value;
    },
  };
}

function formulaOf(head: string, source: string): Head {
  try {
    const { paths, evaluate } = compileFormula(head);
    return { paths, first: (scope) => evaluate({ read: (path) => readAll(scope, path) }) };
  } catch (error) {
    if (!(error instanceof FormulaError)) throw error;
    throw new TemplateError(
      `"\${${source}}" is not a path such as request.id, and no formula: ${error.problem}; ${error.fix}`,
    );
  }
}

/** The value at a path; for a path with `*`, the list of all values that it matches. */
function readAll(scope: Scope, path: readonly string[]): unknown {
  const star = path.indexOf('*');
  if (star < 0) return scope(path);
  return itemsOf(scope(path.slice(0, star)), path.slice(star + 1));
}

function itemsOf(list: unknown, path: readonly string[]): readonly unknown[] {
  if (!Array.isArray(list)) return [];
  const star = path.indexOf('*');
  if (star < 0) return list.map((item) => dig(item, path)).filter((value) => value !== undefined);
  return list.flatMap((item) => itemsOf(dig(item, path.slice(0, star)), path.slice(star + 1)));
}

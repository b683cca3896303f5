/**
 * Templates: JSON in which a string may hold `${path}`, `${path ?? other}` (the first that has a value) or `${path | filter}`. A string that is one placeholder and nothing else becomes the value itself (a
 * number stays a number, an absent value leaves its key out); within longer text the value is written out, and a sentence that needs an absent value is left out where another remains. Compiled once, rendered per response.
 * @module
 */
import { type FormatName, formats, isFormat } from './formats.js';

/** Looks up the value at a path; `undefined` if there is none. */
export type Scope = (path: readonly string[]) => unknown;

/** A compiled template. */
export interface Template {
  render(scope: Scope, now: number): unknown;
  /** Whether it renders the same value every time. */
  readonly constant: boolean;
  /** Whether a format in it may depend on the current instant. */
  readonly timed: boolean;
  /** The paths that it reads, for checks at load time. */
  readonly paths: readonly (readonly string[])[];
  /** The instants among them that say when to come back or when a window resets. */
  readonly stamps: readonly Stamp[];
}

/** An instant in a template, and how it is written. */
export interface Stamp {
  readonly path: readonly string[];
  /** None: epoch ms, or seconds to wait (`retryAfter`). */
  readonly format: FormatName | undefined;
}

/** A template with a syntax error; the message says which. */
export class TemplateError extends Error {
  override name = 'TemplateError';
}

/** Last names of paths that lead to an instant, or to seconds to wait. */
const STAMPS: ReadonlySet<string> = new Set(['retryAfter', 'retryAt', 'resetAt']);
const FILTERS: Record<string, (value: unknown) => unknown> = {
  number: Number,
  string: String,
  lower: (value) => String(value).toLowerCase(),
  upper: (value) => String(value).toUpperCase(),
  length: (value) => (Array.isArray(value) || typeof value === 'string' ? value.length : 0),
  list: (value) => (Array.isArray(value) ? value.join(', ') : value),
  fixed2: (value) => Number(value).toFixed(2),
};

/** The names of all filters, formats included. */
export const FILTER_NAMES = [...Object.keys(FILTERS), ...Object.keys(formats)];

/** Compiles a JSON value whose strings may hold placeholders. @throws TemplateError */
export function compileTemplate(source: unknown): Template {
  if (typeof source === 'string') return compileText(source);
  if (Array.isArray(source)) return compileList(source.map(compileTemplate));
  if (source !== null && typeof source === 'object')
    return compileMap(Object.keys(source), Object.values(source).map(compileTemplate));
  return constant(source);
}

function constant(value: unknown): Template {
  return { constant: true, timed: false, paths: [], stamps: [], render: () => value };
}

/** An absent value is null in a list. */
function compileList(parts: readonly Template[]): Template {
  return combine(parts, (scope, now) => {
    const result: unknown[] = [];
    for (const part of parts) result.push(part.render(scope, now) ?? null);
    return result;
  });
}

/** An absent value is left out of a map. */
function compileMap(keys: readonly string[], parts: readonly Template[]): Template {
  return combine(parts, (scope, now) => {
    const result: Record<string, unknown> = {};
    for (let i = 0; i < parts.length; i++) {
      const value = parts[i]!.render(scope, now);
      if (value !== undefined) result[keys[i]!] = value;
    }
    return result;
  });
}

function combine(parts: readonly Template[], render: Template['render']): Template {
  if (parts.every((part) => part.constant)) return constant(render(nothing, 0));
  return {
    constant: false,
    timed: parts.some((part) => part.timed),
    paths: parts.flatMap((part) => part.paths),
    stamps: parts.flatMap((part) => part.stamps),
    render,
  };
}

/** Whether the result depends on nothing but the values under these roots. */
export function namesOnly({ timed, paths }: Template, ...roots: readonly string[]): boolean {
  return !timed && paths.every(([root]) => roots.includes(root!));
}

const nothing: Scope = () => undefined;

function compileText(text: string): Template {
  const { sources, literals: around } = split(text);
  if (sources.length === 0) return constant(text);
  const expressions = sources.map(compileExpression);
  const paths = expressions.flatMap((expression) => expression.paths);
  const stamps = expressions.flatMap((expression) => expression.stamps);
  const timed = expressions.some((expression) => expression.timed);
  const [first = '', ...literals] = around;
  if (literals.length === 1 && first === '' && literals[0] === '')
    return { constant: false, timed, paths, stamps, render: expressions[0]!.evaluate };
  return {
    constant: false,
    timed,
    paths,
    stamps,
    render: (scope, now) => {
      let written = first;
      let complete = true;
      for (let i = 0; i < literals.length; i++) {
        const value = expressions[i]!.evaluate(scope, now);
        const absent = value === undefined || value === null;
        if (absent) complete = false;
        written += absent ? ABSENT : String(value);
        written += literals[i];
      }
      return complete ? written : completeSentences(written);
    },
  };
}

/** Marks an absent value until the text is complete: a Unicode noncharacter, which no text contains. */
const ABSENT = '\uFFFF';

/** Keeps the sentences in which no value is absent ("Too many requests. Retry after … seconds." → "Too many requests."); all of them, without the value, if each lacks one. */
function completeSentences(text: string): string {
  const sentences = text.split(/(?<=[.!?])\s+/);
  const complete = sentences.filter((sentence) => !sentence.includes(ABSENT));
  return (complete.length > 0 ? complete.join(' ') : text).replaceAll(ABSENT, '');
}

/** The placeholders of a text and the literals around them. A regular expression would scan to the end of the text for each `${` that is not closed. */
function split(text: string): { sources: string[]; literals: string[] } {
  const sources: string[] = [];
  const literals: string[] = [];
  let from = 0;
  for (let open = text.indexOf('${'); open >= 0; open = text.indexOf('${', from)) {
    const close = text.indexOf('}', open + 2);
    if (close < 0) break;
    sources.push(text.slice(open + 2, close));
    literals.push(text.slice(from, open));
    from = close + 1;
  }
  literals.push(text.slice(from));
  return { sources, literals };
}

interface Expression {
  readonly paths: readonly (readonly string[])[];
  readonly stamps: readonly Stamp[];
  readonly timed: boolean;
  evaluate(scope: Scope, now: number): unknown;
}

function compileExpression(source: string): Expression {
  const [head, ...filters] = source.split('|').map((part) => part.trim());
  const choices = (head ?? '').split('??').map((part) => part.trim());
  if (!choices.every((choice) => /^[\w$-]+(\.[\w$-]+)*$/.test(choice))) {
    throw new TemplateError(`"\${${source}}" is not a path such as request.id or policies.<id>.remaining`);
  }
  for (const filter of filters) {
    if (!isFormat(filter) && !Object.hasOwn(FILTERS, filter)) {
      throw new TemplateError(`unknown filter "${filter}" in "\${${source}}"; known: ${FILTER_NAMES.join(', ')}`);
    }
  }
  const paths = choices.map((choice) => choice.split('.'));
  const [only] = paths;
  const format = filters.find(isFormat) as FormatName | undefined;
  const stamps = paths.filter((path) => STAMPS.has(path.at(-1)!)).map((path) => ({ path, format }));
  // Fast path: most expressions are one path without filters.
  if (paths.length === 1 && filters.length === 0)
    return { paths, stamps, timed: false, evaluate: (scope) => scope(only!) };
  const steps = filters.map((filter) =>
    isFormat(filter)
      ? (value: unknown, now: number) => formats[filter as FormatName](Number(value), now)
      : FILTERS[filter]!,
  );
  return {
    paths,
    stamps,
    timed: filters.some(isFormat),
    evaluate: (scope, now) => {
      let value = firstValue(paths, scope);
      for (const step of steps) if (value !== undefined && value !== null) value = step(value, now);
      return value;
    },
  };
}

/** The first value that exists. Later paths are not read: reading `new.…` would use up an id. */
function firstValue(paths: readonly string[][], scope: Scope): unknown {
  let value: unknown;
  for (const path of paths) {
    value = scope(path);
    if (value !== undefined && value !== null) return value;
  }
  return value;
}

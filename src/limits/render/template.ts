/**
 * Templates: JSON in which a string may hold `${path}`, `${path ?? other}` (the first that has a value), `${a formula}` or `${path | filter}`. A string that is one placeholder and nothing else becomes the value itself (a
 * number stays a number, an absent value leaves its key out); within longer text the value is written out, and a sentence that needs an absent value is left out where another remains. Compiled once, rendered per response.
 * @module
 */
import { compilePlaceholder, type Placeholder, type Scope, type Stamp } from './placeholder.js';

export { type Scope, type Stamp, TemplateError } from './placeholder.js';

/** A compiled template. */
export interface Template {
  render(scope: Scope, now: number): unknown;
  /** Whether it renders the same value every time. */
  readonly constant: boolean;
  /** Whether a format in it may depend on the current instant. */
  readonly timed: boolean;
  /** The paths that it reads, for checks at load time. */
  readonly paths: readonly (readonly string[])[];
  /** Whether it reports the state of policies, which settlement may change. */
  readonly reportsPolicies: boolean;
  /** The instants among them that say when to come back or when a window resets. */
  readonly stamps: readonly Stamp[];
}

/** Compiles a JSON value whose strings may hold placeholders. @throws TemplateError */
export function compileTemplate(source: unknown): Template {
  if (typeof source === 'string') return compileText(source);
  if (Array.isArray(source)) return compileList(source.map(compileTemplate));
  if (source !== null && typeof source === 'object')
    return compileMap(Object.keys(source), Object.values(source).map(compileTemplate));
  return constant(source);
}

function constant(value: unknown): Template {
  return { constant: true, timed: false, reportsPolicies: false, paths: [], stamps: [], render: () => value };
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
    reportsPolicies: parts.some((part) => part.reportsPolicies),
    paths: parts.flatMap((part) => part.paths),
    stamps: parts.flatMap((part) => part.stamps),
    render,
  };
}

/** A body that can be rendered again. */
export interface RenewableBody {
  readonly body: unknown;
  /** Renders it again, by the state at that moment. New ids stay the same. */
  readonly renew?: () => unknown;
}

/** Renders the body of a response, so that it can be rendered again if it reports the state of policies. @param complete makes the body from what the template gives */
export function renewable(
  template: Template,
  scope: Scope,
  now: number,
  complete: (rendered: unknown) => unknown = (rendered) => rendered,
): RenewableBody {
  if (!template.reportsPolicies) return { body: complete(template.render(scope, now)) };
  const ids: unknown[] = [];
  const recorded: Scope = (path) => {
    const value = scope(path);
    if (path[0] === 'new') ids.push(value);
    return value;
  };
  return {
    body: complete(template.render(recorded, now)),
    renew: () => {
      let next = 0;
      return complete(
        template.render((path) => (path[0] === 'new' && next < ids.length ? ids[next++] : scope(path)), now),
      );
    },
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
  const placeholders = sources.map(compilePlaceholder);
  const [first = '', ...literals] = around;
  const isValue = literals.length === 1 && first === '' && literals[0] === '';
  return fromPlaceholders(
    placeholders,
    isValue
      ? placeholders[0]!.evaluate
      : (scope, now) => {
          let written = first;
          let complete = true;
          for (let i = 0; i < literals.length; i++) {
            const value = placeholders[i]!.evaluate(scope, now);
            const absent = value === undefined || value === null;
            if (absent) complete = false;
            written += absent ? ABSENT : String(value);
            written += literals[i];
          }
          return complete ? written : completeSentences(written);
        },
  );
}

/** Compiles the text of a header field. It has no value if one of its placeholders has none. @throws TemplateError */
export function compileLine(text: string): Template {
  const { sources, literals: around } = split(text);
  if (sources.length < 2 && around.join('') === '') return compileText(text);
  if (sources.length === 0) return constant(text);
  const placeholders = sources.map(compilePlaceholder);
  const [first = '', ...literals] = around;
  return fromPlaceholders(placeholders, (scope, now) => {
    let written = first;
    for (let i = 0; i < literals.length; i++) {
      const value = placeholders[i]!.evaluate(scope, now);
      if (value === undefined || value === null) return undefined;
      written += String(value) + literals[i];
    }
    return written;
  });
}

function fromPlaceholders(placeholders: readonly Placeholder[], render: Template['render']): Template {
  return {
    constant: false,
    timed: placeholders.some(({ timed }) => timed),
    reportsPolicies: placeholders.some(({ paths }) => paths.some(([root]) => root === 'policies')),
    paths: placeholders.flatMap(({ paths }) => paths),
    stamps: placeholders.flatMap(({ stamps }) => stamps),
    render,
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

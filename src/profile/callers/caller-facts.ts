/**
 * Facts that a profile gives to callers: constants, and templates that read the request.
 * @module
 */
import { FACT_ROOTS, type RequestFacts, readFact } from '../../limits/facts.js';
import { compileTemplate, type Template } from '../../limits/render/template.js';

/** Roots of the paths in such templates: everything that a request has before its caller is known. */
export const CALLER_FACT_ROOTS: readonly string[] = FACT_ROOTS.filter(
  (root) => root !== 'caller' && root !== 'policies',
);

/** Compiled facts. */
export interface GivenFacts {
  /** The facts that are the same for every request. */
  readonly constant: Readonly<Record<string, string>>;
  /** The values of the other facts in a request; `undefined` if there are no others. */
  readonly values: ((request: RequestFacts) => readonly (string | undefined)[]) | undefined;
  /** Those facts by name. One that the request lacks is left out. */
  named(values: readonly (string | undefined)[]): Record<string, string>;
}

/** Compiles facts. @param facts their values by name, which may have placeholders such as `${header.x-workspace}` */
export function compileFacts(facts: Readonly<Record<string, string>>): GivenFacts {
  const constant: Record<string, string> = {};
  const names: string[] = [];
  const templates: Template[] = [];
  for (const [name, text] of Object.entries(facts)) {
    const template = compileTemplate(text);
    if (template.constant) constant[name] = text;
    else {
      names.push(name);
      templates.push(template);
    }
  }
  return {
    constant,
    values: templates.length === 0 ? undefined : (request) => templates.map((template) => factText(template, request)),
    named(values) {
      const named: Record<string, string> = {};
      for (const [i, value] of values.entries()) if (value !== undefined) named[names[i]!] = value;
      return named;
    },
  };
}

/** The value of one template, as text. */
export function factText(template: Template, request: RequestFacts): string | undefined {
  const value = template.render((path) => readFact(request, path), 0);
  return value === undefined || value === null || value === '' || typeof value === 'object' ? undefined : String(value);
}

/**
 * Checks where errors tell a client when to come back: each place must exist in the response.
 * @module
 */
import { compileFormula, FormulaError } from '../../limits/rules/formula.js';
import { TELL_ROOTS } from '../compiled/tells.js';
import { suggest } from '../errors.js';
import type { Profile } from '../schema/schema.js';
import type { Checker } from './checker.js';

/** Checks the `tells` of an error. */
export function checkTells({ profile, add }: Checker, name: string, error: Profile['errors'][string]): void {
  for (const source of Object.keys(error.tells ?? {})) {
    const at = ['errors', name, 'tells', source];
    try {
      const { paths, constant } = compileFormula(source);
      if (constant !== undefined || paths.length === 0)
        add('bad-tell', at, 'names no place of the response', 'write a path such as body.retry_after or header.x-wait');
      for (const path of paths) checkPlace(path, at);
    } catch (problem) {
      if (!(problem instanceof FormulaError)) throw problem;
      add('bad-formula', at, problem.problem, problem.fix);
    }
  }

  function checkPlace(path: readonly string[], at: readonly string[]): void {
    const [root = '', ...rest] = path;
    if (!(TELL_ROOTS as readonly string[]).includes(root)) {
      add('bad-tell', at, `a response has no "${root}"`, suggest(root, TELL_ROOTS));
      return;
    }
    if (root === 'header') {
      const names = [...Object.keys(profile.headers), ...Object.keys(error.headers ?? {}), 'Retry-After'];
      const wanted = rest.join('.').toLowerCase();
      if (!names.some((one) => one.toLowerCase() === wanted))
        add('bad-tell', at, `no rule sends a header "${rest.join('.')}"`, suggest(rest.join('.'), names));
      return;
    }
    const missing = missingKey(error.body, rest);
    if (missing !== undefined)
      add('bad-tell', at, `the body of ${name} has no "${missing.key}"`, suggest(missing.key, missing.keys));
  }
}

/** The first key of a path that a body lacks. What a placeholder puts there is not known. */
function missingKey(body: unknown, path: readonly string[]): { key: string; keys: readonly string[] } | undefined {
  let at = body;
  for (const key of path) {
    if (typeof at === 'string' && at.includes('${')) return undefined;
    const keys = at !== null && typeof at === 'object' ? Object.keys(at) : [];
    if (!keys.includes(key)) return { key, keys };
    at = (at as Record<string, unknown>)[key];
  }
  return undefined;
}

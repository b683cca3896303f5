/**
 * The context of all checks of a profile: the known names, the positions in the file, and the list of issues.
 * @module
 */
import { OUTCOME_ROOTS } from '../../limits/facts.js';
import { compileFormula } from '../../limits/rules/formula.js';
import { globPattern } from '../../limits/rules/globs.js';
import type { Condition, FactTest } from '../../limits/rules/matching.js';
import { NONE, type Quantity } from '../../limits/rules/quantity.js';
import type { OpenApiDocument } from '../../openapi/document/document.js';
import { ANONYMOUS_KIND } from '../callers/anonymous.js';
import { MAX_ISSUES, type ProfileIssue, suggest } from '../errors.js';
import { type Add, namesOf, type Path } from '../names.js';
import { pathText } from '../parse.js';
import type { Profile } from '../schema/schema.js';
import { isServerHeader } from '../server-headers.js';
import type { Position } from '../source/positions.js';
import { contradictionIn } from './contradictions.js';
import { checkFactPath, checkTemplate } from './names.js';
import { checkPattern } from './patterns.js';

/** Where a profile was read from. */
export interface ProfileLocation {
  readonly file: string;
  /** The profile as written, without variants. */
  readonly base?: unknown;
  position(path: Path): Position;
}

/** Roots that all templates may use. */
export const COMMON_ROOTS = [
  'request',
  'caller',
  'body',
  'query',
  'params',
  'header',
  'cookie',
  'ip',
  'now',
  'new',
  'policies',
];
/** Roots that texts of headers may use. */
export const HEADER_ROOTS = [...COMMON_ROOTS, 'refusal', 'retryAfter', 'retryAt', 'response', 'status'];
/** Roots that templates of errors may use. */
export const ERROR_ROOTS = [
  ...COMMON_ROOTS,
  'refusal',
  'retryAfter',
  'retryAt',
  'violation',
  'violations',
  'credential',
  'nearest',
  'allow',
  'status',
  'detail',
];
/** Roots that templates of behaviours may use. */
export const BEHAVIOUR_ROOTS = [
  ...COMMON_ROOTS,
  'item',
  'page',
  'entry',
  'index',
  'created',
  'skipped',
  'deleted',
  'missing',
  'jobs',
  'job',
  'batch',
  'rows',
  'days',
  'cost',
  'chat',
  'part',
  'answer',
  'answers',
];

/** Methods of operations. */
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT'];

/** Facts that are never numbers. */
const TEXTS = new Set(['ip', 'method', 'path', 'operation', 'caller.plan', 'caller.kind']);

/** The context of the checks of one profile. */
export type Checker = ReturnType<typeof createChecker>;

/** Creates the context of the checks of one profile. */
export function createChecker(profile: Profile, document: OpenApiDocument, location: ProfileLocation) {
  const issues: ProfileIssue[] = [];
  const add: Add = (code, path, problem, fix, severity) => {
    if (issues.length === MAX_ISSUES) return;
    issues.push({
      code: `profile/${code}`,
      file: location.file,
      ...location.position(path),
      path: pathText(path),
      problem,
      fix,
      ...(severity && { severity }),
    });
  };
  const names = namesOf(profile, document);
  const named = (kind: keyof typeof names, name: string | undefined, path: Path) => {
    if (name === undefined || names[kind].includes(name)) return;
    add(`unknown-${kind}`, path, `there is no ${kind} "${name}"`, suggest(name, names[kind]));
  };
  const factPath = (fact: string, path: Path, more: readonly string[] = []) =>
    checkFactPath(fact, path, more, names, add);
  /** Checks the facts of a quantity. The schema has compiled its formulas. */
  const quantity = (given: Quantity | undefined, path: Path, more: readonly string[] = []) => {
    if (given === undefined || typeof given === 'number') return;
    if (typeof given === 'string') {
      if (given !== NONE) for (const fact of compileFormula(given).paths) factPath(fact.join('.'), path, more);
      if (TEXTS.has(given.trim()))
        add('unknown-fact', path, `${given.trim()} is a text, not a number`, 'use a table by it');
      return;
    }
    for (const fact of compileFormula(given.by).paths) factPath(fact.join('.'), [...path, 'by'], more);
    for (const [key, value] of Object.entries(given.values)) {
      factValue(given.by.trim(), key, [...path, 'values', key]);
      quantity(value, [...path, 'values', key], more);
    }
    quantity(given.else, [...path, 'else'], more);
  };
  /** The values of the facts that have no others than those of the profile and its document. */
  const known: Readonly<Record<string, [kind: string, values: readonly string[]]>> = {
    operation: ['operation', names.operation],
    method: ['method', METHODS],
    'caller.plan': ['plan', names.plan],
    'caller.kind': ['kind of caller', [...names.credential, ANONYMOUS_KIND]],
  };
  /** Checks a value, in which * stands for any characters, that a fact is compared with. */
  const factValue = (fact: string, value: string, path: Path) => {
    if (!Object.hasOwn(known, fact)) return;
    const [kind, values] = known[fact]!;
    const isKnown = value.includes('*') ? values.some((one) => globPattern(value).test(one)) : values.includes(value);
    if (!isKnown) add(`unknown-${kind.split(' ')[0]}`, path, `there is no ${kind} "${value}"`, suggest(value, values));
  };
  /** @param sees whether there is a response by the time of the condition */
  const condition = (given: Condition | undefined, path: Path, sees: 'request' | 'response' = 'request') => {
    if (!given) return;
    const more = sees === 'response' ? OUTCOME_ROOTS : [];
    for (const id of given.operation ?? []) named('operation', id, [...path, 'operation']);
    for (const name of given.error ?? []) named('error', name, [...path, 'error']);
    for (const key of ['status', 'error'] as const)
      if (given[key] !== undefined && sees === 'request')
        add(
          'no-response-yet',
          [...path, key],
          `this is decided before there is a response, so no ${key} can match`,
          'use it in free, in actualCost or in a header, or remove it',
        );
    for (const [name, tests] of Object.entries(given.caller ?? {})) {
      named('fact', name, [...path, 'caller', name]);
      checkTests(tests, [...path, 'caller', name], more, `caller.${name}`);
    }
    for (const [fact, tests] of Object.entries(given.fact ?? {})) {
      factPath(fact, [...path, 'fact', fact], more);
      checkTests(tests, [...path, 'fact', fact], more, fact);
    }
    for (const key of ['any', 'all'] as const)
      for (const [i, one] of (given[key] ?? []).entries()) condition(one, [...path, key, i], sees);
    condition(given.not, [...path, 'not'], sees);
  };
  const checkTests = (tests: readonly FactTest[], path: Path, more: readonly string[], fact: string) => {
    for (const [i, test] of tests.entries()) {
      const at = tests.length === 1 ? path : [...path, i];
      if (typeof test !== 'object') {
        factValue(fact, String(test), at);
        continue;
      }
      for (const key of ['above', 'below', 'from', 'to'] as const) quantity(test[key], [...at, key], more);
      const contradiction = contradictionIn(test);
      if (contradiction) add('ignored-key', [...at, contradiction.key], contradiction.problem, contradiction.fix);
      if (test.matches !== undefined) checkPattern(test.matches, [...at, 'matches'], add);
    }
  };
  const template = (given: unknown, path: Path, roots: readonly string[]) =>
    checkTemplate(given, path, roots, names, add);

  const checkHeaderName = (name: string | undefined, path: Path) => {
    if (name === undefined || !isServerHeader(name)) return;
    add('header-of-sending', path, `"${name}" is written by the server itself`, 'leave it out');
  };
  const regExp = (pattern: string | undefined, path: Path, matched?: string) => {
    if (pattern !== undefined) checkPattern(pattern, path, add, matched);
  };
  return {
    profile,
    document,
    issues,
    names,
    add,
    named,
    condition,
    quantity,
    template,
    factPath,
    checkHeaderName,
    regExp,
  };
}

/**
 * The context of all checks of a profile: the known names, the positions in the file, and the list of issues.
 * @module
 */
import { OUTCOME_ROOTS } from '../../limits/facts.js';
import { compileFormula } from '../../limits/rules/formula.js';
import type { Condition, FactTest } from '../../limits/rules/matching.js';
import { NONE, type Quantity } from '../../limits/rules/quantity.js';
import type { OpenApiDocument } from '../../openapi/document/document.js';
import { MAX_ISSUES, type ProfileIssue, suggest } from '../errors.js';
import { type Add, namesOf, type Path } from '../names.js';
import { pathText } from '../parse.js';
import type { Profile } from '../schema/schema.js';
import type { Position } from '../source/positions.js';
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

/** Headers that the server writes itself. A profile must not set them. */
const SERVER_HEADERS = new Set([
  ...['connection', 'content-length', 'keep-alive', 'proxy-connection'],
  ...['te', 'trailer', 'transfer-encoding', 'upgrade'],
]);

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
      return;
    }
    for (const fact of compileFormula(given.by).paths) factPath(fact.join('.'), [...path, 'by'], more);
    for (const [key, value] of Object.entries(given.values)) quantity(value, [...path, 'values', key], more);
    quantity(given.else, [...path, 'else'], more);
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
      checkTests(tests, [...path, 'caller', name], more);
    }
    for (const [fact, tests] of Object.entries(given.fact ?? {})) {
      factPath(fact, [...path, 'fact', fact], more);
      checkTests(tests, [...path, 'fact', fact], more);
    }
    for (const key of ['any', 'all'] as const)
      for (const [i, one] of (given[key] ?? []).entries()) condition(one, [...path, key, i], sees);
    condition(given.not, [...path, 'not'], sees);
  };
  const checkTests = (tests: readonly FactTest[], path: Path, more: readonly string[]) => {
    for (const [i, test] of tests.entries()) {
      if (typeof test !== 'object') continue;
      const at = tests.length === 1 ? path : [...path, i];
      for (const key of ['above', 'below', 'from', 'to'] as const) quantity(test[key], [...at, key], more);
      if (test.matches !== undefined) checkPattern(test.matches, [...at, 'matches'], add);
    }
  };
  const template = (given: unknown, path: Path, roots: readonly string[]) =>
    checkTemplate(given, path, roots, names, add);

  const checkHeaderName = (name: string | undefined, path: Path) => {
    if (name === undefined || !SERVER_HEADERS.has(name.toLowerCase())) return;
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

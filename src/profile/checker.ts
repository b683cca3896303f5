/**
 * What all checks of a profile use: names that exist, places in the file, and the list of what is wrong.
 * @module
 */
import { FACT_ROOTS } from '../limits/facts.js';
import type { Condition } from '../limits/matching.js';
import { compileTemplate, TemplateError } from '../limits/render/template.js';
import { isObject, type OpenApiDocument } from '../openapi/document.js';
import { type ProfileIssue, suggest } from './errors.js';
import { pathText } from './parse.js';
import type { Profile } from './schema.js';
import type { Position } from './source.js';

export type Path = readonly PropertyKey[];

export interface Place {
  readonly file: string;
  /** The profile as written, without variants. */
  readonly base?: unknown;
  position(path: Path): Position;
}

/** Roots that templates may name, by where they stand. */
export const COMMON_ROOTS = ['request', 'caller', 'body', 'query', 'params', 'header', 'ip', 'now', 'new', 'policies'];
export const ERROR_ROOTS = [...COMMON_ROOTS, 'refusal', 'retryAfter', 'retryAt', 'violation', 'detail'];
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
];

export type Checker = ReturnType<typeof createChecker>;

export function createChecker(profile: Profile, document: OpenApiDocument, place: Place) {
  const issues: ProfileIssue[] = [];
  const add = (code: string, path: Path, problem: string, fix: string) => {
    issues.push({
      code: `profile/${code}`,
      file: place.file,
      ...place.position(path),
      path: pathText(path),
      problem,
      fix,
    });
  };
  const names = namesOf(profile, document);
  const named = (kind: keyof typeof names, name: string | undefined, path: Path) => {
    if (name === undefined || names[kind].includes(name)) return;
    add(`unknown-${kind}`, path, `there is no ${kind} "${name}"`, suggest(name, names[kind]));
  };
  const condition = (given: Condition | undefined, path: Path) => {
    if (!given) return;
    for (const id of given.operation ?? []) named('operation', id, [...path, 'operation']);
    for (const name of given.error ?? []) named('error', name, [...path, 'error']);
    for (const fact of Object.keys(given.caller ?? {})) named('fact', fact, [...path, 'caller', fact]);
    for (const fact of Object.keys(given.fact ?? {})) checkFactPath(fact, [...path, 'fact', fact], add);
    condition(given.not, [...path, 'not']);
  };
  const template = (given: unknown, path: Path, roots: readonly string[]) =>
    checkTemplate(given, path, roots, names, add);

  const factPath = (fact: string, path: Path) => checkFactPath(fact, path, add);
  const regExp = (pattern: string | undefined, path: Path) => {
    if (pattern === undefined) return;
    try {
      new RegExp(pattern);
    } catch (error) {
      add('bad-pattern', path, `is no regular expression: ${(error as Error).message}`, 'mend it');
    }
  };
  return { profile, document, issues, add, named, condition, template, factPath, regExp };
}

function namesOf(profile: Profile, document: OpenApiDocument) {
  const schemes = document.at('#/components/securitySchemes');
  const credentials = Object.values(profile.callers.credentials);
  const groups = credentials.flatMap(({ pattern }) =>
    [...pattern.matchAll(/\(\?<([^>=!]+)>/g)].map((match) => match[1]!),
  );
  return {
    source: Object.keys(profile.sources),
    operation: document.operations.map(({ id }) => id),
    error: Object.keys(profile.errors),
    policy: Object.keys(profile.policies),
    plan: Object.keys(profile.plans),
    credential: Object.keys(profile.callers.credentials),
    collection: Object.keys(profile.collections),
    variant: Object.keys(profile.variants),
    security: isObject(schemes) ? Object.keys(schemes) : [],
    fact: [
      ...new Set([
        'kind',
        'plan',
        profile.accounts.fact,
        ...credentials.flatMap(({ fact, facts }) => [fact, ...Object.keys(facts)]),
        ...groups,
        ...profile.fixtures.flatMap(({ facts }) => Object.keys(facts)),
      ]),
    ],
  };
}

type Add = (code: string, path: Path, problem: string, fix: string) => void;

function checkFactPath(fact: string, path: Path, add: Add): void {
  const root = fact.split('.')[0]!;
  if (!(FACT_ROOTS as readonly string[]).includes(root))
    add('unknown-fact', path, `a request has no "${root}"`, suggest(root, FACT_ROOTS));
}

function checkTemplate(
  given: unknown,
  path: Path,
  roots: readonly string[],
  names: { readonly policy: readonly string[]; readonly fact: readonly string[] },
  add: Add,
): void {
  if (given === undefined) return;
  try {
    for (const [root, second] of compileTemplate(given).paths) {
      if (!roots.includes(root!))
        add('unknown-placeholder', path, `templates here cannot name "${root}"`, suggest(root!, roots));
      else if (root === 'policies' && !names.policy.includes(second ?? ''))
        add('unknown-policy', path, `there is no policy "${second}"`, suggest(second ?? '', names.policy));
      else if (root === 'caller' && ![...names.fact, 'account'].includes(second ?? ''))
        add('unknown-fact', path, `there is no fact "${second}"`, suggest(second ?? '', names.fact));
    }
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    add('bad-template', path, error.message, 'mend the placeholder');
  }
}

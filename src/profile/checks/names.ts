/**
 * Checks the names in conditions, costs and templates: facts of a request, and placeholders.
 * @module
 */
import { FACT_ROOTS, POLICY_FACTS } from '../../limits/facts.js';
import type { PolicyStatus } from '../../limits/render/headers.js';
import { compileTemplate, TemplateError } from '../../limits/render/template.js';
import { suggest } from '../errors.js';
import type { Add, Names, Path } from '../names.js';

/** The valid second parts of placeholders, for roots with a fixed set of them. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  request: ['id', 'method', 'path', 'base'],
  new: ['uuid', 'ulid', 'serial', 'lower12'],
  refusal: ['policy', 'limit', 'used', 'remaining', 'resetAt', 'cost', 'violated'],
  violation: ['in', 'field', 'keyword', 'message', 'expected', 'index', 'text'],
  credential: ['expected', 'challenge'],
  chat: [
    ...['id', 'createdAt', 'text', 'delta', 'index', 'sequence'],
    ...['inputTokens', 'outputTokens', 'totalTokens', 'finish'],
  ],
};
const STATUS_FIELDS = [
  'policy',
  'limit',
  'used',
  'remaining',
  'resetAt',
  'windowSeconds',
  'cost',
  'charged',
  'unit',
  'partition',
] as const satisfies readonly (keyof PolicyStatus)[];
/** What placeholders can read of a policy. */
const POLICY_FIELDS = [...STATUS_FIELDS, 'rate'] as const;

/** Characters of a generated id. */
const MAX_ID_LENGTH = 128;

/** Checks the path of a request's fact. @param more valid roots besides those that every request has */
export function checkFactPath(fact: string, path: Path, more: readonly string[], names: Names, add: Add): void {
  const [root, second = '', third = ''] = fact.split('.');
  const roots = [...FACT_ROOTS, ...more];
  if (!roots.includes(root!)) add('unknown-fact', path, `a request has no "${root}"`, suggest(root!, roots));
  else if (root === 'caller' && !names.fact.includes(second))
    add('unknown-fact', path, `there is no fact "${second}"`, suggest(second, names.fact));
  else if (root === 'policies' && !names.policy.includes(second))
    add('unknown-policy', path, `there is no policy "${second}"`, suggest(second, names.policy));
  else if (root === 'policies' && !(POLICY_FACTS as readonly string[]).includes(third))
    add('unknown-fact', path, `a policy has no "${third}"`, suggest(third, POLICY_FACTS));
  else if (root === 'params' && !names.parameter.includes(second))
    add('unknown-fact', path, `no path has a parameter "${second}"`, suggest(second, names.parameter));
}

/** Checks every text of a template. Each issue is reported at the text's own path. */
export function checkTemplate(given: unknown, path: Path, roots: readonly string[], names: Names, add: Add): void {
  if (typeof given === 'string') checkText(given, path, roots, names, add);
  else if (Array.isArray(given))
    for (const [i, item] of given.entries()) checkTemplate(item, [...path, i], roots, names, add);
  else if (given !== null && typeof given === 'object')
    for (const [key, item] of Object.entries(given)) checkTemplate(item, [...path, key], roots, names, add);
}

function checkText(text: string, path: Path, roots: readonly string[], names: Names, add: Add): void {
  try {
    for (const placeholder of compileTemplate(text).paths) checkPlaceholder(placeholder, path, roots, names, add);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    const [problem, fix = 'mend the placeholder'] = error.message.split('; ');
    add('bad-template', path, problem!, fix);
  }
}

function checkPlaceholder(
  [root, second = '', third = '']: readonly string[],
  path: Path,
  roots: readonly string[],
  names: Names,
  add: Add,
): void {
  const fields = FIELDS[root!];
  if (!roots.includes(root!))
    add('unknown-placeholder', path, `templates here cannot name "${root}"`, suggest(root!, roots));
  else if (root === 'policies' && !names.policy.includes(second))
    add('unknown-policy', path, `there is no policy "${second}"`, suggest(second, names.policy));
  else if (root === 'policies' && !(POLICY_FIELDS as readonly string[]).includes(third))
    add('unknown-placeholder', path, `a policy has no "${third}"`, suggest(third, POLICY_FIELDS));
  else if (root === 'caller' && ![...names.fact, 'account'].includes(second))
    add('unknown-fact', path, `there is no fact "${second}"`, suggest(second, names.fact));
  else if (
    fields &&
    !fields.includes(second) &&
    !(root === 'new' && /^lower\d+$/.test(second) && Number(second.slice(5)) <= MAX_ID_LENGTH)
  )
    add('unknown-placeholder', path, `"${root}" has no "${second}"`, suggest(second, fields));
}

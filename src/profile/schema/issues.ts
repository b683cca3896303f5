/**
 * Translates issues of the schema into plain words: what is wrong, and what to write instead.
 * @module
 */
import type { z } from 'zod';
import { MAX_ISSUES, nearest, suggest } from '../errors.js';
import { evidenceFix } from './evidence.js';
import { profileSchema } from './schema.js';
import { keysAt, optionsAt } from './walk.js';

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** A code (without its prefix), the path, the problem and the fix. */
export type Complaint = readonly [code: string, path: Path, problem: string, fix: string];

/** Translates one issue of the schema. @param value the whole profile */
export function complaints(issue: Issue, value: unknown): Complaint[] {
  const { path } = issue;
  const given = valueAt(value, path);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.slice(0, MAX_ISSUES).map((key) => unknownKey(key, path, value));
    case 'invalid_type':
    case 'invalid_value':
      return [wrongValue(path, value, [issue])];
    case 'invalid_union':
      return union(issue, value);
    case 'invalid_key': {
      const [problem, fix] = halves(issue.issues[0]?.message ?? 'is not a good name');
      return [['bad-name', path, `${display(path.at(-1))} ${problem}`, fix ?? 'rename it']];
    }
    case 'too_big':
    case 'too_small':
      return [['bad-value', path, ...outOfBounds(issue, given)]];
    case 'invalid_format':
      if (issue.format === 'url')
        return [
          ['bad-value', path, `${display(given)} is not a URL`, 'write it in full, such as https://api.example.com'],
        ];
      break;
  }
  const [problem, fix] = halves(issue.message);
  return [['bad-value', path, `${display(given)} ${problem}`, fix ?? 'change it']];
}

function unknownKey(key: string, path: Path, value: unknown): Complaint {
  const given = valueAt(value, path);
  const known = keysAt(profileSchema, path, value);
  const near = nearest(key, known);
  const exists = near !== undefined && isRecord(given) && Object.hasOwn(given, near);
  // A key at the wrong level is not misspelt.
  const owner = path
    .map((_, i) => path.slice(0, path.length - 1 - i))
    .find((above) => keysAt(profileSchema, above, value).includes(key));
  const absent = known.filter((other) => !isRecord(given) || !Object.hasOwn(given, other));
  return [
    'unknown-key',
    [...path, key],
    `unknown key "${key}"`,
    exists
      ? `did you mean "${near}", which is there already?`
      : near === undefined && owner !== undefined
        ? `move it to ${owner.length === 0 ? 'the top level' : owner.join('.')}`
        : suggest(key, absent),
  ];
}

function union(issue: Extract<Issue, { code: 'invalid_union' }>, value: unknown): Complaint[] {
  const { path } = issue;
  const { discriminator } = issue as { discriminator?: string };
  if (discriminator !== undefined) return [badDiscriminator(discriminator, path, value)];
  const deep = issue.errors.filter((branch) => branch.some(isDeep));
  if (deep.length > 0)
    return closest(deep).flatMap((inner) => complaints({ ...inner, path: [...path, ...inner.path] } as Issue, value));
  const shallow = flatten(issue.errors);
  // Prefer an issue of a branch with the right type over one about the type.
  const close = shallow.find(({ code }) => code !== 'invalid_type' && code !== 'invalid_value');
  return close ? complaints({ ...close, path } as Issue, value) : [wrongValue(path, value, shallow)];
}

/** The discriminator of a map is missing or unknown. */
function badDiscriminator(key: string, path: Path, value: unknown): Complaint {
  const owner = path.at(-1) === key ? path.slice(0, -1) : path;
  const names = optionsAt(profileSchema, owner, value)?.names ?? [];
  const map = valueAt(value, owner);
  const name = isRecord(map) ? map[key] : undefined;
  if (name === undefined) return ['missing-key', [...owner, key], 'is missing', `add it: ${names.join(', ')}`];
  return [`unknown-${key}`, [...owner, key], `${display(name)} is not ${article(key)}`, suggest(String(name), names)];
}

/** A value of the wrong type, or not one of the allowed values. */
function wrongValue(path: Path, value: unknown, issues: readonly Issue[]): Complaint {
  const given = valueAt(value, path);
  const types = issues.flatMap((issue) => (issue.code === 'invalid_type' ? [issue.expected] : []));
  const values = issues.flatMap((issue) => (issue.code === 'invalid_value' ? issue.values.map(String) : []));
  const wanted = [...new Set([...types.map(noun), ...values])];
  if (given === undefined) {
    const evidence = evidenceFix(path);
    if (evidence !== undefined) return ['missing-key', path, 'is missing', evidence];
    const keys = types.length === 1 && types[0] === 'object' ? keysAt(profileSchema, path, value) : [];
    const map = keys.length > 0 ? ` of ${keys.join(', ')}` : '';
    const list = types.length > 0 ? ` (${either(wanted)}${map})` : `: ${values.join(', ')}`;
    return ['missing-key', path, 'is missing', `add it${list}`];
  }
  if (typeof given === 'number' && !Number.isFinite(given))
    return ['bad-value', path, `${given} is not a finite number`, `write ${either(wanted)}`];
  const ownIssue = issues.find(({ code, message }) => code === 'invalid_type' && !message.startsWith('Invalid input'));
  if (ownIssue) {
    const [problem, fix] = halves(ownIssue.message);
    return ['wrong-type', path, `${display(given)} ${problem}`, fix ?? 'change it'];
  }
  if (types.length === 0 || (typeof given === 'string' && nearest(given, values) !== undefined))
    return ['unknown-value', path, `${display(given)} is not known here`, suggest(String(given), values)];
  return ['wrong-type', path, `must be ${either(wanted)}, not ${display(given)}`, remedy(given, types, wanted)];
}

function remedy(given: unknown, types: readonly string[], wanted: readonly string[]): string {
  if (types.includes('string') && (typeof given === 'number' || typeof given === 'boolean'))
    return `put it in quotes: '${given}'`;
  if (types.includes('array') && given !== null && typeof given !== 'object') return `make it a list: [${given}]`;
  if (
    (types.includes('number') || types.includes('int')) &&
    typeof given === 'string' &&
    Number.isFinite(Number(given))
  )
    return `remove the quotes: ${given}`;
  return `write ${either(wanted)}`;
}

function outOfBounds(issue: Extract<Issue, { code: 'too_big' | 'too_small' }>, given: unknown): [string, string] {
  const { origin, inclusive } = issue;
  const big = issue.code === 'too_big';
  const bound = String(big ? issue.maximum : issue.minimum);
  if (origin === 'array' || origin === 'set' || origin === 'map')
    return [`has too ${big ? 'many' : 'few'} entries`, `give ${bound} at ${big ? 'most' : 'least'}`];
  if (origin === 'string')
    return [
      `${display(given)} is too ${big ? 'long' : 'short'}`,
      `write ${bound} characters at ${big ? 'most' : 'least'}`,
    ];
  if (inclusive === false)
    return [
      `${display(given)} is not ${big ? 'below' : 'above'} ${bound}`,
      `write ${big ? 'less' : 'more'} than ${bound}`,
    ];
  return [`${display(given)} is ${big ? 'more' : 'less'} than ${bound}`, `write ${bound} at ${big ? 'most' : 'least'}`];
}

function isDeep(issue: { readonly path: Path; readonly code?: string }): boolean {
  return issue.path.length > 0 || issue.code === 'unrecognized_keys';
}

/** The issues of all branches, those of nested unions included. */
function flatten(branches: readonly (readonly Issue[])[]): Issue[] {
  return branches.flat().flatMap((issue) => (issue.code === 'invalid_union' ? flatten(issue.errors) : [issue]));
}

/** The issues of the branch that matched deepest, which is most likely the one that was meant. */
function closest(branches: readonly (readonly Issue[])[]): readonly Issue[] {
  const depth = (issues: readonly Issue[]) =>
    Math.max(...issues.map((issue) => issue.path.length + (issue.code === 'unrecognized_keys' ? 1 : 0)));
  return [...branches].sort((a, b) => depth(b) - depth(a) || a.length - b.length)[0]!;
}

/** Splits a message "problem; fix", the form in which the schema writes its own. */
function halves(message: string): [problem: string, fix: string | undefined] {
  const end = message.indexOf('; ');
  const problem = end < 0 ? message : message.slice(0, end);
  return [problem.charAt(0).toLowerCase() + problem.slice(1), end < 0 ? undefined : message.slice(end + 2)];
}

const NOUNS: Record<string, string> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map',
  record: 'a map',
  null: 'nothing',
};

function noun(type: string): string {
  return NOUNS[type] ?? article(type);
}

function article(word: string): string {
  return /^[aeio]/.test(word) ? `an ${word}` : `a ${word}`;
}

/** A quantity may be any of three types; each has a name of its own there. */
const QUANTITY = ['a map', 'a number', 'text'];

function either(words: readonly string[]): string {
  if ([...words].sort().join() === QUANTITY.join()) return 'a number, a formula or a table';
  return words.length < 2 ? (words[0] ?? 'something else') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

function display(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  // JSON cannot represent Infinity and NaN.
  if (typeof value === 'number') return String(value);
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

function valueAt(value: unknown, path: Path): unknown {
  let at = value;
  for (const key of path)
    at = at !== null && typeof at === 'object' ? (at as Record<PropertyKey, unknown>)[key] : undefined;
  return at;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

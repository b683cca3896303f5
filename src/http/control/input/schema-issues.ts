/**
 * Turns the issues of a schema into a problem: the field, what is wrong, and how to fix it.
 * @module
 */
import type { z } from '@hono/zod-openapi';
import { suggest } from '../../../profile/errors.js';
import { pathText } from '../../../profile/parse.js';
import { keysAt } from '../../../profile/schema/walk.js';
import { brief, kindOf } from '../../../sandbox/control/brief.js';
import { Problem } from '../../../sandbox/control/problem.js';

/** The part of a request that a schema describes, as validators name it. */
export type RequestPart = 'json' | 'query' | 'param';

const NOUNS: Record<RequestPart, { whole: string; key: string }> = {
  json: { whole: 'the body', key: 'key' },
  query: { whole: 'the query', key: 'parameter' },
  param: { whole: 'the path', key: 'parameter' },
};

/** Describes the most relevant issue. An unknown key comes first, because a misspelt key also causes other keys to be missing. */
export function problemOf(
  error: z.ZodError,
  schema: z.ZodType | undefined,
  value: unknown,
  target: RequestPart,
): Problem {
  const issue = error.issues.find(({ code }) => code === 'unrecognized_keys') ?? error.issues[0]!;
  const { path } = issue;
  const { whole, key } = NOUNS[target];
  const given = valueAt(value, path);
  const field = pathText(path);
  if (issue.code === 'unrecognized_keys') {
    const unknown = issue.keys[0]!;
    const known = schema
      ? keysAt(schema, path, value).filter((other) => !isMap(given) || !Object.hasOwn(given, other))
      : [];
    return new Problem(
      400,
      `unknown-${key}`,
      `unknown ${key} "${unknown}"; ${suggest(unknown, known)}`,
      pathText([...path, unknown]),
    );
  }
  if (given === undefined && issue.code !== 'custom') {
    return new Problem(400, 'missing-value', `is missing; add it${expectation(issue)}`, field);
  }
  const subject = path.length === 0 ? `${whole} ` : '';
  const display = mayHoldCredential(path) ? kindOf(given) : brief(given);
  if (issue.code === 'invalid_type' && issue.message.startsWith('Invalid input')) {
    const detail = `${subject}must be ${noun(issue.expected)}, not ${display}`;
    return new Problem(400, 'wrong-type', detail, field);
  }
  const code = issue.code === 'invalid_type' ? 'wrong-type' : 'bad-value';
  return new Problem(400, code, `${subject}${display} ${lowerFirst(issue.message)}`, field);
}

function expectation(issue: z.core.$ZodIssue): string {
  return issue.code === 'invalid_type' ? ` (${noun(issue.expected)})` : '';
}

function noun(type: string): string {
  if (type === 'object' || type === 'record') return 'a JSON object';
  if (type === 'int') return 'a whole number';
  if (type === 'array') return 'a list';
  return type === 'boolean' ? 'true or false' : `a ${type}`;
}

/** Whether a path may hold a complete credential. Its value is not quoted then. */
function mayHoldCredential(path: readonly PropertyKey[]): boolean {
  return path.some((key) => key === 'key' || key === 'keys' || key === 'partition');
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((at, key) => (isMap(at) && Object.hasOwn(at, key) ? at[key] : undefined), value);
}

function isMap(value: unknown): value is Record<PropertyKey, unknown> {
  return value !== null && typeof value === 'object';
}

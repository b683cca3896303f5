/**
 * Parses a JSON file or a large YAML file without positions, which is much faster and takes a fraction of the memory.
 *
 * It returns a value only if that is certainly the one that the full parser returns. In any other case, including errors, the full parser runs.
 * @module
 */
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** Characters. A smaller YAML file is parsed in full quickly enough. */
const LARGE = 500_000;

/** Parses a text; `undefined` if the full parser must run. */
export function parseFast(text: string): { readonly value: unknown } | undefined {
  if (/^\s*\{/.test(text)) {
    const json = jsonValue(text);
    if (json) return json;
  }
  return text.length >= LARGE ? yamlValue(text) : undefined;
}

/** Parses JSON; `undefined` if it is invalid or contains a duplicate key. */
export function jsonValue(text: string): { readonly value: unknown } | undefined {
  try {
    const value = JSON.parse(text) as unknown;
    return countKeys(value) === countKeysInText(text) ? { value } : undefined;
  } catch {
    return undefined;
  }
}

/** Parses YAML; `undefined` if the full parser might return another value. */
export function yamlValue(text: string): { readonly value: unknown } | undefined {
  // The two parsers differ in merge keys, tags and directives. Aliases are rare in large files, so they are excluded, too.
  if (/<<["']?\s*:|!!|^%/m.test(text)) return undefined;
  try {
    const { load } = require('js-yaml') as typeof import('js-yaml');
    const value = load(text, { maxAliases: 0 });
    return isAmbiguous(value) ? undefined : { value };
  } catch {
    return undefined;
  }
}

/** Why a large text cannot be parsed by the fast parser. Line and column count from 1. */
export function largeFault(text: string): { line: number; col: number; problem: string; fix: string } {
  try {
    const { load } = require('js-yaml') as typeof import('js-yaml');
    load(text, { maxAliases: 0 });
  } catch (error) {
    const { mark, reason = (error as Error).message } = error as {
      mark?: { line: number; column: number };
      reason?: string;
    };
    const problem = `this cannot be read: ${reason.replace(/\s+/g, ' ').replaceAll('; ', ', ')}`;
    return { line: (mark?.line ?? 0) + 1, col: (mark?.column ?? 0) + 1, problem, fix: 'mend it, or write it as JSON' };
  }
  const problem = 'this is too large for a file with merge keys, tags or overflowing numbers';
  return { line: 1, col: 1, problem, fix: 'remove them, or write it as JSON' };
}

function countKeys(root: unknown): number {
  let keys = 0;
  const stack: unknown[] = [root];
  // A stack instead of recursion, because the value may be nested deeply. That is reported elsewhere.
  for (let value = stack.pop(); value !== undefined; value = stack.pop()) {
    if (value === null || typeof value !== 'object') continue;
    if (!Array.isArray(value)) keys += Object.keys(value).length;
    for (const inner of Object.values(value)) stack.push(inner);
  }
  return keys;
}

/** Counts the strings of a JSON text that are followed by a colon. */
function countKeysInText(text: string): number {
  let keys = 0;
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1)) {
    do at = text.indexOf('"', at + 1);
    while (isEscaped(text, at));
    let next = at + 1;
    while (' \t\r\n'.includes(text[next] ?? ':')) next += 1;
    if (text[next] === ':') keys += 1;
  }
  return keys;
}

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0;
  while (text[at - backslashes - 1] === '\\') backslashes += 1;
  return backslashes % 2 === 1;
}

/** Numbers that overflow to Infinity. */
const OVERFLOWS = /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)e\+?\d{3,}$/i;

/** Whether a value contains null keys or overflowing numbers, which the two parsers treat differently. */
function isAmbiguous(value: unknown): boolean {
  if (typeof value === 'string') return value.length < 400 && OVERFLOWS.test(value);
  if (value === null || typeof value !== 'object') return false;
  if (Array.isArray(value)) return value.some(isAmbiguous);
  for (const [key, inner] of Object.entries(value))
    if (key === 'null' || isAmbiguous(key) || isAmbiguous(inner)) return true;
  return false;
}

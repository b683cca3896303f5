/**
 * The value of a JSON file or a large YAML file, without positions: many times as fast as with them, and in a fraction of the memory.
 *
 * Only where it is sure to be the value that the full reading gives. Whatever is in doubt, or wrong, is left to that.
 * @module
 */
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** Characters. What is smaller is read in full in no time. */
const LARGE = 500_000;

/** `undefined` where the file has to be read in full. */
export function parseFast(text: string): { readonly value: unknown } | undefined {
  if (/^\s*\{/.test(text)) {
    const json = jsonValue(text);
    if (json) return json;
  }
  return text.length >= LARGE ? yamlValue(text) : undefined;
}

/** `undefined` where it is no JSON, or some key is there twice. */
export function jsonValue(text: string): { readonly value: unknown } | undefined {
  try {
    const value = JSON.parse(text) as unknown;
    return keysIn(value) === keysWritten(text) ? { value } : undefined;
  } catch {
    return undefined;
  }
}

/** `undefined` where the value might be another when read in full. */
export function yamlValue(text: string): { readonly value: unknown } | undefined {
  // Merges, tags and directives: the two readers do not agree on all of these. Nor on aliases, which are not worth a second look.
  if (/<<["']?\s*:|!!|^%/m.test(text)) return undefined;
  try {
    const { load } = require('js-yaml') as typeof import('js-yaml');
    const value = load(text, { maxAliases: 0 });
    return isDoubtful(value) ? undefined : { value };
  } catch {
    return undefined;
  }
}

/** Why a large text is none that can be read quickly, from line 1 and column 1. */
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
  const problem = 'this is too large to be read with its merge keys, tags or numbers beyond any';
  return { line: 1, col: 1, problem, fix: 'write it without, or as JSON' };
}

function keysIn(root: unknown): number {
  let keys = 0;
  const waiting: unknown[] = [root];
  // A list of what waits, in place of recursion: how deep the value is nested is for others to say.
  for (let value = waiting.pop(); value !== undefined; value = waiting.pop()) {
    if (value === null || typeof value !== 'object') continue;
    if (!Array.isArray(value)) keys += Object.keys(value).length;
    for (const inner of Object.values(value)) waiting.push(inner);
  }
  return keys;
}

/** How many strings of a JSON text have a colon behind them. */
function keysWritten(text: string): number {
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

/** Numbers too large to be any. */
const OVERFLOWS = /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)e\+?\d{3,}$/i;

/** Whether there are keys without a name, or numbers too large: each reader has its own way with those. */
function isDoubtful(value: unknown): boolean {
  if (typeof value === 'string') return value.length < 400 && OVERFLOWS.test(value);
  if (value === null || typeof value !== 'object') return false;
  if (Array.isArray(value)) return value.some(isDoubtful);
  for (const [key, inner] of Object.entries(value))
    if (key === 'null' || isDoubtful(key) || isDoubtful(inner)) return true;
  return false;
}

/**
 * Names and values of queries, forms and cookies, and names with brackets: `filter[price][min]`.
 * @module
 */
import { decodePercent } from './path-template.js';

/** A name with a value. */
export interface Pair {
  readonly name: string;
  readonly value: string;
  /** The value as it was sent, percent-encoded. */
  readonly raw: string;
}

/** Reads a query or a form (application/x-www-form-urlencoded). @param max most pairs that are read; the rest is ignored */
export function readPairs(text: string, max?: number): Pair[] {
  const pairs: Pair[] = [];
  for (const part of text.split('&', max)) {
    if (part === '') continue;
    const at = part.indexOf('=');
    const raw = at < 0 ? '' : part.slice(at + 1);
    pairs.push({ name: decodeForm(at < 0 ? part : part.slice(0, at)), value: decodeForm(raw), raw });
  }
  return pairs;
}

/** Reads a Cookie header field (RFC 6265). Values are percent-encoded, as OpenAPI's style `form` has them. */
export function readCookies(header: string | undefined): Pair[] {
  if (header === undefined) return [];
  // An array or object in style `form` has `&` between its values (RFC 6570).
  return header.split(/;\s*|&/).flatMap((part) => {
    const at = part.indexOf('=');
    if (at < 0) return [];
    const raw = part
      .slice(at + 1)
      .trim()
      .replace(/^"(.*)"$/, '$1');
    return [{ name: part.slice(0, at).trim(), value: decodePercent(raw), raw }];
  });
}

/** Decodes a text of a form: a plus sign is a space. */
export function decodeForm(text: string): string {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text;
  if (!spaced.includes('%')) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    return new URLSearchParams(`x=${text}`).get('x') ?? text;
  }
}

/** Values below a name with brackets. */
export interface Branch {
  /** Values of the name itself. */
  readonly values: string[];
  /** By the text in the next brackets; empty for `[]`. */
  readonly children: Map<string, Branch>;
}

/** A branch without values. */
export function emptyBranch(): Branch {
  return { values: [], children: new Map() };
}

/** Most brackets of a name that are read. */
const MAX_BRACKETS = 32;

/** The name before the first bracket, and the texts in brackets; `undefined` for a name that is not of this form. */
export function splitBrackets(name: string): { readonly root: string; readonly path: readonly string[] } | undefined {
  const at = name.indexOf('[');
  if (at <= 0 || !name.endsWith(']')) return undefined;
  const path = name.slice(at + 1, -1).split('][');
  return path.length > MAX_BRACKETS || path.some((key) => /[[\]]/.test(key))
    ? undefined
    : { root: name.slice(0, at), path };
}

/** Adds a value to a branch. */
export function addTo(branch: Branch, path: readonly string[], value: string): void {
  let at = branch;
  for (const key of path) {
    let next = at.children.get(key);
    if (next === undefined) {
      next = emptyBranch();
      at.children.set(key, next);
    }
    at = next;
  }
  at.values.push(value);
}

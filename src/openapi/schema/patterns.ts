/**
 * The patterns of a document's schemas: how each is matched, and warnings about those on which a matcher may backtrack without end.
 * @module
 */
import { type CompiledPattern, compilePattern } from '../../patterns/compile.js';
import { isObject, type OpenApiDocument } from '../document/document.js';
import { pathOf, walkDocument } from '../document/walk.js';
import type { RegExpLike } from './checks.js';

/** A warning about one pattern. */
export interface PatternNotice {
  readonly code: 'openapi/slow-pattern' | 'openapi/unchecked-pattern' | 'openapi/bad-pattern';
  /** Path of keys to the pattern. */
  readonly at: readonly string[];
  readonly problem: string;
  readonly fix: string;
}

/** Warnings about all patterns, in the order of the document. */
export function patternNotices({ root }: OpenApiDocument): PatternNotice[] {
  const notices: PatternNotice[] = [];
  walkDocument(root, (map, location) => {
    const { pattern, patternProperties } = map;
    const visitPattern = (source: string, keys: readonly string[]) => {
      const notice = noticeOf(source, compilePattern(source, true));
      if (notice) notices.push({ ...notice, at: [...pathOf(location), ...keys] });
    };
    if (typeof pattern === 'string') visitPattern(pattern, ['pattern']);
    if (isObject(patternProperties))
      for (const source of Object.keys(patternProperties)) visitPattern(source, ['patternProperties', source]);
  });
  return notices;
}

/** How to fix a pattern that backtracks without end. */
export const FIX_BACKTRACKING = 'write it so that there is one way to take a text, such as a+ in place of (a+)+';

function noticeOf(
  source: string,
  { how, slow, longest, fault }: CompiledPattern,
): Omit<PatternNotice, 'at'> | undefined {
  const displayed = displayPattern(source);
  if (fault !== undefined) {
    const problem = `${displayed} is not a regular expression (${fault.slice(-100)}), so it is not checked`;
    return { code: 'openapi/bad-pattern', problem, fix: 'mend it' };
  }
  if (how === 'none' || how === 'bounded') {
    const checked = how === 'none' ? 'it is not checked' : `only texts of up to ${longest} characters are checked`;
    const problem = `${displayed} may backtrack without end, and no linear-time matcher can express it, so ${checked}`;
    return {
      code: 'openapi/unchecked-pattern',
      problem,
      fix: `${FIX_BACKTRACKING}, or without look-arounds and back references`,
    };
  }
  if (!slow) return undefined;
  const problem = `${displayed} backtracks without end on some texts, so it is matched in linear time here, and real servers may hang`;
  return { code: 'openapi/slow-pattern', problem, fix: FIX_BACKTRACKING };
}

/** A pattern for messages: quoted, on one line, truncated if it is long. */
export function displayPattern(source: string): string {
  return JSON.stringify(source.length > 60 ? `${source.slice(0, 57)}…` : source).replaceAll('\\\\', '\\');
}

/** Compiles the patterns of schemas for Ajv, instead of `RegExp`. */
export function safeRegExp(source: string): RegExpLike {
  const { matcher } = compilePattern(source, true);
  if (matcher instanceof RegExp) return matcher;
  // Ajv shares one instance between patterns with the same text.
  return { test: (text) => matcher.test(text), toString: () => `safe ${source}` };
}
safeRegExp.code = 'safeRegExp';

/**
 * The patterns of a document's schemas: how each is matched, and warnings about those on which a matcher may backtrack without end.
 * @module
 */
import { type CompiledPattern, compilePattern } from '../../patterns/compile.js';
import type { OpenApiDocument, SchemaDialect } from '../document/document.js';
import { isObject } from '../document/json.js';
import type { DocumentNotice } from '../document/notice.js';
import { pathOf, walkDocument } from '../document/walk.js';
import type { PatternCompiler } from './pattern-compiler.js';

/** Warnings about all patterns, in the order of the document. */
export function patternNotices({ root, dialect }: OpenApiDocument): DocumentNotice[] {
  const notices: DocumentNotice[] = [];
  walkDocument(root, (map, location) => {
    const { pattern, patternProperties } = map;
    const visitPattern = (source: string, keys: readonly string[]) => {
      const notice = noticeOf(source, compiled(source, dialect));
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
): Omit<DocumentNotice, 'at'> | undefined {
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

/**
 * Returns the compiler of a document's patterns for Ajv, instead of `RegExp`. OpenAPI 3.0 uses ECMA-262 without the `u` flag; JSON Schema recommends it. A
 * pattern that is invalid in the one way is compiled in the other, and one with `\p{…}` or `\u{…}` needs the flag.
 */
export function safePatterns(dialect: SchemaDialect): PatternCompiler {
  const compiler = (source: string) => {
    const { matcher } = compiled(source, dialect);
    if (matcher instanceof RegExp) return matcher;
    // Ajv shares one instance between patterns with the same text.
    return { test: (text: string) => matcher.test(text), toString: () => `safe ${source}` };
  };
  return Object.assign(compiler, { code: 'safePattern' });
}

function compiled(source: string, dialect: SchemaDialect): CompiledPattern {
  const unicode = dialect === 'json-schema' || /\\[pP]\{|\\u\{/.test(source);
  const first = compilePattern(source, unicode);
  return first.fault === undefined ? first : compilePattern(source, !unicode);
}

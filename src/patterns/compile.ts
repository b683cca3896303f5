/**
 * Patterns of profiles and documents, made into matchers that no text can keep busy without end.
 *
 * A pattern that a backtracking matcher certainly reads in linear time is matched by JavaScript's own `RegExp`. Any other is left to RE2, and what RE2 cannot express
 * is only asked about texts so short that it cannot take long, or not at all.
 * @module
 */
import { memoiseText } from '../runtime/memoise.js';
import { type Growth, growthOf } from './growth.js';
import { linearMatcher, type Matcher } from './linear.js';

export type { Matcher } from './linear.js';

export interface CompiledPattern {
  /** Takes every text for a match, where `how` is `none`. */
  readonly matcher: Matcher;
  /**
   * `native`: by `RegExp`. `linear`: by RE2. `bounded`: by `RegExp`, and texts of more than `longest` characters match. `none`: it is not looked at.
   */
  readonly how: 'native' | 'linear' | 'bounded' | 'none';
  /** Characters. */
  readonly longest: number;
  /** Whether `RegExp` could be kept busy for hours by a text of a few hundred or thousand characters. */
  readonly slow: boolean;
  /** Why it is no regular expression, if it is none. */
  readonly fault?: string;
}

/** Steps of a matcher that take some hundredths of a second. */
const STEPS = 10_000_000;
/** Of a polynomial, where a text as long as a header is read for hours. */
const SLOW_DEGREE = 3;

const BOUNDS = { max: 5_000, maxLength: 10_000 };
const compilePlain = memoiseText((source) => compile(source, false), BOUNDS);
const compileUnicode = memoiseText((source) => compile(source, true), BOUNDS);

/**
 * Compiles a regular expression; the result for a source is cached.
 *
 * @param unicode compile with the `u` flag, as JSON Schema requires. A source that is invalid with it is compiled without
 */
export function compilePattern(source: string, unicode: boolean): CompiledPattern {
  return unicode ? compileUnicode(source) : compilePlain(source);
}

function compile(source: string, unicode: boolean): CompiledPattern {
  let native: RegExp;
  try {
    native = new RegExp(source, unicode ? 'u' : '');
  } catch (error) {
    if (unicode) return compile(source, false);
    const fault = (error as Error).message.replace(/^Invalid regular expression: /, '');
    return { ...unbounded('none', EVERY), slow: false, fault };
  }
  if (isPlain(source)) return unbounded('native', native);
  const growth = growthOf(source, unicode);
  if (growth.kind === 'linear') return unbounded('native', native);
  const slow = isSlow(growth);
  const linear = linearMatcher(source, unicode);
  if (linear) return { ...unbounded('linear', linear), slow };
  if (growth.kind !== 'polynomial') return { ...unbounded('none', EVERY), slow };
  const longest = Math.floor(STEPS ** (1 / growth.degree));
  return { how: 'bounded', matcher: bounded(native, longest), longest, slow };
}

function unbounded(how: CompiledPattern['how'], matcher: Matcher): CompiledPattern {
  return { how, matcher, longest: Number.POSITIVE_INFINITY, slow: false };
}

function isSlow(growth: Growth): boolean {
  return growth.kind === 'exponential' || (growth.kind === 'polynomial' && growth.degree >= SLOW_DEGREE);
}

/** One repetition at most, of a single character, in a text that is read from its beginning: most patterns are such, and need no further look. */
function isPlain(source: string): boolean {
  if (!source.startsWith('^') || /\||\\[1-9k]|\(\?<?[=!]|\)[*+?{]/.test(source)) return false;
  const repetitions = source.replace(/\\.|\[(?:[^\]\\]|\\.)*\]|\(\?/gs, '').match(/[*+?{]/g);
  return (repetitions?.length ?? 0) <= 1;
}

const EVERY: Matcher = { test: () => true, exec: () => ({}) };

function bounded(matcher: RegExp, longest: number): Matcher {
  return {
    test: (text) => text.length > longest || matcher.test(text),
    exec: (text) => (text.length > longest ? {} : matcher.exec(text)),
  };
}

/**
 * Compiles the patterns of profiles and documents into matchers that no text can occupy without end.
 *
 * A pattern that a backtracking matcher certainly matches in linear time uses JavaScript's own `RegExp`. Any other uses RE2. If RE2 cannot express it, it is
 * only matched against texts that are short enough, or not at all.
 * @module
 */
import { memoiseText } from '../runtime/memoise.js';
import { type Growth, growthOf } from './growth.js';
import { linearMatcher, type Matcher } from './linear.js';

export type { Matcher } from './linear.js';

/** A compiled pattern. */
export interface CompiledPattern {
  /** Matches every text if `how` is `none`. */
  readonly matcher: Matcher;
  /**
   * `native`: `RegExp`. `linear`: RE2. `bounded`: `RegExp`, and texts of more than `longest` characters match unchecked. `none`: every text matches unchecked.
   */
  readonly how: 'native' | 'linear' | 'bounded' | 'none';
  /** Characters. */
  readonly longest: number;
  /** Whether `RegExp` could take hours for a text of some hundred or thousand characters. */
  readonly slow: boolean;
  /** The syntax error, if it is not a regular expression. */
  readonly fault?: string;
}

/** Steps of a matcher that take some hundredths of a second. */
const STEPS = 10_000_000;
/** The degree of a polynomial from which a text as long as a header takes hours. */
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

/** Whether the pattern is anchored and has at most one repetition, of a single character. Most patterns are, and need no analysis. */
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

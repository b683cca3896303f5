/**
 * Compiles a pattern for a matcher with linear time: RE2 (its port to JavaScript), which supports JavaScript's syntax except look-arounds and back references.
 *
 * The pattern is rewritten from its tree, with each character as the set that it stands for in JavaScript, because RE2 defines some differently (`\s`, `.`).
 * The same texts match. The captures of groups may differ inside repetitions whose iterations may be empty or alternate.
 * @module
 */
import { createRequire } from 'node:module';
import { type PatternNode, parsePattern } from './parse.js';

/** The part of `RegExp` that is used. */
export interface Matcher {
  test(text: string): boolean;
  exec(text: string): { readonly groups?: Record<string, string> | undefined } | null;
}

const require = createRequire(import.meta.url);

/** Compiles a pattern; `undefined` if RE2 cannot express it. The library is loaded at the first call. */
export function linearMatcher(source: string, unicode: boolean): Matcher | undefined {
  const node = parsePattern(source, unicode);
  const written = node && write(node);
  if (written === undefined) return undefined;
  const { RE2JS } = require('re2js') as typeof import('re2js');
  try {
    const compiled = RE2JS.compile(written);
    return {
      test: (text) => compiled.test(text),
      exec: (text) => compiled.exec(text) as ReturnType<Matcher['exec']>,
    };
  } catch {
    // For example, a counted repetition above RE2's limit.
    return undefined;
  }
}

function write(node: PatternNode): string | undefined {
  switch (node.kind) {
    case 'character':
      return writeCharacter(node.source);
    case 'assertion':
      return ASSERTIONS[node.source];
    case 'sequence':
      return joined(node.parts, '');
    case 'choice':
      return joined(node.options, '|');
    case 'group': {
      const inner = write(node.body);
      if (inner === undefined) return undefined;
      return node.number === undefined
        ? `(?:${inner})`
        : node.name === undefined
          ? `(${inner})`
          : `(?P<${node.name}>${inner})`;
    }
    case 'repeat': {
      const inner = write(node.body);
      const { min, max, lazy } = node;
      const count = max === Number.POSITIVE_INFINITY ? `{${min},}` : `{${min},${max}}`;
      return inner === undefined ? undefined : `(?:${inner})${count}${lazy ? '?' : ''}`;
    }
    default:
      return undefined;
  }
}

/** Assertions in RE2's syntax. `^` and `$` match at the ends of the text only, because there is no flag m. */
const ASSERTIONS: Readonly<Record<string, string>> = { '^': '\\A', $: '\\z', '\\b': '\\b', '\\B': '\\B' };

function joined(nodes: readonly PatternNode[], between: string): string | undefined {
  const written: string[] = [];
  for (const node of nodes) {
    const one = write(node);
    if (one === undefined) return undefined;
    written.push(one);
  }
  return written.join(between);
}

const SPACE = '\\t-\\r \\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}\\x{feff}';
const NO_SPACE =
  '\\x{0}-\\x{8}\\x{e}-\\x{1f}!-\\x{9f}\\x{a1}-\\x{167f}\\x{1681}-\\x{1fff}\\x{200b}-\\x{2027}\\x{202a}-\\x{202e}\\x{2030}-\\x{205e}\\x{2060}-\\x{2fff}\\x{3001}-\\x{fefe}\\x{ff00}-\\x{10ffff}';
const EVERY = '\\x{0}-\\x{10ffff}';

/** The character classes as the content of brackets. */
const SETS: Readonly<Record<string, string>> = {
  '\\d': '0-9',
  '\\D': '\\x{0}-\\/:-\\x{10ffff}',
  '\\w': '0-9A-Z_a-z',
  '\\W': '\\x{0}-\\/:-@\\[-\\^`\\{-\\x{10ffff}',
  '\\s': SPACE,
  '\\S': NO_SPACE,
};

function writeCharacter(source: string): string | undefined {
  if (source === '.') return '[^\\n\\r\\x{2028}\\x{2029}]';
  if (source.startsWith('[')) return writeClass(source);
  const set = SETS[source];
  if (set !== undefined) return `[${set}]`;
  if (/^\\[pP]\{/.test(source)) return property(source);
  return hex(codeOf(source));
}

/** The members of a class: escapes, escaped surrogate pairs, single characters. */
const MEMBERS =
  /\\u[dD][89abAB][\dA-Fa-f]{2}\\u[dD][c-fC-F][\dA-Fa-f]{2}|\\u\{[\dA-Fa-f]+\}|\\u[\dA-Fa-f]{4}|\\x[\dA-Fa-f]{2}|\\c[A-Za-z]|\\[pP]\{[^}]*\}|\\.|./gsu;

function writeClass(source: string): string | undefined {
  const negated = source[1] === '^';
  const members = [...source.slice(negated ? 2 : 1, -1).matchAll(MEMBERS)].map(([member]) => member);
  let inside = '';
  for (let i = 0; i < members.length; i++) {
    const member = members[i]!;
    const set = SETS[member] ?? (/^\\[pP]\{/.test(member) ? property(member) : undefined);
    if (set === undefined && /^\\[pP]\{/.test(member)) return undefined;
    if (set !== undefined) {
      inside += set;
      continue;
    }
    const isRange = members[i + 1] === '-' && i + 2 < members.length && SETS[members[i + 2]!] === undefined;
    inside += isRange ? `${hex(memberCode(member))}-${hex(memberCode(members[i + 2]!))}` : hex(memberCode(member));
    if (isRange) i += 2;
  }
  if (inside === '') return negated ? `[${EVERY}]` : `[^${EVERY}]`;
  return `[${negated ? '^' : ''}${inside}]`;
}

/** A Unicode property. RE2 knows general categories and scripts by their short names. */
function property(source: string): string | undefined {
  const [, negation, name, value] = /^\\([pP])\{(?:(\w+)=)?(\w+)\}$/.exec(source) ?? [];
  if (value === undefined) return undefined;
  const isScript = name === 'Script' || name === 'sc';
  const isCategory = name === undefined || name === 'General_Category' || name === 'gc';
  const short = CATEGORIES[value] ?? value;
  if (!isScript && !(isCategory && /^[A-Z][a-z]?$/.test(short))) return undefined;
  return `\\${negation}{${short}}`;
}

const CATEGORIES: Readonly<Record<string, string>> = {
  Letter: 'L',
  Lowercase_Letter: 'Ll',
  Uppercase_Letter: 'Lu',
  Titlecase_Letter: 'Lt',
  Modifier_Letter: 'Lm',
  Other_Letter: 'Lo',
  Mark: 'M',
  Number: 'N',
  Decimal_Number: 'Nd',
  Punctuation: 'P',
  Symbol: 'S',
  Separator: 'Z',
  Space_Separator: 'Zs',
  Control: 'Cc',
  Other: 'C',
};

/** The code of a member of a class. There, `\b` is a backspace. */
function memberCode(member: string): number {
  return member === '\\b' ? 8 : codeOf(member);
}

const CONTROLS: Readonly<Record<string, number>> = { t: 9, n: 10, v: 11, f: 12, r: 13, 0: 0 };

function codeOf(source: string): number {
  const pair = /^\\u([\dA-Fa-f]{4})\\u([\dA-Fa-f]{4})$/.exec(source);
  if (pair) return String.fromCharCode(...pair.slice(1).map((half) => Number.parseInt(half, 16))).codePointAt(0)!;
  const numbered = /^\\(?:u\{([\dA-Fa-f]+)\}|u([\dA-Fa-f]{4})|x([\dA-Fa-f]{2}))$/.exec(source);
  if (numbered) return Number.parseInt(numbered.slice(1).find((digits) => digits !== undefined)!, 16);
  const control = /^\\c([A-Za-z])$/.exec(source);
  if (control) return control[1]!.charCodeAt(0) % 32;
  if (!source.startsWith('\\')) return source.codePointAt(0)!;
  return CONTROLS[source.slice(1)] ?? source.codePointAt(1)!;
}

function hex(code: number): string {
  return `\\x{${code.toString(16)}}`;
}

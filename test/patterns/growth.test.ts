/** How the time of a backtracking matcher can grow: told for patterns that are known, and held against a matcher that counts for those that are made up. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Growth, growthOf } from '../../src/patterns/growth.js';
import { parsePattern } from '../../src/patterns/parse.js';
import { runs } from '../properties/agree.js';
import { stepsOf } from './backtracking.js';

const KNOWN: Record<Growth['kind'], readonly string[]> = {
  exponential: [
    '^wk_(a+)+$',
    '^(a|a)*$',
    '^(a|aa)+$',
    '(x+x+)+y',
    '^(.*,)*x$',
    '^([a-zA-Z0-9]+\\s?)*$',
    '^(\\w+\\s?)+$',
    '(a*)*b',
    '^(?:a?){30}a{30}$',
    '^(a{1,30}){1,30}$',
    '^(?=(a+)+$)',
    '^(?:[\\w-]+\\.?)+@',
    '^(a+)+(?=b)',
    '^[\\p{L}]+$|^(é|[à-ÿ])+$',
  ],
  polynomial: [
    '\\s+$',
    '^\\s*(.*?)\\s*$',
    '^.*foo.*$',
    'a+b',
    '^\\S+@\\S+\\.\\S+$',
    '^.*.*.*x$',
    '^x|a+b',
    '^(?:(?!.*foo).)*$',
  ],
  linear: [
    '',
    'foo',
    '^[a-z]+$',
    '^k_(?<tier>[a-z]+)_.+$',
    '^[A-Za-z0-9_-]{1,255}$',
    '^(?!.*--)[a-z0-9-]+$',
    '^(?=.*[A-Z])(?=.*\\d).{8,}$',
    '^([a-z]+,)*[a-z]+$',
    '^[a-z0-9]+(?:-[a-z0-9]+)*$',
    '^(\\d{1,3}\\.){3}\\d{1,3}$',
    '^([\'"]).*\\1$',
    // What matches is not looked at any further.
    '\\s+',
    '(a+)+',
    '^(\\w+\\s?)+',
  ],
  unknown: ['^(a+)b\\1$', '(?<=a+)b', `^(${Array.from({ length: 500 }, (_, i) => `a${i}`).join('|')})$`],
};

describe.each(Object.entries(KNOWN))('%s', (kind, patterns) => {
  it.each(patterns)('%s', (pattern) => {
    expect(growthOf(pattern, true).kind).toBe(kind);
  });
});

it('has the degree of a polynomial', () => {
  expect(growthOf('^\\S+@\\S+$', true)).toEqual({ kind: 'polynomial', degree: 2 });
  expect(growthOf('^\\S+@\\S+\\.\\S+$', true)).toEqual({ kind: 'polynomial', degree: 3 });
});

/** Patterns over two letters: small enough that the texts that matter are short. */
const pattern = fc.letrec<{ pattern: string }>((tie) => ({
  pattern: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    fc.constantFrom('a', 'b', '[ab]', 'a', 'a*', 'b+', '[ab]*?', 'a?'),
    fc.tuple(tie('pattern'), tie('pattern')).map(([one, other]) => `${one}${other}`),
    fc.tuple(tie('pattern'), tie('pattern')).map(([one, other]) => `(?:${one}|${other})`),
    fc
      .tuple(tie('pattern'), fc.constantFrom('*', '+', '?', '{2}', '{1,3}', '{2,}', '*?'))
      .map(([body, count]) => `(?:${body})${count}`),
    tie('pattern').map((body) => `(?!${body})`),
  ),
})).pattern;

const TEXTS = ['aa', 'ab', 'ba', 'bb', 'aab', 'abb', 'a', 'b'].flatMap((round) =>
  ['', 'a', 'b'].flatMap((start) =>
    ['', 'c'].map((end) => (length: number) => start + round.repeat(length).slice(0, length) + end),
  ),
);

it('is not told to be linear where a matcher takes more than so many steps for each character', () => {
  fc.assert(
    fc.property(pattern, fc.constantFrom('^', ''), fc.constantFrom('$', 'c', ''), (body, start, end) => {
      const source = `${start}(?:${body})${end}`;
      if (growthOf(source, true).kind !== 'linear') return;
      const tree = parsePattern(source, true)!;
      for (const text of TEXTS) {
        const [short, long] = [20, 80].map((length) => stepsOf(tree, text(length), 1_000_000));
        // Four times the length is four times the work, and some more for what is done at the ends; quadratic would be sixteen times.
        expect(long, `${source} on ${text(40)}`).toBeLessThanOrEqual(8 * short! + 500);
      }
    }),
    runs(300),
  );
});

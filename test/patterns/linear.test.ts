/** A pattern as RE2 matches it: like `RegExp`, for all that it can express. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linearMatcher } from '../../src/patterns/linear.js';
import { runs } from '../properties/agree.js';

const character = fc.constantFrom(
  ...[
    'a',
    'b',
    '-',
    '.',
    'é',
    '😀',
    '[ab]',
    '[^a]',
    '[^]',
    '[]',
    '[\\w.-]',
    '[^\\s]',
    '[a-c\\d]',
    '[\\]\\-^]',
    '[\\b]',
    '[à-ÿ]',
    '[😀-😂]',
  ],
  ...[
    '\\w',
    '\\W',
    '\\d',
    '\\D',
    '\\s',
    '\\S',
    '\\n',
    '\\t',
    '\\0',
    '\\.',
    '\\/',
    '\\cJ',
    '\\x41',
    '\\u00e9',
    '\\u{1f600}',
    '\\ud83d\\ude00',
  ],
  ...[
    '\\p{L}',
    '\\P{L}',
    '\\p{Lu}',
    '[\\p{Nd}_]',
    '\\p{Script=Greek}',
    '\\p{Letter}',
    '[\\ud83d\\ude00-\\ud83d\\ude4f]',
  ],
);

const GREEDY = ['*', '+', '?', '{2}', '{1,3}', '{2,}'];

const patternWith = (counts: readonly string[], round: (body: string) => string) =>
  fc.letrec<{ pattern: string }>((tie) => ({
    pattern: fc.oneof(
      { maxDepth: 4, depthSize: 'small' },
      character,
      fc.tuple(character, fc.constantFrom('*', '+', '?', '{0,2}')).map((parts) => parts.join('')),
      // Within a pair of surrogates, where \B holds, only RegExp looks.
      fc.constantFrom('^', '$', '\\b'),
      fc.tuple(tie('pattern'), tie('pattern')).map((parts) => parts.join('')),
      fc.tuple(tie('pattern'), tie('pattern')).map(([one, other]) => `(?:${one}|${other})`),
      fc.tuple(tie('pattern'), fc.constantFrom(...counts)).map(([body, count]) => `(${round(body)})${count}`),
    ),
  })).pattern;

const text = fc
  .array(fc.constantFrom(...'ab-A.é1_ \n\r\t\0\b\u2028\u00a0\ufeffλΩ中٣]^/', '😀', '😁', '\u0300'), { maxLength: 8 })
  .map((characters) => characters.join(''));

describe('a pattern for RE2', () => {
  it('matches what RegExp does', () => {
    const pattern = patternWith([...GREEDY, '*?', '??', '+?'], (body) => body);
    fc.assert(
      fc.property(pattern, fc.array(text, { minLength: 10, maxLength: 20 }), (source, texts) => {
        const [native, matcher] = [new RegExp(source, 'u'), linearMatcher(source, true)];
        for (const given of texts)
          expect(matcher?.test(given), `${source} on ${JSON.stringify(given)}`).toBe(native.test(given));
      }),
      runs(500),
    );
  });

  // Where a round may be empty, the two can differ in which round takes what.
  it('names the same groups', () => {
    const pattern = patternWith(GREEDY, (body) => `${body}a`);
    fc.assert(
      fc.property(pattern, pattern, fc.array(text, { minLength: 10, maxLength: 20 }), (one, other, texts) => {
        const source = `${one}(?<named>${other})`;
        const [native, matcher] = [new RegExp(source, 'u'), linearMatcher(source, true)];
        for (const given of texts)
          expect(matcher?.exec(given)?.groups?.['named'], `${source} on ${JSON.stringify(given)}`).toBe(
            native.exec(given)?.groups?.['named'],
          );
      }),
      runs(500),
    );
  });

  it('knows where no word begins or ends', () => {
    const matcher = linearMatcher('a\\Bb', true)!;
    expect([matcher.test('ab'), linearMatcher('a\\B', true)!.test('a')]).toEqual([true, false]);
  });

  it.each(['(?=a)b', '(?<!a)b', '(a)\\1', '(?<x>a)\\k<x>', 'a{2000}', '\\p{Emoji}', '[\\p{Emoji}]'])(
    'is none for %s, which RE2 cannot express',
    (source) => {
      expect(linearMatcher(source, true)).toBeUndefined();
    },
  );
});

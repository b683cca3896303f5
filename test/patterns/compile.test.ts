/** Which matcher a pattern gets, and what that makes of texts that a backtracking one would never be done with. */
import { describe, expect, it } from 'vitest';
import { compilePattern } from '../../src/patterns/compile.js';

describe('a pattern is matched', () => {
  it('by RegExp where that is sure to be quick', () => {
    expect(compilePattern('^ad_(?<mode>live|test)_.+$', false)).toMatchObject({ how: 'native', slow: false });
    expect(compilePattern('^[a-z]+$', true).matcher).toEqual(/^[a-z]+$/u);
  });

  it('in linear time where RegExp might never be done', () => {
    const { how, slow, matcher } = compilePattern('^wk_(?<rest>(a+)+)$', false);
    expect({ how, slow }).toEqual({ how: 'linear', slow: true });
    expect(matcher.test(`wk_${'a'.repeat(100_000)}!`)).toBe(false);
    expect(matcher.exec('wk_aaa')?.groups).toMatchObject({ rest: 'aaa' });
  });

  it('in linear time where RegExp would be quadratic, of which nothing needs to be told', () => {
    const { how, slow, matcher } = compilePattern('\\s+$', true);
    expect({ how, slow }).toEqual({ how: 'linear', slow: false });
    expect(matcher.test(`${' '.repeat(1_000_000)}.`)).toBe(false);
  });

  it('up to some length, where only RegExp can express it and it is polynomial', () => {
    const { how, longest, matcher } = compilePattern('^(?!x)\\S+@\\S+\\.\\S+$', true);
    expect({ how, longest }).toEqual({ how: 'bounded', longest: 215 });
    expect(matcher.test('a@b.c')).toBe(true);
    expect(matcher.test('xa@b.c')).toBe(false);
    expect(matcher.test('x@'.repeat(100_000))).toBe(true);
  });

  it('not at all, where only RegExp can express it and it might never be done', () => {
    const { how, matcher } = compilePattern('^(?=(a+)+$)', true);
    expect(how).toBe('none');
    expect(matcher.test(`${'a'.repeat(100_000)}!`)).toBe(true);
  });

  it('without the flag u, where it is none with it', () => {
    const { how, fault, matcher } = compilePattern('^[\\w\\-\\.]+\\@x$', true);
    expect({ how, fault }).toEqual({ how: 'native', fault: undefined });
    expect(matcher.test('a.b-c@x')).toBe(true);
  });

  it('not at all, where it is no regular expression', () => {
    const { how, fault, matcher } = compilePattern('^(a', true);
    expect({ how, fault }).toEqual({ how: 'none', fault: '/^(a/: Unterminated group' });
    expect(matcher.test('b')).toBe(true);
  });

  it('whatever its size', () => {
    expect(compilePattern(`^(?:${'(?:'.repeat(3_000)}a+b+${')'.repeat(3_000)})$`, true).how).toBe('none');
    expect(
      compilePattern(`^(?:${Array.from({ length: 5_000 }, (_, i) => `w${i}`).join('|')})+$`, true).matcher.test('w1x'),
    ).toBe(false);
  });
});

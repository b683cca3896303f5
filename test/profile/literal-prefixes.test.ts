/** What a pattern says literally at its beginning. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { literalPrefixes } from '../../src/profile/callers/literal-prefixes.js';

describe('the prefixes of a pattern', () => {
  it.each<[string, string[]]>([
    ['^klinky_live_.+$', ['klinky_live_']],
    ['^ad_(?<mode>live|test)_.+$', ['ad_live_', 'ad_test_']],
    ['^sk_(?:test|live)_.+$', ['sk_test_', 'sk_live_']],
    ['^ak_(?:live_)?.+$', ['ak_live_', 'ak_']],
    ['^(a|b(c|d))_\\w+$', ['a_', 'bc_', 'bd_']],
    ['^a\\.b\\-c\\/[x]', ['a.b-c/']],
    ['^ab+c', ['ab']],
    ['^ab*c', ['a']],
    ['^ab{2}c', ['ab']],
    ['^a(?:bc){1}d', ['abcd']],
    ['^(?=x)a_.+', ['a_']],
    ['^ab?c', ['abc', 'ac']],
    ['^(?!sk_test_)sk_.+', ['sk_']],
    ['^a_.+|^b_.+$', ['a_', 'b_']],
    ['^(?:a_.+|b_.+)$', ['a_', 'b_']],
    ['^a_.+|b_.+$', ['a_']],
    ['^whole$', ['whole']],
    ['^[\\w-]+\\.[\\w-]+$', []],
    ['^\\d+$', []],
    ['^.+$', []],
    ['^\\x61bc', []],
    ['^(?<secret>.+)$', []],
    ['key_.+', []],
    ['', []],
    ['^', []],
  ])('%s', (pattern, prefixes) => {
    expect(literalPrefixes(pattern).prefixes).toEqual(prefixes);
  });

  it('are no more than can be told apart', () => {
    const { prefixes } = literalPrefixes(`^${'(?:a|b)'.repeat(30)}_x`);
    expect(prefixes.length).toBeLessThanOrEqual(64);
    expect(prefixes).toContain('aaaaaa');
  });

  it('tell which groups are spelt out', () => {
    const { literalGroups } = literalPrefixes('^(?<mode>live|test)_(?<team>[a-z]+)_(?<plan>free|pro)_(?<secret>.+)$');
    expect([...literalGroups]).toEqual(['mode', 'plan']);
  });

  it('begin every match', () => {
    const part = fc.constantFrom(
      'a',
      'b_',
      '(?:x|yz)',
      '(?<g>p|q)',
      '\\.',
      '[cd]',
      'e+',
      'f*',
      '.',
      '\\w',
      '(i.|j)',
      '(?:k|l)+',
    );
    const text = fc.stringMatching(/^[a-fi-lpqxyz._]{0,8}$/);
    fc.assert(
      fc.property(fc.uniqueArray(part, { maxLength: 5 }), fc.array(text, { minLength: 20 }), (parts, candidates) => {
        const source = `^${parts.join('')}`;
        const { prefixes } = literalPrefixes(source);
        if (prefixes.length === 0) return;
        const matching = candidates.filter((one) => new RegExp(source).test(one));
        expect(matching.filter((one) => !prefixes.some((prefix) => one.startsWith(prefix)))).toEqual([]);
      }),
    );
  });
});

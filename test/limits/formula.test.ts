import { describe, expect, it } from 'vitest';
import { compileFormula, type FactReader, FormulaError, formulaFunctions } from '../../src/limits/rules/formula.js';

const values: Record<string, unknown> = {
  'caller.repos': 30,
  'body.n': '7',
  'body.max-tokens': 12,
  'body.list.*.n': [1, '2', null, 3],
  'body.list': [{ text: 'ab' }, { text: 'c😀', more: ['d'] }],
  'body.text': 'héllo wörld',
  'body.word': 'no number',
  'body.empty': '',
};
const facts: FactReader = { read: (path) => values[path.join('.')] };
const value = (text: string) => compileFormula(text).evaluate(facts);

describe('a formula', () => {
  it.each<[string, unknown]>([
    ['1 + 2 * 3', 7],
    ['(1 + 2) * 3', 9],
    ['10 - 4 - 3', 3],
    ['-2 * 3', -6],
    ['7 % 4', 3],
    ['1e3 / 4', 250],
    ['min(12500, 5000 + 50 * max(0, caller.repos - 20))', 5_500],
    ['body.n + 1', 8],
    ['body.max-tokens - 2', 10],
    ['body.max-tokens ?? 3', 12],
    ['body.none ?? body.other ?? 16', 16],
    ['sum(body.list.*.n)', 6],
    ['length(body.list)', 2],
    ['length(body.text)', 11],
    ['chars(body.list)', 5],
    ['ceil(chars(body.text) / 4)', 3],
    ['ceil((0.1 + 0.2) * 10)', 3],
    ['floor((0.7 + 0.1) * 10)', 8],
    ['round(2.5)', 3],
    ['tokens(body.text)', 5],
    ['body.empty ?? 3', 3],
  ])('%s', (text, expected) => {
    expect(value(text)).toBe(expected);
  });

  it.each(['body.none', 'body.none + 1', 'min(body.none, 3)', 'body.word * 2', '1 / 0', 'caller.repos % 0'])(
    'has no value where a fact is absent or no number: %s',
    (text) => {
      expect(value(text)).toBeUndefined();
    },
  );

  it('knows whether it has a value for every request', () => {
    const sure = (text: string) => compileFormula(text, ([root]) => root === 'body').sure;
    expect([
      sure('1 + ip'),
      sure('body.n'),
      sure('body.n ?? 3'),
      sure('max(1, body.n)'),
      sure('(body.n ?? 1) * 2'),
    ]).toEqual([true, false, true, false, true]);
  });

  it('is computed once where it depends on nothing', () => {
    expect(compileFormula('min(3, 2) * 60').constant).toBe(120);
    expect(compileFormula('min(3, body.n)').constant).toBeUndefined();
  });

  it.each<[string, string]>([
    ['1 +', '"1 +" ends where a number, the path of a fact or a function belongs'],
    ['1 2', '"1 2" has "2" at character 3 where an operator or the end belongs'],
    ['(1', '"(1" ends where ")" belongs'],
    ['foo(1)', 'there is no function "foo"'],
    ['ceil(1, 2)', 'ceil() has 2 arguments'],
    ['a & b', '"a & b" has "&", which no formula has'],
    [`${'('.repeat(60)}1${')'.repeat(60)}`, 'the formula is nested too deeply'],
    ['1'.repeat(3_000), 'a formula of 3000 characters is too long'],
  ])('that is wrong says where: %s', (text, problem) => {
    expect(() => compileFormula(text)).toThrow(FormulaError);
    expect(() => compileFormula(text)).toThrow(problem);
  });

  it('has a description of each function', () => {
    for (const { title } of Object.values(formulaFunctions)) expect(title).toMatch(/\w/);
  });
});

/** The check of `npm run replicas` finds what it is there to find. */
import { describe, expect, test } from 'vitest';
import { checkHistory, type Operation } from '../../replicas/history.js';

/** One request after the other, each told one less than the one before. */
const inOrder = (outcomes: readonly Operation['outcome'][]): Operation[] =>
  outcomes.map((outcome, i) => ({ bucket: 'a', from: 2 * i, to: 2 * i + 1, outcome }));

describe('a history without violations', () => {
  test('one client', () => {
    expect(checkHistory(inOrder([2, 1, 0, 'refused']), 3)).toEqual({
      admitted: 3,
      refused: 1,
      unknown: 0,
      violations: [],
    });
  });

  test('requests at the same time in any order', () => {
    const history = [2, 0, 1].map((outcome, i): Operation => ({ bucket: 'a', from: i, to: 10 + i, outcome }));
    expect(checkHistory(history, 3).violations).toEqual([]);
  });

  test('a request whose outcome is unknown may have taken a unit, or not', () => {
    expect(checkHistory(inOrder([2, 'unknown', 0, 'refused']), 3).violations).toEqual([]);
    expect(checkHistory(inOrder([2, 'unknown', 1, 0, 'refused']), 3).violations).toEqual([]);
  });

  test('buckets have nothing to do with each other', () => {
    const other = inOrder([1, 0]).map((operation) => ({ ...operation, bucket: 'b' }));
    expect(checkHistory([...inOrder([1, 0]), ...other], 2).violations).toEqual([]);
  });
});

describe('a violation', () => {
  test.each<[string, Operation['outcome'][], string]>([
    ['two are told the same', [2, 1, 1], 'a: two requests were told that 1 are left'],
    ['more is left than there was', [3], 'a: a request was told that 3 of 3 are left'],
    ['less than nothing is left', [2, 1, 0, -1], 'a: a request was told that -1 of 3 are left'],
    ['a unit is gone', [2, 0], 'a: 1 units are gone, but the outcome of only 0 requests is unknown'],
    ['a refusal comes too early', [2, 'refused'], 'a: 2 units are gone, but the outcome of only 0 requests is unknown'],
    ['a later request is told more', [1, 2, 0], 'a: a request was told that 2 are left after another was told 1'],
    [
      'one is admitted after a refusal',
      [2, 1, 'refused', 0],
      'a: a request was told that 0 are left after another was told 0',
    ],
  ])('%s', (_what, outcomes, violation) => {
    expect(checkHistory(inOrder(outcomes), 3).violations).toContain(violation);
  });
});

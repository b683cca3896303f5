/** Names of callers in sentences of a report. */
import { expect, it } from 'vitest';
import { joinNames } from '../../src/verdict/words.js';

it.each([
  [['key a'], 'key a'],
  [['key a', 'key b'], 'key a and key b'],
  [['key sk_…', 'key sk_…'], 'key sk_… (1) and key sk_… (2)'],
  [['key sk_…', 'key b', 'key sk_…'], 'key sk_… (1), key b and key sk_… (2)'],
  [['key sk_…', 'key sk_…', 'key sk_…', 'key sk_…'], '4 keys'],
])('%j are %s', (names, says) => {
  expect(joinNames(names, 'key')).toBe(says);
});

/** Memoised functions compute once per key, and store no more than they may. */
import { describe, expect, it, vi } from 'vitest';
import { memoise, memoiseLast, memoiseText, memoiseWeakly } from '../src/runtime/memoise.js';

describe('memoise', () => {
  it('computes the value of a key once', () => {
    const make = vi.fn((key: number) => ({ key }));
    const get = memoise(make, { max: 10 });
    expect(get(1)).toBe(get(1));
    expect(get(2)).toEqual({ key: 2 });
    expect(make).toHaveBeenCalledTimes(2);
  });

  it('drops all results when there are as many as it may store', () => {
    const make = vi.fn((key: number) => key * 2);
    const get = memoise(make, { max: 2 });
    expect([get(1), get(2), get(1), get(3), get(1)]).toEqual([2, 4, 2, 6, 2]);
    expect(make.mock.calls).toEqual([[1], [2], [3], [1]]);
  });

  it('stores nothing of a computation that throws', () => {
    const get = memoise((key: number) => JSON.parse(key === 1 ? '{' : '1') as number, { max: 2 });
    expect(() => get(1)).toThrow(SyntaxError);
    expect(() => get(1)).toThrow(SyntaxError);
    expect(get(2)).toBe(1);
  });
});

describe('memoiseText', () => {
  it('stores no result of a text that is too long, and none that is undefined', () => {
    const make = vi.fn((text: string) => (text === 'no' ? undefined : text.toUpperCase()));
    const get = memoiseText(make, { max: 10, maxLength: 3 });
    expect([get('abc'), get('abc'), get('abcd'), get('abcd'), get('no'), get('no')]).toEqual([
      'ABC',
      'ABC',
      'ABCD',
      'ABCD',
      undefined,
      undefined,
    ]);
    expect(make.mock.calls).toEqual([['abc'], ['abcd'], ['abcd'], ['no'], ['no']]);
  });

  it('drops all results when there are as many as it may store', () => {
    const make = vi.fn((text: string) => text.length);
    const get = memoiseText(make, { max: 2, maxLength: 3 });
    expect([get('a'), get('bb'), get('a'), get('ccc'), get('a')]).toEqual([1, 2, 1, 3, 1]);
    expect(make.mock.calls).toEqual([['a'], ['bb'], ['ccc'], ['a']]);
  });

  it('drops all results when the next text would exceed the total length', () => {
    const make = vi.fn((text: string) => text.length);
    const get = memoiseText(make, { max: 10, maxLength: 3, maxTotalLength: 5 });
    expect([get('aaa'), get('bb'), get('aaa'), get('c'), get('aaa'), get('c')]).toEqual([3, 2, 3, 1, 3, 1]);
    expect(make.mock.calls).toEqual([['aaa'], ['bb'], ['c'], ['aaa']]);
  });
});

it('memoiseWeakly computes the value of an object once', () => {
  const make = vi.fn((key: { readonly name: string }) => [key.name]);
  const get = memoiseWeakly(make);
  const [a, b] = [{ name: 'a' }, { name: 'a' }];
  expect(get(a)).toBe(get(a));
  expect(get(b)).not.toBe(get(a));
  expect(make).toHaveBeenCalledTimes(2);
});

it('memoiseLast computes a value again once another key was used', () => {
  const make = vi.fn((key: number) => String(key));
  const get = memoiseLast(make);
  expect([get(1), get(1), get(2), get(1)]).toEqual(['1', '1', '2', '1']);
  expect(make.mock.calls).toEqual([[1], [2], [1]]);
});

it('memoiseLast takes texts, the empty one included', () => {
  const make = vi.fn((key: string) => key.length);
  const get = memoiseLast(make);
  expect([get(''), get(''), get('a'), get('a')]).toEqual([0, 0, 1, 1]);
  expect(make.mock.calls).toEqual([[''], ['a']]);
});

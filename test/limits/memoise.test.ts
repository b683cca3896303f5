/** Memoised functions compute once per key, and store no more than they may. */
import { describe, expect, it, vi } from 'vitest';
import { memoise, memoiseLast, memoiseWeakly } from '../../src/limits/memoise.js';

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

it('memoiseWeakly computes the value of an object once', () => {
  const make = vi.fn((key: { readonly name: string }) => [key.name]);
  const get = memoiseWeakly(make);
  const [a, b] = [{ name: 'a' }, { name: 'a' }];
  expect(get(a)).toBe(get(a));
  expect(get(b)).not.toBe(get(a));
  expect(make).toHaveBeenCalledTimes(2);
});

it('memoiseLast computes the value of a number again once another was asked for', () => {
  const make = vi.fn((key: number) => String(key));
  const get = memoiseLast(make);
  expect([get(1), get(1), get(2), get(1)]).toEqual(['1', '1', '2', '1']);
  expect(make.mock.calls).toEqual([[1], [2], [1]]);
});

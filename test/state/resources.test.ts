/** Items as they are kept: put away as text or not, they hold the same; and who has a unique key. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Resources, Shelf } from '../../src/state/resources.js';
import { Texts } from '../../src/state/texts.js';
import { openShop } from '../sandbox/shop.js';

const kept = (data: Record<string, unknown>) =>
  new Resources().add(new Shelf(), { id: 'a', createdAt: 1, updatedAt: 1, data, uniqueKeys: [] });

const texts = new Texts();

/** JSON has no sign for zero; what is written of it is the same. */
const unsigned = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('an item that is put away as text', () => {
  it('holds what it held', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ maxDepth: 4 })), (data) => {
        const plain = unsigned(data) as Record<string, unknown>;
        const item = kept(plain);
        item.pack(JSON.stringify(plain), texts);
        expect(item.data).not.toBe(plain);
        expect(item.data).toEqual(plain);
        // And stays the same object, for what is kept by it.
        expect(item.data).toBe(item.data);
      }),
    );
  });

  it('holds it whatever has been put away before it, and however long it is', () => {
    const store = new Texts();
    const texts = [1, 80_000, 86_000, 90_000, 400_000, 3].map((length, i) => ({ of: '☃'.repeat(length), i }));
    const items = texts.map((data) => {
      const item = kept(data);
      item.pack(JSON.stringify(data), store);
      return item;
    });
    expect(items.map(({ data }) => data)).toEqual(texts);
    expect(items[4]!.data).toBe(texts[4]);
  });

  it.each([
    ['at the top', { price: Number.POSITIVE_INFINITY }],
    ['beside a null', { a: null, price: Number.NEGATIVE_INFINITY }],
    ['in a list', { prices: [1, Number.NaN] }],
    ['further down', { a: [{ b: { c: Number.POSITIVE_INFINITY } }] }],
  ])('keeps a number that JSON cannot write: %s', (_where, data) => {
    const item = kept(data);
    item.pack(JSON.stringify(data), texts);
    expect(item.data).toBe(data);
  });

  it('takes other data like any', () => {
    const shelf = new Shelf();
    const item = new Resources().add(shelf, { id: 'a', createdAt: 1, updatedAt: 1, data: { a: 1 }, uniqueKeys: [] });
    item.pack('{"a":1}', texts);
    shelf.update(item, { a: 2 }, ['k'], 5);
    expect([item.data, item.updatedAt, shelf.owner('k')]).toEqual([{ a: 2 }, 5, item]);
  });
});

describe('a unique key', () => {
  const item = (id: string) => ({ id, createdAt: 0, updatedAt: 0, serial: 0, data: {}, uniqueKeys: ['k'] });

  it('is taken by whoever has it, but for oneself', () => {
    const shelf = new Shelf();
    expect(shelf.isTaken('k')).toBe(false);
    shelf.put(item('a'));
    expect([shelf.isTaken('k'), shelf.isTaken('k', 'a'), shelf.isTaken('k', 'b')]).toEqual([true, false, true]);
    shelf.put(item('b'));
    expect([shelf.isTaken('k', 'a'), shelf.isTaken('k', 'c')]).toEqual([true, true]);
    shelf.remove('b');
    expect([shelf.isTaken('k', 'a'), shelf.isTaken('k', 'c')]).toEqual([false, true]);
    shelf.remove('a');
    expect(shelf.isTaken('k')).toBe(false);
  });

  it('tells values of different kinds apart, and fields that are not there from such as are empty', () => {
    const { call } = openShop();
    const add = (phone: unknown) => call('POST', '/people', { phone }).status;
    for (const phone of ['1', 1, '', 'a"b', ['1'], { a: 1 }, 'null', 'ü…'])
      expect([phone, add(phone)]).toEqual([phone, 201]);
    for (const phone of ['1', 1, '', 'a"b', ['1'], { a: 1 }, 'null', 'ü…'])
      expect([phone, add(phone)]).toEqual([phone, 400]);
    for (let i = 0; i < 2; i++) expect(add(null)).toBe(201);
  });
});

describe('the version of a shelf', () => {
  it('rises with everything that is done to it, and only then', () => {
    const shelf = new Shelf();
    const item = { id: 'a', createdAt: 0, updatedAt: 0, serial: 0, data: {}, uniqueKeys: [] };
    const versions = [shelf.version];
    const noted = (change: () => void) => {
      change();
      versions.push(shelf.version);
    };
    noted(() => shelf.put(item));
    noted(() => shelf.update(item, {}, [], 1));
    noted(() => shelf.load([{ ...item, id: 'b' }], []));
    noted(() => shelf.remove('a'));
    expect(versions).toEqual([...new Set(versions)].sort((a, b) => a - b));
    const before = shelf.version;
    shelf.remove('a');
    shelf.owner('k');
    expect(shelf.version).toBe(before);
  });
});

/** What no two items share, whom that binds, how items are found by it, and cursors that tell a position. */
import { describe, expect, it } from 'vitest';
import { MemoryCollection } from '../../src/state/resources/collection-store.js';
import { openShop } from '../sandbox/shop.js';

describe('a uniqueness rule with exceptions', () => {
  it('binds only the items without the excepting field, but to all that are there', () => {
    const { call } = openShop();
    const add = (body: object) => call('POST', '/people', body).status;
    expect(add({ phone: '1', ref: 'A' })).toBe(201);
    expect(add({ phone: '1', ref: 'B' })).toBe(400);
    expect(add({ phone: '2', ref: 'A' })).toBe(201);
    expect(add({ ref: 'A' })).toBe(400);
    expect(add({ ref: 'B' })).toBe(201);
    expect(add({ ref: 'B' })).toBe(400);
  });

  it('leaves those that share a value to be found one after the other, and frees it with the last', () => {
    const { call } = openShop();
    for (const phone of ['1', '2']) call('POST', '/people', { phone, ref: 'A' });
    expect(call('DELETE', '/people?ref=A').body).toEqual({ removed: 1 });
    expect(call('POST', '/people', { ref: 'A' }).status).toBe(400);
    expect(call('DELETE', '/people?ref=A').body).toEqual({ removed: 2 });
    expect(call('POST', '/people', { ref: 'A' }).status).toBe(201);
  });
});

describe('what a body may not say twice', () => {
  it.each([
    [[], 201],
    [['a', 'b'], 201],
    [['a', 'b', 'a'], 400],
    // Entries that leave it out are not alike in that, and hide no others that are.
    [[undefined, undefined], 201],
    [[undefined, undefined, 'a', 'a'], 400],
  ])('%j: %d', (names, status) => {
    const { call } = openShop(['no-twins']);
    const body = { phone: '1', names: names.map((first) => ({ first })) };
    expect(call('POST', '/people', body).status).toBe(status);
  });
});

describe('finding by fields', () => {
  it('takes the first that is given; an empty one is not', () => {
    const { call } = openShop();
    call('POST', '/people', { phone: '1', ref: 'A' });
    expect(call('DELETE', '/people?ref=B&phone=1').status).toBe(404);
    expect(call('DELETE', '/people?ref=&phone=1').status).toBe(200);
  });
});

describe('a shelf', () => {
  const item = (id: string, ...uniqueKeys: string[]) => ({
    id,
    createdAt: 0,
    updatedAt: 0,
    serial: 0,
    data: {},
    uniqueKeys,
  });

  it('knows all owners of a key, in order, through changes', () => {
    const collectionStore = new MemoryCollection();
    for (const id of ['a', 'b', 'c']) collectionStore.put(item(id, 'k'));
    expect(collectionStore.shared).toEqual([['k', ['a', 'b', 'c']]]);
    collectionStore.update(collectionStore.get('a')!, {}, ['other'], 1);
    expect(collectionStore.shared).toEqual([['k', ['b', 'c']]]);
    collectionStore.remove('b');
    expect(collectionStore.owner('k')?.id).toBe('c');
    expect(collectionStore.owner('other')?.id).toBe('a');
    collectionStore.remove('c');
    expect(collectionStore.isTaken('k')).toBe(false);
    expect(collectionStore.owner('k')).toBeUndefined();
  });
});

describe('a cursor that tells a position', () => {
  it('is base64 of how many have been given out, and absent on the last page', () => {
    const { call } = openShop();
    for (const ref of ['A', 'B', 'C']) call('POST', '/people', { ref });
    const first = call('GET', '/people').body;
    expect(first).toEqual({ ids: [1, 2], next: btoa('{"position":2}'), more: true });
    expect(call('GET', `/people?cursor=${first.next}`).body).toEqual({ ids: [3], next: null, more: false });
    expect(call('GET', `/people?cursor=${btoa('{"position":9}')}`).body.ids).toEqual([]);
  });

  it('is refused when nobody gave it out', () => {
    const { call } = openShop();
    for (const cursor of ['nonsense', btoa('{"position":-1}'), btoa('{"position":"2"}'), btoa('null'), btoa('[2]')])
      expect(call('GET', `/people?cursor=${cursor}`)).toMatchObject({ status: 400, body: { error: 'cursor' } });
  });
});

/** Items as they are kept: put away or not, they are the same; and who has a unique key. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Shelf } from '../../src/state/resources/collection-store.js';
import type { Item, Job } from '../../src/state/resources/item.js';
import { Resources } from '../../src/state/resources/resources.js';
import { runs } from '../properties/agree.js';
import { openShop } from '../sandbox/shop.js';

type Data = Record<string, unknown>;

const newItem = (data: Data, id = 'a', job?: Job) => ({
  id,
  createdAt: 1,
  updatedAt: 1,
  data,
  uniqueKeys: ['[0,"k"]'],
  job,
});

/** JSON has no sign for zero; what is written of it is the same. */
const unsigned = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('an item that is put away', () => {
  it('is what it was, and from then on one object', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ maxDepth: 4 })),
        fc.string({ unit: 'binary' }),
        (data, id) => {
          const plain = unsigned(data) as Data;
          const resources = new Resources();
          const shelf = resources.open('things', '', []);
          const item = resources.add(shelf, newItem(plain, id), JSON.stringify(plain));
          expect(shelf.has(id)).toBe(true);
          const found = shelf.get(id)!;
          expect(found).toEqual(item);
          expect(shelf.get(id)).toBe(found);
          expect(shelf.all()).toEqual([found]);
          expect(shelf.owner('[0,"k"]')).toBe(found);
        },
      ),
      runs(300),
    );
  });

  it('is so whatever has been put away before it, and however long it is', () => {
    const resources = new Resources();
    const shelf = resources.open('things', '', []);
    const texts = [1, 80_000, 86_000, 90_000, 400_000, 3].map((length, i) => ({ of: '☃'.repeat(length), i }));
    for (const data of texts)
      resources.add(shelf, { ...newItem(data, `${data.i}`), uniqueKeys: [] }, JSON.stringify(data));
    for (const data of [...texts].reverse()) expect(shelf.get(`${data.i}`)!.data).toEqual(data);
  });

  it('keeps what is put where others were', () => {
    const resources = new Resources();
    const shelf = resources.open('things', '', []);
    const data = { of: 'x'.repeat(1_000) };
    for (let round = 0; round < 20; round++) {
      for (let i = 0; i < 500; i++)
        resources.add(shelf, { ...newItem({ ...data, i }, `${i}`), uniqueKeys: [] }, JSON.stringify({ ...data, i }));
      expect(shelf.get('7')!.data).toEqual({ ...data, i: 7 });
      for (let i = 0; i < 500; i++) if (i !== round) expect(shelf.remove(`${i}`)).toBe(true);
    }
    expect(shelf.all().map(({ id }) => id)).toEqual(Array.from({ length: 20 }, (_, i) => `${i}`).slice(19));
  });

  it.each([
    ['a number that JSON cannot write', { price: Number.POSITIVE_INFINITY }],
    ['such a number beside a null', { a: null, price: Number.NEGATIVE_INFINITY }],
    ['such a number in a list', { prices: [1, Number.NaN] }],
    ['such a number further down', { a: [{ b: { c: Number.POSITIVE_INFINITY } }] }],
    ['nothing in a list', { a: [undefined, 1] }],
  ])('keeps %s', (_what, data) => {
    const resources = new Resources();
    const shelf = resources.open('things', '', []);
    resources.add(shelf, newItem(data), JSON.stringify(data));
    expect(shelf.get('a')!.data).toBe(data);
  });

  it.each<[string, Job]>([
    ['that ends', { endsAt: 5, outcome: 'done', holds: [] }],
    ['that runs until told otherwise', { endsAt: null, outcome: 'failed', holds: [] }],
    ['that holds a place', { endsAt: 5, outcome: 'done', holds: [{ policy: 'p', partition: 'x' }] }],
    ['that tells of its end', { endsAt: 5, outcome: 'done', holds: [], webhook: { url: 'u', base: 'b' } }],
  ])('may be a job %s', (_what, job) => {
    const resources = new Resources();
    const shelf = resources.open('things', '', []);
    resources.add(shelf, newItem({}, 'a', { ...job }), '{}');
    expect([...resources.jobs()].map(({ item }) => item.job)).toEqual([job]);
    expect(shelf.lively).toBe(true);
  });

  it('takes other data like any', () => {
    const resources = new Resources();
    const shelf = resources.open('things', '', []);
    resources.add(shelf, newItem({ a: 1 }), '{"a":1}');
    const item = shelf.get('a')!;
    shelf.update(item, { a: 2 }, ['k'], 5);
    expect([item.data, item.updatedAt, shelf.owner('k')]).toEqual([{ a: 2 }, 5, item]);
    expect(shelf.owner('[0,"k"]')).toBeUndefined();
  });

  it('is gone with the others when all is let go of, and its memory is for whoever comes next', () => {
    const resources = new Resources();
    const fill = () => {
      const shelf = resources.open('things', '', []);
      for (let i = 0; i < 3_000; i++)
        resources.add(shelf, { ...newItem({ i, of: 'x'.repeat(300) }, `${i}`), uniqueKeys: [] }, JSON.stringify({ i }));
      return shelf;
    };
    fill();
    resources.discard();
    expect([...resources.shelves()]).toEqual([]);
    const other = new Resources();
    const shelf = other.open('things', '', []);
    for (let i = 0; i < 3_000; i++)
      other.add(shelf, { ...newItem({ i }, `o${i}`), uniqueKeys: [] }, JSON.stringify({ i }));
    fill();
    expect(shelf.all().map(({ id, data }) => [id, data])).toEqual(
      Array.from({ length: 3_000 }, (_, i) => [`o${i}`, { i }]),
    );
  });
});

describe('a collection that is forgotten', () => {
  it('leaves its memory to the next', () => {
    const resources = new Resources();
    const fill = () => {
      const shelf = resources.open('things', '', []);
      for (let i = 0; i < 20_000; i++)
        resources.add(shelf, { ...newItem({ i }, `${i}`), uniqueKeys: [] }, `{"i":${i},"of":"${'x'.repeat(200)}"}`);
      resources.forget('things');
    };
    fill();
    const before = process.memoryUsage().arrayBuffers;
    for (let round = 0; round < 5; round++) fill();
    // A round takes five megabytes of records; indices that have been outgrown wait for the next collection.
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(12_000_000);
  });
});

describe('a shelf', () => {
  const ids = fc.constantFrom('a', 'b', 'c', 'd', 'é', '\ud83d', 'a\nb');
  const keys = fc.uniqueArray(fc.constantFrom('[0,"x"]', '[0,"y"]', '[1,"x"]', '[1,"☃"]'), { maxLength: 2 });
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.record({ does: fc.constant('put' as const), id: ids, keys, packs: fc.boolean() }) },
    { weight: 1, arbitrary: fc.record({ does: fc.constant('get' as const), id: ids }) },
    { weight: 1, arbitrary: fc.record({ does: fc.constant('has' as const), id: ids }) },
    { weight: 2, arbitrary: fc.record({ does: fc.constant('remove' as const), id: ids }) },
    { weight: 1, arbitrary: fc.record({ does: fc.constant('update' as const), id: ids, keys }) },
    { weight: 1, arbitrary: fc.record({ does: fc.constant('owner' as const), keys }) },
    { weight: 1, arbitrary: fc.record({ does: fc.constant('taken' as const), id: ids, keys }) },
    { weight: 1, arbitrary: fc.record({ does: fc.constant('all' as const) }) },
  );

  it('is the same whether items are put away or not', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
        const [packing, plain] = [new Shelf(), new Shelf()];
        let serial = 0;
        const shown = (item: Item | undefined) => item && { ...item };
        const both = (does: (shelf: Shelf, packs: boolean) => unknown) => {
          const told = does(packing, true);
          expect(told).toEqual(does(plain, false));
        };
        for (const step of steps) {
          if (step.does === 'put') {
            serial += 1;
            const item = (): Item => ({
              ...{ id: step.id, createdAt: serial, updatedAt: serial, serial },
              ...{ data: { serial }, uniqueKeys: step.keys, job: undefined },
            });
            both((shelf, packs) => shelf.put(item(), packs && step.packs ? JSON.stringify({ serial }) : undefined));
          } else if (step.does === 'get') both((shelf) => shown(shelf.get(step.id)));
          else if (step.does === 'has') both((shelf) => shelf.has(step.id));
          else if (step.does === 'remove') both((shelf) => shelf.remove(step.id));
          else if (step.does === 'owner') both((shelf) => step.keys.map((key) => shown(shelf.owner(key))));
          else if (step.does === 'taken')
            both((shelf) => step.keys.map((key) => [shelf.isTaken(key), shelf.isTaken(key, step.id)]));
          else if (step.does === 'all') both((shelf) => shelf.all().map(shown));
          else
            both((shelf) => {
              const item = shelf.get(step.id);
              if (item) shelf.update(item, { other: true }, step.keys, 100);
            });
          both((shelf) => [shelf.shared, shelf.version]);
        }
        both((shelf) => shelf.all().map(shown));
      }),
      runs(500),
    );
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

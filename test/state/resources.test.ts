/** Items as they are kept: put away or not, they are the same; and who has a unique key. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MemoryCollection } from '../../src/state/resources/collection-store.js';
import type { Item, JobProgress } from '../../src/state/resources/item.js';
import { Resources } from '../../src/state/resources/resources.js';
import { runs } from '../properties/agree.js';
import { openShop } from '../sandbox/shop.js';

type Data = Record<string, unknown>;

const newItem = (data: Data, id = 'a', job?: JobProgress) => ({
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
          const collectionStore = resources.open('things', '', []);
          const item = resources.add(collectionStore, newItem(plain, id), JSON.stringify(plain));
          expect(collectionStore.has(id)).toBe(true);
          const found = collectionStore.get(id)!;
          expect(found).toEqual(item);
          expect(collectionStore.get(id)).toBe(found);
          expect(collectionStore.all()).toEqual([found]);
          expect(collectionStore.owner('[0,"k"]')).toBe(found);
        },
      ),
      runs(120),
    );
  });

  it('is so whatever has been put away before it, and however long it is', () => {
    const resources = new Resources();
    const collectionStore = resources.open('things', '', []);
    const texts = [1, 80_000, 86_000, 90_000, 400_000, 3].map((length, i) => ({ of: '☃'.repeat(length), i }));
    for (const data of texts)
      resources.add(collectionStore, { ...newItem(data, `${data.i}`), uniqueKeys: [] }, JSON.stringify(data));
    for (const data of [...texts].reverse()) expect(collectionStore.get(`${data.i}`)!.data).toEqual(data);
  });

  it('keeps what is put where others were', () => {
    const resources = new Resources();
    const collectionStore = resources.open('things', '', []);
    const data = { of: 'x'.repeat(1_000) };
    for (let round = 0; round < 20; round++) {
      for (let i = 0; i < 500; i++)
        resources.add(
          collectionStore,
          { ...newItem({ ...data, i }, `${i}`), uniqueKeys: [] },
          JSON.stringify({ ...data, i }),
        );
      expect(collectionStore.get('7')!.data).toEqual({ ...data, i: 7 });
      for (let i = 0; i < 500; i++) if (i !== round) expect(collectionStore.remove(`${i}`)).toBe(true);
    }
    expect(collectionStore.all().map(({ id }) => id)).toEqual(Array.from({ length: 20 }, (_, i) => `${i}`).slice(19));
  });

  it.each([
    ['a number that JSON cannot write', { price: Number.POSITIVE_INFINITY }],
    ['such a number beside a null', { a: null, price: Number.NEGATIVE_INFINITY }],
    ['such a number in a list', { prices: [1, Number.NaN] }],
    ['such a number further down', { a: [{ b: { c: Number.POSITIVE_INFINITY } }] }],
    ['nothing in a list', { a: [undefined, 1] }],
  ])('keeps %s', (_what, data) => {
    const resources = new Resources();
    const collectionStore = resources.open('things', '', []);
    resources.add(collectionStore, newItem(data), JSON.stringify(data));
    expect(collectionStore.get('a')!.data).toBe(data);
  });

  it.each<[string, JobProgress]>([
    ['that ends', { endsAt: 5, outcome: 'done', holds: [] }],
    ['that runs until told otherwise', { endsAt: null, outcome: 'failed', holds: [] }],
    ['that holds a place', { endsAt: 5, outcome: 'done', holds: [{ policy: 'p', partition: 'x' }] }],
    ['that tells of its end', { endsAt: 5, outcome: 'done', holds: [], webhook: { url: 'u', base: 'b' } }],
  ])('may be a job %s', (_what, job) => {
    const resources = new Resources();
    const collectionStore = resources.open('things', '', []);
    resources.add(collectionStore, newItem({}, 'a', { ...job }), '{}');
    expect([...resources.jobs()].map(({ item }) => item.job)).toEqual([job]);
    expect(collectionStore.hasJobs).toBe(true);
  });

  it('takes other data like any', () => {
    const resources = new Resources();
    const collectionStore = resources.open('things', '', []);
    resources.add(collectionStore, newItem({ a: 1 }), '{"a":1}');
    const item = collectionStore.get('a')!;
    collectionStore.update(item, { a: 2 }, ['k'], 5);
    expect([item.data, item.updatedAt, collectionStore.owner('k')]).toEqual([{ a: 2 }, 5, item]);
    expect(collectionStore.owner('[0,"k"]')).toBeUndefined();
  });

  it('is gone with the others when all is let go of, and its memory is for whoever comes next', () => {
    const resources = new Resources();
    const fill = () => {
      const collectionStore = resources.open('things', '', []);
      for (let i = 0; i < 3_000; i++)
        resources.add(
          collectionStore,
          { ...newItem({ i, of: 'x'.repeat(300) }, `${i}`), uniqueKeys: [] },
          JSON.stringify({ i }),
        );
      return collectionStore;
    };
    fill();
    resources.discard();
    expect([...resources.collectionStores()]).toEqual([]);
    const other = new Resources();
    const collectionStore = other.open('things', '', []);
    for (let i = 0; i < 3_000; i++)
      other.add(collectionStore, { ...newItem({ i }, `o${i}`), uniqueKeys: [] }, JSON.stringify({ i }));
    fill();
    expect(collectionStore.all().map(({ id, data }) => [id, data])).toEqual(
      Array.from({ length: 3_000 }, (_, i) => [`o${i}`, { i }]),
    );
  });
});

describe('a collection that is forgotten', () => {
  it('leaves its memory to the next', () => {
    const resources = new Resources();
    const fill = () => {
      const collectionStore = resources.open('things', '', []);
      for (let i = 0; i < 20_000; i++)
        resources.add(
          collectionStore,
          { ...newItem({ i }, `${i}`), uniqueKeys: [] },
          `{"i":${i},"of":"${'x'.repeat(200)}"}`,
        );
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
        const [packing, plain] = [new MemoryCollection(), new MemoryCollection()];
        let serial = 0;
        const shown = (item: Item | undefined) => item && { ...item };
        const both = (does: (collectionStore: MemoryCollection, packs: boolean) => unknown) => {
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
            both((collectionStore, packs) =>
              collectionStore.put(item(), packs && step.packs ? JSON.stringify({ serial }) : undefined),
            );
          } else if (step.does === 'get') both((collectionStore) => shown(collectionStore.get(step.id)));
          else if (step.does === 'has') both((collectionStore) => collectionStore.has(step.id));
          else if (step.does === 'remove') both((collectionStore) => collectionStore.remove(step.id));
          else if (step.does === 'owner')
            both((collectionStore) => step.keys.map((key) => shown(collectionStore.owner(key))));
          else if (step.does === 'taken')
            both((collectionStore) =>
              step.keys.map((key) => [collectionStore.isTaken(key), collectionStore.isTaken(key, step.id)]),
            );
          else if (step.does === 'all') both((collectionStore) => collectionStore.all().map(shown));
          else
            both((collectionStore) => {
              const item = collectionStore.get(step.id);
              if (item) collectionStore.update(item, { other: true }, step.keys, 100);
            });
          both((collectionStore) => [collectionStore.shared, collectionStore.version]);
        }
        both((collectionStore) => collectionStore.all().map(shown));
      }),
      runs(200),
    );
  });
});

describe('a unique key', () => {
  const item = (id: string) => ({ id, createdAt: 0, updatedAt: 0, serial: 0, data: {}, uniqueKeys: ['k'] });

  it('is taken by whoever has it, but for oneself', () => {
    const collectionStore = new MemoryCollection();
    expect(collectionStore.isTaken('k')).toBe(false);
    collectionStore.put(item('a'));
    expect([
      collectionStore.isTaken('k'),
      collectionStore.isTaken('k', 'a'),
      collectionStore.isTaken('k', 'b'),
    ]).toEqual([true, false, true]);
    collectionStore.put(item('b'));
    expect([collectionStore.isTaken('k', 'a'), collectionStore.isTaken('k', 'c')]).toEqual([true, true]);
    collectionStore.remove('b');
    expect([collectionStore.isTaken('k', 'a'), collectionStore.isTaken('k', 'c')]).toEqual([false, true]);
    collectionStore.remove('a');
    expect(collectionStore.isTaken('k')).toBe(false);
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
    const collectionStore = new MemoryCollection();
    const item = { id: 'a', createdAt: 0, updatedAt: 0, serial: 0, data: {}, uniqueKeys: [] };
    const versions = [collectionStore.version];
    const noted = (change: () => void) => {
      change();
      versions.push(collectionStore.version);
    };
    noted(() => collectionStore.put(item));
    noted(() => collectionStore.update(item, {}, [], 1));
    noted(() => collectionStore.load([{ ...item, id: 'b' }], []));
    noted(() => collectionStore.remove('a'));
    expect(versions).toEqual([...new Set(versions)].sort((a, b) => a - b));
    const before = collectionStore.version;
    collectionStore.remove('a');
    collectionStore.owner('k');
    expect(collectionStore.version).toBe(before);
  });
});

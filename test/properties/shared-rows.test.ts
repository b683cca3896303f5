/** A store of several policies, which have the rows of what they count in common, against what it stands for: a map for each policy, in the order of use. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CounterAlgorithm } from '../../src/limits/algorithms/algorithm.js';
import type { Policy } from '../../src/limits/policy.js';
import { MemoryBuckets } from '../../src/state/buckets/bucket-store.js';
import { Rows } from '../../src/state/buckets/rows.js';
import { Table } from '../../src/state/buckets/table.js';
import { agree, runs } from './agree.js';
import { policyOf } from './policy.js';

const ENDLESS = { now: 0, horizon: Number.NEGATIVE_INFINITY };

function countedBy(by: string, id: string, width: number, parts: Partial<CounterAlgorithm> = {}): Policy {
  return policyOf(id, { stateLength: () => width, expiresAt: lastsUntil, ...parts }, by);
}

/** The first number of a state says when it ends. */
function lastsUntil(_params: unknown, state: unknown): number {
  return (state as readonly number[])[0] ?? Number.POSITIVE_INFINITY;
}

const minute = countedBy('key', 'minute', 2);
const burst = countedBy('key', 'burst', 3);
const running = countedBy('key', 'running', 0);
const account = countedBy('account', 'account', 2);
const all = [minute, burst, running, account];

type Bucket = { policy: Policy; partition: string; state: unknown };

/** What a store stands for. */
class Model {
  readonly tables = new Map(all.map(({ id }) => [id, new Map<string, unknown>()]));

  constructor(readonly most: number) {}

  put({ policy, partition, state }: Bucket): void {
    const table = this.tables.get(policy.id)!;
    const next = state === KEEP ? table.get(partition) : state;
    table.delete(partition);
    if (next !== undefined) table.set(partition, next);
    if (table.size > this.most) table.delete(table.keys().next().value!);
  }

  compare(what: string, store: MemoryBuckets, policies: readonly Policy[]): void {
    for (const policy of policies) {
      const table = this.tables.get(policy.id)!;
      agree(`${what}: buckets of ${policy.id}`, [...store.entries(policy)], [...table]);
      for (const partition of PARTITIONS)
        agree(`${what}: ${partition} of ${policy.id}`, store.get(policy, partition), table.get(partition));
    }
  }
}

const KEEP = Symbol('as it is');
const PARTITIONS = Array.from({ length: 14 }, (_, i) => `k${i}`);
const partition = fc.constantFrom(...PARTITIONS);
const state = fc.oneof(
  { weight: 4, arbitrary: fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 4 }) },
  { weight: 2, arbitrary: fc.constantFrom<unknown>(KEEP, undefined) },
  fc.constantFrom<unknown>([{ id: 'lease', until: null }], [Number.NaN, 2]),
);
/** As a request has it, one partition for all; or another one for each. */
const bucketsOf = fc
  .tuple(
    fc.subarray(all),
    partition,
    fc.array(fc.tuple(partition, state), { minLength: 4, maxLength: 4 }),
    fc.boolean(),
  )
  .map(([policies, same, each, together]) =>
    policies.map((policy, i): Bucket => ({ policy, partition: together ? same : each[i]![0], state: each[i]![1] })),
  );
const step = fc.oneof(
  { weight: 12, arbitrary: fc.record({ does: fc.constant('transact' as const), buckets: bucketsOf }) },
  fc.record({ does: fc.constant('reload' as const) }),
  fc.record({ does: fc.constant('succeed' as const), kept: fc.subarray(all) }),
);

function transact(store: MemoryBuckets, model: Model, buckets: readonly Bucket[], instant = ENDLESS): void {
  store.transact(
    buckets,
    (states) => {
      for (const [i, { policy, partition }] of buckets.entries())
        agree('found', states[i], model.tables.get(policy.id)!.get(partition));
      return buckets.map(({ state }, i) => (state === KEEP ? states[i] : state));
    },
    instant,
  );
  for (const bucket of buckets) model.put(bucket);
}

describe('a store of policies that count by the same facts', () => {
  it('is a map for each of them, in the order of its use, of no more buckets than it may have', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.array(step, { maxLength: 100, size: 'max' }), (most, steps) => {
        const model = new Model(most);
        let store = new MemoryBuckets(most);
        for (const one of steps) {
          if (one.does === 'transact') transact(store, model, one.buckets);
          else if (one.does === 'reload') {
            const saved = store.dump();
            store = new MemoryBuckets(most);
            store.load(all, saved);
          } else {
            store = store.sharing(one.kept);
            for (const policy of all) if (!one.kept.includes(policy)) model.tables.get(policy.id)!.clear();
          }
          model.compare('now', store, all);
          const sizes = [...model.tables.values()].map(({ size }) => size);
          agree(
            'size',
            store.size,
            sizes.reduce((sum, size) => sum + size, 0),
          );
        }
      }),
      runs(200),
    );
  });

  it('has in common with its successor what that keeps, and nothing else, whichever of them is asked', () => {
    const turn = fc.record({ old: fc.boolean(), buckets: bucketsOf });
    fc.assert(
      fc.property(
        fc.array(bucketsOf, { maxLength: 30, size: 'max' }),
        fc.subarray(all),
        fc.array(turn, { maxLength: 40, size: 'max' }),
        (before, kept, turns) => {
          const model = new Model(8);
          const store = new MemoryBuckets(8);
          for (const buckets of before) transact(store, model, buckets);
          const successor = store.sharing(kept);
          const later = new Model(8);
          for (const { id } of kept) later.tables.set(id, model.tables.get(id)!);
          for (const { old, buckets } of turns) {
            transact(old ? store : successor, old ? model : later, buckets);
            model.compare('old', store, all);
            later.compare('new', successor, all);
          }
        },
      ),
      runs(200),
    );
  });
});

describe('what a successor does not keep', () => {
  it('weighs on nobody but those who still ask it', () => {
    let looks = 0;
    const expiresAt = () => {
      looks += 1;
      return Number.POSITIVE_INFINITY;
    };
    const watched = countedBy('key', 'watched', 2, { expiresAt });
    const store = new MemoryBuckets();
    const write = (to: MemoryBuckets, policies: readonly Policy[], partition: string) =>
      to.transact(
        policies.map((policy) => ({ policy, partition })),
        () => policies.map(() => [Number.POSITIVE_INFINITY, 1]),
        { now: 0, horizon: 0 },
      );
    for (const name of PARTITIONS) write(store, [minute, watched], name);
    expect(looks).toBeGreaterThan(0);
    const successor = store.sharing([minute]);
    looks = 0;
    for (let i = 0; i < 1_000; i++) write(successor, [minute], `later ${i}`);
    expect(looks).toBe(0);
    expect([...store.entries(watched)].map(([name]) => name)).toEqual(PARTITIONS);
  });

  it('leaves no row behind', () => {
    const rows = new Rows();
    const [kept, other] = [new Table(minute, rows, 10), new Table(burst, rows, 10)];
    kept.write('both', [1, 1], Number.NEGATIVE_INFINITY);
    for (const name of ['both', 'one']) other.write(name, [2, 2], Number.NEGATIVE_INFINITY);
    expect([...other.apart().entries()]).toEqual([
      ['both', [2, 2]],
      ['one', [2, 2]],
    ]);
    expect(rows.find('one')).toBe(0);
    expect(rows.lanes).toEqual([kept]);
    expect([...kept.entries()]).toEqual([['both', [1, 1]]]);
  });
});

describe('policies whose buckets end at different times', () => {
  const visit = fc.record({ buckets: bucketsOf, ms: fc.nat({ max: 4 }), lasts: fc.constantFrom(1, 3, 8, 40) });

  it('lose nothing that has not ended, and keep nothing else for ever', () => {
    fc.assert(
      fc.property(fc.array(visit, { maxLength: 150, size: 'max' }), (visits) => {
        const store = new MemoryBuckets();
        const model = new Model(1_000);
        let now = 0;
        const write = (buckets: readonly Bucket[], lasts: number) => {
          const changed = buckets.map((bucket, i) => ({ ...bucket, state: [now + lasts * (i + 1), i] }));
          store.transact(buckets, () => changed.map(({ state }) => state), { now, horizon: now });
          for (const bucket of changed) model.put(bucket);
        };
        for (const { buckets, ms, lasts } of visits) {
          now += ms;
          write(buckets, lasts);
          for (const policy of all) {
            const written = model.tables.get(policy.id)!;
            const kept = [...store.entries(policy)];
            const lives = ([, one]: readonly [string, unknown]) => lastsUntil(undefined, one) > now;
            agree(`live buckets of ${policy.id}`, kept.filter(lives), [...written].filter(lives));
            for (const [name, one] of kept) agree(`${name} of ${policy.id}`, one, written.get(name));
          }
        }
        now += 1_000;
        const last = all.map((policy): Bucket => ({ policy, partition: 'last', state: KEEP }));
        for (let i = 0; i < 8 * (PARTITIONS.length + 3); i++) write(last, 1_000);
        agree('left in the end', store.size, all.length);
      }),
      runs(150),
    );
  });

  it('need no more rows than there are that one of them still counts', () => {
    const rows = new Rows();
    const [short, long] = [new Table(minute, rows, 1_000_000), new Table(burst, rows, 1_000_000)];
    for (let now = 0; now < 20_000; now++) {
      short.write(`k${now}`, [now + 50, 1], now);
      if (now % 3 === 0) long.write(`k${now}`, [now + 200, 1], now);
    }
    // 50 of the short ones are live at a time, and 67 of the long ones.
    expect(rows.capacity).toBeLessThanOrEqual(256);
    expect(short.size + long.size).toBeLessThanOrEqual(400);
  });

  it('are not kept beyond the cap of one because the other has room', () => {
    const store = new MemoryBuckets(100);
    const buckets = (name: string): Bucket[] =>
      [minute, running].map((policy) => ({ policy, partition: name, state: KEEP }));
    for (let i = 0; i < 5_000; i++) {
      store.transact(buckets(`random ${i}`), () => [[Number.POSITIVE_INFINITY, 1], undefined], ENDLESS);
      if (i < 50) store.transact(buckets(`known ${i}`), () => [undefined, [{ id: 'job', until: 9 }]], ENDLESS);
    }
    expect([...store.entries(minute)].map(([name]) => name)).toEqual(
      Array.from({ length: 100 }, (_, i) => `random ${4_900 + i}`),
    );
    expect([...store.entries(running)].map(([name]) => name)).toEqual(
      Array.from({ length: 50 }, (_, i) => `known ${i}`),
    );
  });
});

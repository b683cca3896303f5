/** The store's tables, of numbers in columns and links between slots, against what they stand for: a map, in the order of use. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { paramsFor } from '../../src/limits/policy.js';
import { MemoryBuckets } from '../../src/state/buckets/bucket-store.js';
import { agree, runs } from './agree.js';
import { policyOf } from './policy.js';

const number = fc.oneof(
  fc.integer({ min: -3, max: 3 }),
  fc.constantFrom(0.1, -0, 1_767_225_600_000, 2 ** 53, -1e300, Number.POSITIVE_INFINITY, Number.NaN),
);
const state = fc.oneof(
  { weight: 5, arbitrary: fc.array(number, { maxLength: 6 }) },
  fc.constantFrom<unknown>(undefined, null, 7, 'text', { until: 5 }, [null], ['1', 2], [[1], 2]),
);
const key = fc.nat({ max: 25 }).map((n) => `key ${n}`);
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ does: fc.constant('write' as const), key, state }) },
  fc.record({ does: fc.constant('read' as const), key }),
  fc.record({ does: fc.constant('reload' as const) }),
  fc.record({ does: fc.constant('share' as const) }),
);

describe.each([0, 1, 2, 3, 4])('a table of states that are mostly %i numbers', (width) => {
  it('is a map in the order of use, of no more buckets than it may have', () => {
    const policy = policyOf('p', { stateLength: () => width, expiresAt: () => Number.POSITIVE_INFINITY });
    const other = policyOf('other', {});
    const forever = { now: 0, horizon: Number.NEGATIVE_INFINITY };
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), fc.array(step, { maxLength: 120, size: 'max' }), (most, steps) => {
        const model = new Map<string, unknown>();
        let store = new MemoryBuckets(most);
        for (const one of steps) {
          if (one.does === 'reload') {
            const saved = store.dump();
            store = new MemoryBuckets(most);
            store.load([other, policy], saved);
          } else if (one.does === 'share') {
            store = store.sharing([policy]);
          } else {
            let found: unknown;
            const change = (states: readonly unknown[]) => {
              found = states[0];
              return one.does === 'write' ? [one.state] : states;
            };
            store.transact([{ policy, partition: one.key }], change, forever);
            agree('found', found, model.get(one.key));
            const next = one.does === 'write' ? one.state : found;
            model.delete(one.key);
            if (next !== undefined) model.set(one.key, next);
            if (model.size > most) model.delete(model.keys().next().value!);
          }
          agree('size', store.size, model.size);
          agree('buckets', [...store.entries(policy)], [...model]);
        }
        for (const [partition, value] of model) agree(partition, store.get(policy, partition), value);
      }),
      runs(150),
    );
  });
});

describe('a table whose buckets end', () => {
  const timed = policyOf('timed', { expiresAt: (_params, until) => (until as [number])[0], stateLength: () => 1 });
  const write = (store: MemoryBuckets, partition: string, until: number, horizon: number) =>
    store.transact([{ policy: timed, partition }], () => [[until]], { now: horizon, horizon });

  const visit = fc.record({
    key,
    ms: fc.nat({ max: 4 }),
    lasts: fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 1, max: 8 }) }, fc.constant(1_000)),
  });

  it('drops nothing that has not ended, and lets go of what has', () => {
    fc.assert(
      fc.property(fc.array(visit, { maxLength: 200, size: 'max' }), (visits) => {
        const store = new MemoryBuckets();
        const model = new Map<string, number>();
        let now = 0;
        for (const { key: partition, ms, lasts } of visits) {
          now += ms;
          write(store, partition, now + lasts, now);
          model.delete(partition);
          model.set(partition, now + lasts);
          const kept = [...store.entries(timed)].map(([one, state]) => [one, (state as [number])[0]]);
          const live = [...model].filter(([, until]) => until > now);
          agree(
            'what has not ended',
            kept.filter(([, until]) => Number(until) > now),
            live,
          );
          agree(
            'what is kept',
            kept.every(([one, until]) => model.get(String(one)) === until),
            true,
          );
        }
        // Whoever still comes sees to it that the others go, whatever their order.
        for (let i = 0; i < 8 * 30; i++) write(store, 'last', now + 3_000, now + 2_000);
        agree(
          'left in the end',
          [...store.entries(timed)],
          visits.length === 0 ? [['last', [3_000]]] : [['last', [now + 3_000]]],
        );
      }),
      runs(150),
    );
  });

  it('does not grow because a bucket that lasts stands before those that have ended', () => {
    const store = new MemoryBuckets();
    for (const one of ['a', 'b', 'c']) write(store, one, 1_000_000, 0);
    let largest = 0;
    for (let i = 0; i < 20_000; i++) {
      write(store, `short ${i}`, i + 10, i);
      largest = Math.max(largest, store.size);
    }
    expect(largest).toBeLessThan(200);
  });

  it('keeps no more than it may under a flood of keys that never end', () => {
    const store = new MemoryBuckets(1_000);
    for (let i = 0; i < 50_000; i++) {
      write(store, `random ${i}`, Number.POSITIVE_INFINITY, i);
      if (i % 500 === 0) write(store, 'regular', Number.POSITIVE_INFINITY, i);
    }
    expect(store.size).toBe(1_000);
    expect(store.get(timed, 'regular')).toBeDefined();
    expect(store.get(timed, 'random 48000')).toBeUndefined();
  });

  it('reads what has ended as the algorithm would, should the clock be set back', () => {
    const policy = policyOf('first', {});
    const store = new MemoryBuckets();
    store.transact([{ policy, partition: 'k' }], () => [[100, 3]], { now: 100, horizon: Number.NEGATIVE_INFINITY });
    for (let now = 200; now < 300; now++)
      store.transact([{ policy, partition: 'other' }], () => [[now, 1]], { now, horizon: Number.NEGATIVE_INFINITY });
    const standing = policy.algorithm.decide(paramsFor(policy, 5), store.get(policy, 'k'), 0, 105);
    expect(standing).toMatchObject({ allowed: true, used: 3, remaining: 2, resetAt: 110 });
  });
});

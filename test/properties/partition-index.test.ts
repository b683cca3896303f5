/** The hash table of partitions against a map. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PartitionIndex } from '../../src/state/buckets/partition-index.js';
import { agree, runs } from './agree.js';

/** As rows are given out: the lowest that is free. */
class Index {
  readonly rows = new Map<string, number>();
  readonly #partitions: (string | undefined)[] = [undefined];
  readonly #index = new PartitionIndex(this.#partitions);

  find(partition: string): number {
    return this.#index.find(partition);
  }

  toggle(partition: string): void {
    const row = this.rows.get(partition);
    if (row === undefined) {
      const free = this.#partitions.indexOf(undefined, 1);
      const added = free < 0 ? this.#partitions.length : free;
      this.#partitions[added] = partition;
      this.#index.add(partition, added);
      this.rows.set(partition, added);
    } else {
      this.#index.remove(partition, row);
      this.#partitions[row] = undefined;
      this.rows.delete(partition);
    }
  }
}

const alike = fc.nat({ max: 60 }).map((n) => `ak_live_${n}`);
const any = fc.oneof(
  { weight: 3, arbitrary: alike },
  fc.constantFrom('', ' ', '\u0000', 'é', '日本', '😀', '\ud83d', 'x'.repeat(500), '["a","b"]'),
  fc.string({ unit: 'binary', maxLength: 3 }),
);

describe('an index of partitions', () => {
  it('is a map', () => {
    fc.assert(
      fc.property(fc.array(any, { maxLength: 200, size: 'max' }), (toggled) => {
        const index = new Index();
        const seen = new Set<string>();
        for (const partition of toggled) {
          index.toggle(partition);
          seen.add(partition);
          for (const one of seen) agree(one, index.find(one), index.rows.get(one) ?? 0);
        }
      }),
      runs(80),
    );
  });

  it('finds by what a string says, whichever string it is', () => {
    const index = new Index();
    index.toggle('key one');
    expect(index.find(['key', 'one'].join(' '))).toBe(1);
    expect(index.find('a key one'.slice(2))).toBe(1);
  });

  it('tells apart what has the same hash', () => {
    const index = new Index();
    // Known to be alike to FNV-1a.
    for (const [one, other] of [
      ['costarring', 'liquid'],
      ['declinate', 'macallums'],
    ] as const) {
      index.toggle(one);
      expect(index.find(other)).toBe(0);
      index.toggle(other);
      expect([index.find(one), index.find(other)]).toEqual([index.rows.get(one), index.rows.get(other)]);
      index.toggle(one);
      expect([index.find(one), index.find(other)]).toEqual([0, index.rows.get(other)]);
    }
  });

  it('holds on to all of very many while others come and go', () => {
    const index = new Index();
    for (let i = 0; i < 20_000; i++) index.toggle(`lasting ${i}`);
    for (let i = 0; i < 20_000; i++) {
      if (i >= 10) index.toggle(`passing ${i - 10}`);
      index.toggle(`passing ${i}`);
    }
    let found = 0;
    for (let i = 0; i < 20_000; i++) if (index.find(`lasting ${i}`) === index.rows.get(`lasting ${i}`)) found += 1;
    expect(found).toBe(20_000);
    expect(index.find('passing 19989')).toBe(0);
    expect(index.find('passing 19990')).toBe(index.rows.get('passing 19990'));
  });
});

/**
 * The default store: buckets in memory, one table per policy.
 * @module
 */
import type { Bucket, Instant, Store } from '../limits/engine.js';
import type { Policy } from '../limits/policy.js';
import { Table } from './table.js';

export class MemoryStore implements Store {
  readonly #tables = new Map<string, Table>();
  readonly #maxBuckets: number;

  /** @param maxBuckets how many buckets each policy may have before the least recently used go */
  constructor(maxBuckets = 1_000_000) {
    this.#maxBuckets = maxBuckets;
  }

  transact(
    buckets: readonly Bucket[],
    change: (states: readonly unknown[]) => readonly unknown[],
    { horizon }: Instant,
  ): void {
    const count = buckets.length;
    const tables = new Array<Table>(count);
    const slots = new Array<number>(count);
    const states = new Array<unknown>(count);
    for (let i = 0; i < count; i++) {
      const table = this.#tableOf(buckets[i]!.policy);
      const slot = table.find(buckets[i]!.partition);
      tables[i] = table;
      slots[i] = slot;
      states[i] = table.read(slot);
    }
    const next = change(states);
    for (let i = 0; i < count; i++) {
      if (next[i] !== states[i]) tables[i]!.write(slots[i]!, buckets[i]!.partition, next[i], horizon);
      else if (slots[i] !== 0) tables[i]!.touch(slots[i]!);
    }
  }

  get(policy: Policy, partition: string): unknown {
    const table = this.#tables.get(policy.id);
    return table?.read(table.find(partition));
  }

  /** Every bucket of the policy, least recently used first. */
  entries(policy: Policy): Iterable<[partition: string, state: unknown]> {
    return this.#tables.get(policy.id)?.entries() ?? [];
  }

  get size(): number {
    let size = 0;
    for (const table of this.#tables.values()) size += table.size;
    return size;
  }

  /** Another store that has the buckets of these policies in common with this one, and none besides. */
  sharing(policies: Iterable<Policy>): MemoryStore {
    const other = new MemoryStore(this.#maxBuckets);
    for (const policy of policies) other.#tables.set(policy.id, this.#tableOf(policy));
    return other;
  }

  /** Every bucket by policy, the least recently used first: lists, since a map of JSON would not keep that order. */
  dump(): Record<string, [partition: string, state: unknown][]> {
    const used = [...this.#tables].filter(([, table]) => table.size > 0);
    return Object.fromEntries(used.map(([policy, table]) => [policy, [...table.entries()]]));
  }

  /** Every bucket of the given policies, as `dump` tells them, in place of those that there are. */
  load(
    policies: Iterable<Policy>,
    tables: Readonly<Record<string, readonly (readonly [partition: string, state: unknown])[]>>,
  ): void {
    this.#tables.clear();
    for (const policy of policies) {
      const buckets = tables[policy.id] ?? [];
      for (const [partition, state] of buckets.slice(Math.max(0, buckets.length - this.#maxBuckets))) {
        const table = this.#tableOf(policy);
        table.write(table.find(partition), partition, state, Number.NEGATIVE_INFINITY);
      }
    }
  }

  #tableOf(policy: Policy): Table {
    let table = this.#tables.get(policy.id);
    if (!table) {
      table = new Table(policy, this.#maxBuckets);
      this.#tables.set(policy.id, table);
    }
    return table;
  }
}

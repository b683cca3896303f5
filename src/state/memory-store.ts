/**
 * The default store: buckets in memory, one table per policy.
 *
 * Bounded without timers: every write looks at the table's least recently used buckets and drops those that say nothing any more; a cap drops the rest.
 * @module
 */
import type { Params } from '../limits/algorithms/algorithm.js';
import type { Bucket, Instant, Store } from '../limits/engine.js';
import { type Policy, paramsFor } from '../limits/policy.js';

/** Looked at per write; two, so that a table shrinks faster than it grows. */
const SWEPT_PER_WRITE = 2;

export class MemoryStore implements Store {
  readonly #tables = new Map<string, Map<string, unknown>>();
  readonly #maxBuckets: number;

  /** @param maxBuckets how many buckets each policy may have before the least recently used go */
  constructor(maxBuckets = 1_000_000) {
    this.#maxBuckets = maxBuckets;
  }

  transact(
    buckets: readonly Bucket[],
    change: (states: readonly unknown[]) => readonly unknown[],
    instant: Instant,
  ): void {
    const states = buckets.map(({ policy, partition }) => this.#tables.get(policy.id)?.get(partition));
    const next = change(states);
    for (const [i, { policy, partition }] of buckets.entries()) {
      if (next[i] !== states[i]) this.#write(policy, partition, next[i], instant);
    }
  }

  get(policy: Policy, partition: string): unknown {
    return this.#tables.get(policy.id)?.get(partition);
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
  sharing(policies: Iterable<string>): MemoryStore {
    const other = new MemoryStore(this.#maxBuckets);
    for (const id of policies) {
      const table = this.#tables.get(id) ?? new Map<string, unknown>();
      this.#tables.set(id, table);
      other.#tables.set(id, table);
    }
    return other;
  }

  /** Every bucket by policy, the least recently used first: lists, since a map of JSON would not keep that order. */
  dump(): Record<string, [partition: string, state: unknown][]> {
    const used = [...this.#tables].filter(([, table]) => table.size > 0);
    return Object.fromEntries(used.map(([policy, table]) => [policy, [...table]]));
  }

  load(tables: Readonly<Record<string, readonly (readonly [partition: string, state: unknown])[]>>): void {
    this.#tables.clear();
    for (const [policy, buckets] of Object.entries(tables))
      this.#tables.set(policy, new Map(buckets.slice(Math.max(0, buckets.length - this.#maxBuckets))));
  }

  #write(policy: Policy, partition: string, state: unknown, { horizon }: Instant): void {
    const table = this.#tables.get(policy.id) ?? new Map<string, unknown>();
    if (table.size === 0) this.#tables.set(policy.id, table);
    table.delete(partition);
    if (state !== undefined) table.set(partition, state);
    const params = paramsFor(policy, 0);
    let swept = 0;
    for (const [oldest, oldState] of table) {
      if (oldest === partition || swept++ >= SWEPT_PER_WRITE) break;
      if (expired(policy, params, oldState, horizon)) table.delete(oldest);
    }
    if (table.size > this.#maxBuckets) table.delete(table.keys().next().value!);
  }
}

function expired(policy: Policy, params: Params, state: unknown, horizon: number): boolean {
  return policy.algorithm.expiresAt(params, state) <= horizon;
}

/**
 * Buckets in memory, one table per policy.
 * @module
 */
import type { Bucket, Instant } from '../../limits/engine.js';
import type { Policy } from '../../limits/policy.js';
import type { BucketDump, BucketStore } from '../store.js';
import { Rows } from './rows.js';
import { Table } from './table.js';

/** The buckets of a provider in memory. */
export class MemoryBuckets implements BucketStore {
  readonly #tables = new Map<string, Table>();
  /** By the facts that policies partition by. Policies with the same `partitionBy` share their rows. */
  readonly #rows = new Map<string, Rows>();
  readonly #maxBuckets: number;
  /** Policies in the order in which they were first used, and their tables in the same order. */
  readonly #policies: Policy[] = [];
  readonly #tablesOf: Table[] = [];

  /** @param maxBuckets the most buckets per policy; above that the least recently used are evicted */
  constructor(maxBuckets = 1_000_000) {
    this.#maxBuckets = maxBuckets;
  }

  transact(
    buckets: readonly Bucket[],
    change: (states: readonly unknown[]) => readonly unknown[],
    { horizon }: Instant,
  ): void {
    const count = buckets.length;
    const states = new Array<unknown>(count);
    for (let i = 0; i < count; i++) states[i] = this.#tableAt(i, buckets[i]!.policy).read(buckets[i]!.partition);
    const next = change(states);
    for (let i = 0; i < count; i++) {
      const { policy, partition } = buckets[i]!;
      const table = this.#tableAt(i, policy);
      if (next[i] !== states[i]) table.write(partition, next[i], horizon);
      else table.touch(partition);
    }
  }

  get(policy: Policy, partition: string): unknown {
    return this.#tables.get(policy.id)?.read(partition);
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

  /** Estimated memory in bytes. */
  get bytes(): number {
    let bytes = 0;
    for (const table of this.#tables.values()) bytes += table.bytes;
    for (const rows of this.#rows.values()) bytes += rows.bytes;
    return bytes;
  }

  dropEnded(horizon: number): void {
    for (const table of this.#tables.values()) table.dropAllEnded(horizon);
  }

  /** A new store that shares the buckets of these policies with this one, and has no others. */
  sharing(policies: Iterable<Policy>): MemoryBuckets {
    const other = new MemoryBuckets(this.#maxBuckets);
    const shared = new Set<Rows>();
    for (const policy of policies) {
      const table = this.#tableOf(policy);
      other.#tables.set(policy.id, table);
      other.#rows.set(factsOf(policy), table.rows);
      shared.add(table.rows);
    }
    // Buckets that only this store has get rows of their own, so that they are freed with it.
    for (const [id, table] of this.#tables)
      if (!other.#tables.has(id) && shared.has(table.rows)) this.#tables.set(id, table.apart());
    this.#rows.clear();
    this.#forget();
    return other;
  }

  /** Every bucket by policy, least recently used first. Lists, since a JSON object does not keep the order of keys that look like numbers. */
  dump(): Record<string, [partition: string, state: unknown][]> {
    const used = [...this.#tables].filter(([, table]) => table.size > 0);
    return Object.fromEntries(used.map(([policy, table]) => [policy, [...table.entries()]]));
  }

  /** Replaces all buckets by those of a dump. */
  load(policies: Iterable<Policy>, tables: BucketDump): void {
    this.#tables.clear();
    this.#rows.clear();
    this.#forget();
    for (const policy of policies) {
      const buckets = tables[policy.id] ?? [];
      for (const [partition, state] of buckets.slice(Math.max(0, buckets.length - this.#maxBuckets))) {
        this.#tableOf(policy).write(partition, state, Number.NEGATIVE_INFINITY);
      }
    }
  }

  /** @param place the index to try first: most requests query the same policies in the same order */
  #tableAt(place: number, policy: Policy): Table {
    if (this.#policies[place] === policy) return this.#tablesOf[place]!;
    const known = this.#policies.indexOf(policy);
    if (known >= 0) return this.#tablesOf[known]!;
    const table = this.#tableOf(policy);
    this.#policies.push(policy);
    this.#tablesOf.push(table);
    return table;
  }

  #tableOf(policy: Policy): Table {
    let table = this.#tables.get(policy.id);
    if (!table) {
      table = new Table(policy, this.#rowsOf(policy), this.#maxBuckets);
      this.#tables.set(policy.id, table);
    }
    return table;
  }

  #rowsOf(policy: Policy): Rows {
    const facts = factsOf(policy);
    const rows = this.#rows.get(facts) ?? new Rows();
    this.#rows.set(facts, rows);
    return rows;
  }

  #forget(): void {
    this.#policies.length = 0;
    this.#tablesOf.length = 0;
  }
}

/** The key under which policies with the same `partitionBy` share their rows. */
function factsOf({ partitionBy }: Policy): string {
  return JSON.stringify(partitionBy);
}

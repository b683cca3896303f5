/**
 * The buckets of one policy, in the order of their use.
 *
 * Bounded without timers: writes probe buckets that may have expired and drop those that have; above a maximum the least recently used is evicted.
 * @module
 */
import type { Params } from '../../limits/algorithms/algorithm.js';
import { type Policy, paramsFor, windowed } from '../../limits/policy.js';
import { type Column, createColumn } from './columns.js';
import { Recency } from './recency.js';
import { type Lane, Rows } from './rows.js';

/**
 * Before growing, probe two least-recently-used rows and two in scan order for expired buckets. The scan finds expired buckets behind one that lasts. Two of each,
 * so that a table with many expired buckets shrinks faster than it grows.
 */
const PROBES_BEFORE_GROWTH = 2;

/** The buckets of one policy. */
export class Table implements Lane {
  readonly #order = new Recency();
  readonly #states: Column;
  readonly #policy: Policy;
  readonly #params: Params;
  #capacity = 0;

  /**
   * @param rows the rows of its buckets, shared with policies that partition by the same facts
   * @param most the most buckets; above that the least recently used is evicted
   */
  constructor(
    policy: Policy,
    readonly rows: Rows,
    readonly most: number,
  ) {
    this.#policy = policy;
    this.#params = paramsFor(policy, 0);
    this.#states = createColumn(stateLengthOf(policy));
    rows.lanes.push(this);
  }

  get size(): number {
    return this.#order.size;
  }

  /** Estimated memory in bytes, without the rows. */
  get bytes(): number {
    return this.#order.bytes + this.#states.bytes;
  }

  has(row: number): boolean {
    return row < this.#capacity && this.#order.has(row);
  }

  read(partition: string): unknown {
    const row = this.rows.find(partition);
    return this.has(row) ? this.#states.get(row) : undefined;
  }

  /** Makes the bucket the most recently used. */
  touch(partition: string): void {
    const row = this.rows.find(partition);
    if (this.has(row)) this.#order.touch(row);
  }

  /**
   * Replaces the state of a bucket; `undefined` removes the bucket.
   *
   * @param horizon buckets that have expired by this instant (epoch ms) may be dropped
   */
  write(partition: string, state: unknown, horizon: number): void {
    const row = this.rows.find(partition);
    const known = this.has(row);
    if (state === undefined) {
      if (known) this.#remove(row);
      return;
    }
    if (known) {
      this.#states.set(row, state);
      this.#order.touch(row);
    } else this.#states.set(this.#add(partition, horizon), state);
    this.rows.written(horizon);
  }

  /** Every bucket, least recently used first. */
  *entries(): IterableIterator<[partition: string, state: unknown]> {
    for (let row = this.#order.oldest; row !== 0; row = this.#order.after(row))
      yield [this.rows.partition(row), this.#states.get(row)];
  }

  /** Removes the row's bucket if it has expired by `horizon`. */
  dropEnded(row: number, horizon: number): void {
    if (!this.has(row)) return;
    const policy = this.#policy;
    const params = policy.varyingWindow ? paramsFor(windowed(policy, this.rows.partition(row)), 0) : this.#params;
    if (policy.algorithm.expiresAt(params, this.#states.get(row)) <= horizon) this.#remove(row);
  }

  /** Removes every bucket that has expired by `horizon`. */
  dropAllEnded(horizon: number): void {
    for (let row = this.#order.oldest, next = 0; row !== 0; row = next) {
      next = this.#order.after(row);
      this.dropEnded(row, horizon);
    }
  }

  /** Moves all buckets to a new table with rows of its own. This table must not be used afterwards. */
  apart(): Table {
    const { rows } = this;
    const other = new Table(this.#policy, new Rows(), this.most);
    for (const [partition, state] of this.entries()) other.write(partition, state, Number.NEGATIVE_INFINITY);
    while (this.size > 0) this.#remove(this.#order.oldest);
    rows.lanes.splice(rows.lanes.indexOf(this), 1);
    return other;
  }

  #add(partition: string, horizon: number): number {
    const { rows } = this;
    const order = this.#order;
    if (rows.isFull && rows.find(partition) === 0) {
      for (let i = 0; i < PROBES_BEFORE_GROWTH; i++) if (!rows.probe(order.oldest, horizon)) break;
      for (let i = 0; i < PROBES_BEFORE_GROWTH; i++) rows.probeNext(horizon);
    }
    if (order.size >= Math.max(1, this.most)) this.#remove(order.oldest);
    const row = rows.find(partition) || rows.add(partition);
    if (row >= this.#capacity) {
      this.#capacity = rows.capacity;
      order.reserve(this.#capacity);
      this.#states.reserve(this.#capacity);
    }
    order.add(row);
    return row;
  }

  #remove(row: number): void {
    this.#states.clear(row);
    this.#order.remove(row);
    this.rows.release(row);
  }
}

/** How many numbers a state of the policy has; 0 where states are not short arrays of numbers. */
function stateLengthOf(policy: Policy): number {
  return policy.kind === 'counter' ? (policy.algorithm.stateLength?.(policy.window) ?? 0) : 0;
}

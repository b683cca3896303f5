/**
 * The buckets of one policy, in the order of their use.
 *
 * Bounded without timers: writes look at buckets that may have ended, and drop those that say nothing any more; a cap drops the least recently used.
 * @module
 */
import type { Params } from '../limits/algorithms/algorithm.js';
import { type Policy, paramsFor } from '../limits/policy.js';
import { type Column, createColumn } from './columns.js';
import { Recency } from './recency.js';

/**
 * Before a table grows, so many of the buckets used longest ago are looked at, and as many in turn whatever their use, since one that lasts may stand before
 * those that have ended. Two, so that it rather shrinks.
 */
const LOOKS_BEFORE_GROWTH = 2;
/** Besides, one bucket is looked at every so many writes: what has ended goes, but one that will be back is better left for a while. */
const WRITES_PER_LOOK = 8;

export class Table {
  readonly #slots = new Map<string, number>();
  readonly #partitions: (string | undefined)[] = [undefined];
  readonly #order = new Recency();
  readonly #states: Column;
  readonly #algorithm: Policy['algorithm'];
  readonly #params: Params;
  /** The slot that was looked at last, whatever its use. */
  #hand = 0;
  #writes = 0;

  /** @param most how many there may be before the least recently used go */
  constructor(
    policy: Policy,
    readonly most: number,
  ) {
    this.#algorithm = policy.algorithm;
    this.#params = paramsFor(policy, 0);
    this.#states = createColumn(policy.algorithm.numbers?.(policy.window) ?? 0);
    this.#states.reserve(this.#order.capacity);
  }

  get size(): number {
    return this.#order.size;
  }

  /** The bucket's slot; 0 where there is none. */
  find(partition: string): number {
    return this.#slots.get(partition) ?? 0;
  }

  read(slot: number): unknown {
    return slot === 0 ? undefined : this.#states.get(slot);
  }

  /** Puts off its end as the least recently used. */
  touch(slot: number): void {
    this.#order.touch(slot);
  }

  /**
   * Puts a state in the place of another; none (`undefined`) drops the bucket.
   *
   * @param slot what `find` told of the partition
   * @param horizon what has ended by then says nothing any more
   */
  write(slot: number, partition: string, state: unknown, horizon: number): void {
    if (state === undefined) {
      if (slot !== 0) this.#remove(slot);
      return;
    }
    if (slot === 0) this.#states.set(this.#add(partition, horizon), state);
    else {
      this.#states.set(slot, state);
      this.#order.touch(slot);
    }
    this.#writes += 1;
    if (this.#writes % WRITES_PER_LOOK === 0) this.#lookAtNext(horizon);
  }

  /** Every bucket, least recently used first. */
  *entries(): IterableIterator<[partition: string, state: unknown]> {
    for (let slot = this.#order.oldest; slot !== 0; slot = this.#order.after(slot))
      yield [this.#partitions[slot]!, this.#states.get(slot)];
  }

  #lookAtNext(horizon: number): void {
    this.#hand = this.#hand >= this.#order.highest ? 1 : this.#hand + 1;
    this.#dropEnded(this.#hand, horizon);
  }

  #dropEnded(slot: number, horizon: number): boolean {
    if (this.#partitions[slot] === undefined) return false;
    if (this.#algorithm.expiresAt(this.#params, this.#states.get(slot)) > horizon) return false;
    this.#remove(slot);
    return true;
  }

  #add(partition: string, horizon: number): number {
    const order = this.#order;
    if (order.isFull) {
      for (let i = 0; i < LOOKS_BEFORE_GROWTH; i++) if (!this.#dropEnded(order.oldest, horizon)) break;
      for (let i = 0; i < LOOKS_BEFORE_GROWTH; i++) this.#lookAtNext(horizon);
    }
    if (order.size >= Math.max(1, this.most)) this.#remove(order.oldest);
    const { capacity } = order;
    const slot = order.add();
    if (order.capacity > capacity) this.#states.reserve(order.capacity);
    this.#slots.set(partition, slot);
    this.#partitions[slot] = partition;
    return slot;
  }

  #remove(slot: number): void {
    this.#slots.delete(this.#partitions[slot]!);
    this.#partitions[slot] = undefined;
    this.#states.clear(slot);
    this.#order.remove(slot);
  }
}

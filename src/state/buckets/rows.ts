/**
 * Row numbers for partition keys, from 2 up; columns are indexed by them.
 *
 * Policies with the same `partitionBy` share their rows, so that a request which several of them count needs one look-up. With very many keys the look-up dominates
 * the cost.
 * @module
 */
import { bytesOfMany, SLOT_BYTES } from '../bytes.js';
import { PartitionIndex } from './partition-index.js';

/** What one policy stores by row. */
export interface Lane {
  has(row: number): boolean;
  /** Removes the bucket if it has expired by `horizon`. */
  dropEnded(row: number, horizon: number): void;
}

/** Row 0 means none; row 1 is the sentinel of linked lists. */
const FIRST = 2;
const SMALLEST = 8;
/** Up to this capacity columns double; above it they grow by a quarter, so that less memory is unused. */
const LARGE = 4_096;
/** One row is probed for expired buckets after this many writes per policy. Probing more often would drop buckets of keys that come back soon. */
const WRITES_PER_PROBE = 8;

/** Assigns rows to partition keys, and reuses those that are released. */
export class Rows {
  /** One for each policy. */
  readonly lanes: Lane[] = [];
  /** The partition key of each row. A released row has the number of the row that was released before it: a free list. */
  readonly #partitions: (string | number)[] = new Array<number>(FIRST).fill(0);
  readonly #index = new PartitionIndex(this.#partitions);
  #capacity = SMALLEST;
  /** The head of the free list; 0 if it is empty. */
  #free = 0;
  /** The row that the scan has probed last. */
  #hand = 0;
  #writes = 0;
  /** The last look-up. The next policy of the same request looks up the same key, and so do later steps. */
  #lastPartition: string | undefined;
  #lastRow = 0;

  /** The length that columns need. */
  get capacity(): number {
    return this.#capacity;
  }

  /** Estimated memory in bytes, without the lanes. */
  get bytes(): number {
    const partitions = this.#partitions;
    return this.#index.bytes + SLOT_BYTES * partitions.length + bytesOfMany(partitions, partitions.length);
  }

  /** Whether the free list is empty. */
  get isFull(): boolean {
    return this.#free === 0;
  }

  /** The row of a partition key; 0 if it has none. */
  find(partition: string): number {
    if (partition === this.#lastPartition) return this.#lastRow;
    return this.#found(partition, this.#index.find(partition));
  }

  /** Assigns a row to a partition key that has none. */
  add(partition: string): number {
    let row = this.#free;
    if (row !== 0) this.#free = this.#partitions[row] as number;
    else {
      row = this.#partitions.length;
      if (row === this.#capacity) this.#capacity = row < LARGE ? 2 * row : Math.ceil(1.25 * row);
    }
    this.#partitions[row] = partition;
    this.#index.add(partition, row);
    return this.#found(partition, row);
  }

  partition(row: number): string {
    return this.#partitions[row] as string;
  }

  /** Releases the row, unless some policy still has a bucket in it. */
  release(row: number): void {
    for (const lane of this.lanes) if (lane.has(row)) return;
    if (row === this.#lastRow) this.#found(undefined, 0);
    this.#index.remove(this.partition(row), row);
    this.#partitions[row] = this.#free;
    this.#free = row;
  }

  /** Counts a write, and probes a row after `WRITES_PER_PROBE` of them. */
  written(horizon: number): void {
    this.#writes += 1;
    if (this.#writes < WRITES_PER_PROBE * this.lanes.length) return;
    this.#writes = 0;
    this.probeNext(horizon);
  }

  probeNext(horizon: number): void {
    this.#hand = this.#hand + 1 < this.#partitions.length ? Math.max(FIRST, this.#hand + 1) : FIRST;
    this.probe(this.#hand, horizon);
  }

  /** Drops the expired buckets of a row. Returns whether the row is free then. */
  probe(row: number, horizon: number): boolean {
    for (const lane of this.lanes) lane.dropEnded(row, horizon);
    return row !== 0 && this.#free === row;
  }

  #found(partition: string | undefined, row: number): number {
    this.#lastPartition = partition;
    this.#lastRow = row;
    return row;
  }
}

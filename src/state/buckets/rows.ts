/**
 * What is counted (a key, an account, an address …), told by its partition and numbered: row 2 and up, for columns to be indexed by.
 *
 * Policies that count by the same facts have their rows in common, so that a request which several of them count is looked for once. Among very many keys that is
 * what takes the time.
 * @module
 */
import { bytesOfMany, PLACE_BYTES } from '../bytes.js';
import { PartitionIndex } from './partition-index.js';

/** What one policy keeps by row. */
export interface Lane {
  has(row: number): boolean;
  /** Lets go of what says nothing any more. */
  dropEnded(row: number, horizon: number): void;
}

/** Row 0 is none, and row 1 is where rings of rows begin and end. */
const FIRST = 2;
const SMALLEST = 8;
/** Up to this size columns double; then they grow by a quarter, so that little lies idle. */
const LARGE = 4_096;
/** One row is looked at every so many writes to each policy: what has ended goes, but one that will be back is better left for a while. */
const WRITES_PER_LOOK = 8;

export class Rows {
  /** One for each policy. */
  readonly lanes: Lane[] = [];
  /** What each row stands for; of one that was given back, the one that was given back before it. */
  readonly #partitions: (string | number)[] = new Array<number>(FIRST).fill(0);
  readonly #index = new PartitionIndex(this.#partitions);
  #capacity = SMALLEST;
  /** The row that was given back last; 0: none. */
  #free = 0;
  /** The row that was looked at last, whatever its use. */
  #hand = 0;
  #writes = 0;
  /** What was looked for last, and where it is: the next policy is asked about the same, and so is a later step of the same request. */
  #lastPartition: string | undefined;
  #lastRow = 0;

  /** How long a column has to be. */
  get capacity(): number {
    return this.#capacity;
  }

  /** Bytes that it takes, without its lanes: an estimate. */
  get bytes(): number {
    const partitions = this.#partitions;
    return this.#index.bytes + PLACE_BYTES * partitions.length + bytesOfMany(partitions, partitions.length);
  }

  /** Whether every row that there ever was is in use. */
  get isFull(): boolean {
    return this.#free === 0;
  }

  /** 0 where there is none. */
  find(partition: string): number {
    if (partition === this.#lastPartition) return this.#lastRow;
    return this.#found(partition, this.#index.find(partition));
  }

  /** A row for what has none yet. */
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

  /** Gives the row back, unless some policy still has a bucket there. */
  release(row: number): void {
    for (const lane of this.lanes) if (lane.has(row)) return;
    if (row === this.#lastRow) this.#found(undefined, 0);
    this.#index.remove(this.partition(row), row);
    this.#partitions[row] = this.#free;
    this.#free = row;
  }

  /** Looks at a row now and then. */
  written(horizon: number): void {
    this.#writes += 1;
    if (this.#writes < WRITES_PER_LOOK * this.lanes.length) return;
    this.#writes = 0;
    this.lookAtNext(horizon);
  }

  lookAtNext(horizon: number): void {
    this.#hand = this.#hand + 1 < this.#partitions.length ? Math.max(FIRST, this.#hand + 1) : FIRST;
    this.lookAt(this.#hand, horizon);
  }

  /** Lets go of what has ended there. Whether that was all. */
  lookAt(row: number, horizon: number): boolean {
    for (const lane of this.lanes) lane.dropEnded(row, horizon);
    return row !== 0 && this.#free === row;
  }

  #found(partition: string | undefined, row: number): number {
    this.#lastPartition = partition;
    this.#lastRow = row;
    return row;
  }
}

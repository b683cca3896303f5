/**
 * Maps partition keys to rows.
 * @module
 */
import { HashIndex } from './hash-index.js';

/** A hash table from partition keys to rows. */
export class PartitionIndex extends HashIndex {
  readonly #partitions: readonly unknown[];

  /** @param partitions the partition key of each row, filled by the owner of the index */
  constructor(partitions: readonly unknown[]) {
    super();
    this.#partitions = partitions;
  }

  protected override is(row: number, partition: string): boolean {
    return this.#partitions[row] === partition;
  }
}

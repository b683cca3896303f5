/**
 * Which row a partition has.
 * @module
 */
import { HashIndex } from './hash-index.js';

export class PartitionIndex extends HashIndex {
  readonly #partitions: readonly unknown[];

  /** @param partitions what each row stands for; whoever adds a row puts that in there */
  constructor(partitions: readonly unknown[]) {
    super();
    this.#partitions = partitions;
  }

  protected override is(row: number, partition: string): boolean {
    return this.#partitions[row] === partition;
  }
}

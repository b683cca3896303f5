/**
 * An item on the heap.
 * @module
 */
import type { Item, JobProgress, NewItem } from './item.js';

/** An item. A class, so that all items have the same hidden class. */
export class StoredItem implements Item {
  readonly id: string;
  readonly createdAt: number;
  readonly serial: number;
  updatedAt: number;
  data: Record<string, unknown>;
  uniqueKeys: readonly string[];
  job: JobProgress | undefined;

  constructor({ id, createdAt, updatedAt, data, uniqueKeys, job }: NewItem, serial: number) {
    this.id = id;
    this.createdAt = createdAt;
    this.serial = serial;
    this.updatedAt = updatedAt;
    this.data = data;
    this.uniqueKeys = uniqueKeys;
    this.job = job;
  }
}

/**
 * The bound on the memory of all named sandboxes together. Measuring is expensive, so it happens every so many requests, more often the closer the bound is.
 * @module
 */
import { getHeapStatistics } from 'node:v8';

/** Upper estimate of the bytes that a request adds: a journal row with long texts, and a stored item. */
const BYTES_PER_REQUEST = 64 * 1024;
/** Upper estimate of the bytes that a new sandbox adds. */
const BYTES_PER_SANDBOX = 16 * BYTES_PER_REQUEST;
/** The range of the number of requests between two measurements. */
const MAX_REQUESTS = 2_000;
const MIN_REQUESTS = 16;

const KIB = 1_024;
const MIB = 1_024 * KIB;

/** Decides when the memory of the named sandboxes is measured. */
export class ByteBound {
  /** Bytes that all named sandboxes together may take. */
  readonly max: number;
  /** Requests until the next measurement. */
  #remaining = 0;

  /** @param max bytes; default: half of the heap limit */
  constructor(max = Math.floor(getHeapStatistics().heap_size_limit / 2)) {
    this.max = max;
  }

  /** Counts a request to a named sandbox. @param isNew whether the sandbox was created for it @returns whether it is time to measure */
  isDue(isNew: boolean): boolean {
    if (isNew) this.grew(BYTES_PER_SANDBOX);
    this.#remaining -= 1;
    return this.#remaining < 0;
  }

  /** Counts a possible growth by this many bytes. */
  grew(bytes: number): void {
    this.#remaining -= bytes / BYTES_PER_REQUEST;
  }

  /** Schedules the next measurement. @param bytes the result of this one */
  measured(bytes: number): void {
    const room = Math.floor((this.max - bytes) / BYTES_PER_REQUEST);
    this.#remaining = Math.max(MIN_REQUESTS, Math.min(MAX_REQUESTS, room));
  }
}

/** Formats bytes: `512 KiB`, `1.5 MiB`, `2048 MiB`. */
export function formatBytes(bytes: number): string {
  if (bytes < MIB) return `${Math.ceil(bytes / KIB)} KiB`;
  return bytes < 100 * MIB ? `${Number((bytes / MIB).toFixed(1))} MiB` : `${Math.round(bytes / MIB)} MiB`;
}

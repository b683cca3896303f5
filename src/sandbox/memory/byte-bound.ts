/**
 * The bound on the memory of all named sandboxes together, and when it is looked at: not at every request, but the more often the less room there is.
 * @module
 */
import { getHeapStatistics } from 'node:v8';

/** What a request may add: a journal row with long texts, and something that is kept. */
const BYTES_PER_REQUEST = 64 * 1024;
/** What a new sandbox may add before it has answered many requests. */
const BYTES_PER_SANDBOX = 16 * BYTES_PER_REQUEST;
/** Requests between two looks: at most and at least so many. */
const MAX_REQUESTS = 2_000;
const MIN_REQUESTS = 16;

const KIB = 1_024;
const MIB = 1_024 * KIB;

/** Bounds what all named sandboxes together hold, in bytes. */
export class ByteBound {
  /** Bytes that all named sandboxes may take together. */
  readonly most: number;
  /** Requests until the next look. */
  #left = 0;

  /** @param most bytes; half of what the heap may take, when left out */
  constructor(most = Math.floor(getHeapStatistics().heap_size_limit / 2)) {
    this.most = most;
  }

  /** A request to a named sandbox has come. @param isNew the sandbox was made for it @returns whether it is time to look */
  isDue(isNew: boolean): boolean {
    if (isNew) this.grew(BYTES_PER_SANDBOX);
    this.#left -= 1;
    return this.#left < 0;
  }

  /** A sandbox may be larger by so many bytes. */
  grew(bytes: number): void {
    this.#left -= bytes / BYTES_PER_REQUEST;
  }

  /** The sandboxes have been looked at. @param bytes that they take */
  looked(bytes: number): void {
    const room = Math.floor((this.most - bytes) / BYTES_PER_REQUEST);
    this.#left = Math.max(MIN_REQUESTS, Math.min(MAX_REQUESTS, room));
  }
}

/** `512 KiB`, `1.5 MiB`, `2048 MiB`. */
export function formatBytes(bytes: number): string {
  if (bytes < MIB) return `${Math.ceil(bytes / KIB)} KiB`;
  return bytes < 100 * MIB ? `${Number((bytes / MIB).toFixed(1))} MiB` : `${Math.round(bytes / MIB)} MiB`;
}

/**
 * Stored responses in memory.
 * @module
 */
import { bytesOfMap } from './bytes.js';
import type { ResponseStore, StoredResponse } from './store.js';

/** The maximal number of responses in one store. */
const MAX_STORED = 10_000;

/** A bounded map of responses. The oldest entry is evicted. */
export class Responses implements ResponseStore {
  readonly #responses = new Map<string, StoredResponse>();

  get(key: string): StoredResponse | undefined {
    return this.#responses.get(key);
  }

  set(key: string, response: StoredResponse): void {
    this.#responses.delete(key);
    this.#responses.set(key, response);
    if (this.#responses.size > MAX_STORED) this.#responses.delete(this.#responses.keys().next().value!);
  }

  delete(key: string): void {
    this.#responses.delete(key);
  }

  get bytes(): number {
    return bytesOfMap(this.#responses);
  }

  [Symbol.iterator](): Iterator<[key: string, response: StoredResponse]> {
    return this.#responses[Symbol.iterator]();
  }
}

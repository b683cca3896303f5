/**
 * Those who wait for requests to come. They wait in real time: it is about the client that makes them, and with the clock frozen no other passes.
 * @module
 */

import type { JournalEntry } from '../../state/journal/entry.js';
import type { JournalStore } from '../../state/store.js';
import { Problem } from '../control/problem.js';

/** So many may wait at a time in a sandbox. */
export const MAX_WAITERS = 1_000;

export interface WaitFor {
  /** Requests that are to come. */
  readonly count: number;
  /** How many there are already. */
  readonly already: number;
  readonly fits: (entry: JournalEntry) => boolean;
  /** Real milliseconds after which it is over all the same. */
  readonly ms: number;
  /** Ends it as well: nobody waits any more. */
  readonly signal?: AbortSignal | undefined;
}

export class RequestWaiters {
  readonly #open = new Set<() => void>();

  constructor(readonly journal: JournalStore) {}

  get size(): number {
    return this.#open.size;
  }

  /** Resolves once so many have come, or the wait is over. An emptied journal is counted from nothing. @throws Problem when too many wait already */
  until({ count, already, fits, ms, signal }: WaitFor): Promise<void> {
    if (already >= count || signal?.aborted) return Promise.resolve();
    if (this.size >= MAX_WAITERS) {
      const detail = `${MAX_WAITERS} wait for requests already, and each is asked of every request that comes; end some of them first`;
      throw new Problem(409, 'too-many-waits', detail, 'wait');
    }
    return new Promise((resolve) => {
      let seen = already;
      const finish = () => {
        clearTimeout(timer);
        unwatch();
        signal?.removeEventListener('abort', finish);
        this.#open.delete(finish);
        resolve();
      };
      const timer = setTimeout(finish, ms);
      const unwatch = this.journal.watch({
        added(entry) {
          if (fits(entry)) seen += 1;
          if (seen >= count) finish();
        },
        cleared() {
          seen = 0;
        },
      });
      signal?.addEventListener('abort', finish);
      this.#open.add(finish);
    });
  }

  /** Ends them all. */
  end(): void {
    for (const finish of [...this.#open]) finish();
  }
}

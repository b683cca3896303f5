/**
 * Callers of `waitForRequests()`. They wait in real time: they wait for a client, and a frozen clock does not advance.
 * @module
 */

import type { JournalEntry } from '../../state/journal/entry.js';
import type { JournalStore } from '../../state/store.js';
import { Problem } from '../control/problem.js';

/** The most callers that may wait at the same time in one sandbox. */
export const MAX_WAITERS = 1_000;

/** What a caller waits for. */
export interface WaitFor {
  /** How many matching entries end the wait. */
  readonly count: number;
  /** How many matching entries the journal has already. */
  readonly already: number;
  /** Whether an entry matches. */
  readonly fits: (entry: JournalEntry) => boolean;
  /** The longest wait, in real milliseconds. */
  readonly ms: number;
  /** Ends the wait when the caller gives up. */
  readonly signal?: AbortSignal | undefined;
}

/** All waits of one sandbox. */
export class RequestWaiters {
  readonly #open = new Set<() => void>();

  constructor(readonly journal: JournalStore) {}

  /** How many callers wait. */
  get size(): number {
    return this.#open.size;
  }

  /** Resolves once there are `count` matching entries, or the wait is over. Starts counting at zero when the journal is emptied. @throws Problem if too many callers wait */
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

  /** Ends all waits. */
  end(): void {
    for (const finish of [...this.#open]) finish();
  }
}

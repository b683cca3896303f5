/**
 * Long work in steps, with other work of the process between them.
 * @module
 */
import { runWork, type Work } from '../../runtime/current-work.js';

// Tests replace the global one by a clock of their own, which stands still.
const { setImmediate: soon, clearImmediate: cancel } = globalThis;

/** Runs one piece of work at a time, a step in each turn of the event loop. */
export class Steps {
  #left: Iterator<void> | undefined;
  #next: NodeJS.Immediate | undefined;

  /** @param work how the log describes it */
  constructor(readonly work: Work) {}

  /** Begins a piece of work. The one before must be finished or dropped. */
  begin(steps: Iterable<void>): void {
    this.#left = steps[Symbol.iterator]();
    this.#schedule();
  }

  /** Takes the steps that are left. @throws what a step throws, also one that was taken earlier */
  finish(): void {
    const left = this.#left;
    this.drop();
    if (!left) return;
    runWork(this.work, () => {
      while (!left.next().done);
    });
  }

  /** Drops the steps that are left. */
  drop(): void {
    this.#left = undefined;
    cancel(this.#next);
  }

  #schedule(): void {
    this.#next = soon(() => {
      if (this.#step()) this.#schedule();
    });
  }

  /** @returns whether there may be another step */
  #step(): boolean {
    try {
      const isDone = runWork(this.work, () => this.#left?.next().done ?? true);
      if (isDone) this.#left = undefined;
      return !isDone;
    } catch (error) {
      // Nobody waits for this step. Whoever calls `finish` gets the error.
      this.#left = {
        next() {
          throw error;
        },
      };
      return false;
    }
  }
}

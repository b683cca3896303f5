/**
 * Long work in steps, with other work of the process between them.
 * @module
 */
import { preciseTime } from '../../runtime/clock.js';
import { runWork, type Work } from '../../runtime/current-work.js';

// Tests replace the global one by a clock of their own, which stands still.
const { setImmediate: soon, clearImmediate: cancel } = globalThis;

/** Default of `takeInTurns`. */
const TURN_MS = 10;

/**
 * Takes all steps, and lets the process do other work between them.
 *
 * @param work how the log describes it
 * @param turnMs how long steps are taken in one turn of the event loop, in real milliseconds. A longer step is not interrupted
 * @returns the result of the steps
 */
export async function takeInTurns<T>(work: Work, steps: Iterator<void, T>, turnMs = TURN_MS): Promise<T> {
  for (;;) {
    const { done, value } = runWork(work, () => takeFor(turnMs, steps));
    if (done) return value;
    await new Promise<void>((resolve) => soon(resolve));
  }
}

/** Takes steps until they have taken `ms`, or are over. */
function takeFor<T>(ms: number, steps: Iterator<void, T>): IteratorResult<void, T> {
  const until = preciseTime() + ms;
  for (;;) {
    const step = steps.next();
    if (step.done || preciseTime() >= until) return step;
  }
}

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
    if (!this.#left) return;
    runWork(this.work, () => {
      for (const _ of this.rest());
    });
  }

  /** Takes the steps that are left, and yields after each of them. The event loop goes on taking them meanwhile. @throws as `finish` */
  *rest(): Generator<void, void> {
    while (this.#left) {
      let isOver = true;
      try {
        isOver = this.#left.next().done ?? false;
      } finally {
        if (isOver) this.drop();
      }
      yield;
    }
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

/**
 * Calls of a store that fail as a test says.
 * @module
 */
import { LogError, type LogFailure } from '../shared-log.js';

/** What a store of tests is made of. */
export class FaultyCalls {
  readonly #faults: { readonly failure: LogFailure; readonly isAfter: boolean }[] = [];
  #paused: Promise<void> | undefined;
  #resume: (() => void) | undefined;

  /**
   * Lets the next call fail.
   *
   * @param failure how
   * @param moment `before`: without effect; `after`: the call takes effect, and its reply is lost
   */
  failNext(failure: LogFailure, moment: 'before' | 'after' = 'before'): void {
    this.#faults.push({ failure, isAfter: moment === 'after' });
  }

  /** Holds all calls, until `resume`. */
  pause(): void {
    this.#paused ??= new Promise((resolve) => {
      this.#resume = resolve;
    });
  }

  /** Lets calls go on after `pause`. */
  resume(): void {
    this.#resume?.();
    this.#paused = undefined;
  }

  /** Makes a call with the faults that are set. @param refusal why no call can be made, if none can @throws LogError */
  protected async callWithFaults<T>(call: () => T | Promise<T>, refusal?: () => LogError | undefined): Promise<T> {
    await this.#paused;
    const refused = refusal?.();
    if (refused) throw refused;
    const fault = this.#faults.shift();
    if (fault && !fault.isAfter) throw new LogError(fault.failure, `a test lets this call fail: ${fault.failure}`);
    const result = await call();
    if (fault) throw new LogError(fault.failure, `a test loses this reply: ${fault.failure}`);
    return result;
  }
}

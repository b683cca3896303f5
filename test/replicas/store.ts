/**
 * The store of replicas under test: what a test does to it, and time that the test sets.
 * @module
 */
import { MemoryLogHub, type MemoryLogOptions } from '../../src/replicas/log/memory-hub.js';
import { MemoryLog } from '../../src/replicas/log/memory-log.js';
import type { LogBatch, LogFailure, SharedLog } from '../../src/replicas/shared-log.js';

/** A store, with the faults that a test can set. */
export interface TestStore {
  /** Opens the log for one more member. */
  open(): SharedLog;
  /** Lets the next call fail. @param moment `before`: without effect; `after`: the call takes effect, and its reply is lost */
  failNext(failure: LogFailure, moment: 'before' | 'after'): void;
  /** Holds all calls, until `resume`. */
  pause(): void;
  /** Lets calls go on. */
  resume(): void;
  /** Restarts the server. @param lost 0: it keeps its data; above: it loses some of the newest batches */
  restart(lost: number): void | Promise<void>;
  /** Removes a member, as its silence does: its requests end. */
  remove(member: number): void | Promise<void>;
  /** The batches that are in the log, ascending. */
  batches(): readonly LogBatch[] | Promise<readonly LogBatch[]>;
  /** Resolves once what is under way has come to rest, unless it waits for time or for a paused store. */
  rest(): Promise<void>;
  /** Ends it. */
  close(): void | Promise<void>;
}

/** Opens a store whose clock is a function that returns epoch ms, with fractions. */
export type OpenStore = (now: () => number) => TestStore;

/** Resolves after some turns of the event loop: what was under way in this process without waiting for time is over then. */
export async function atRest(turns = 12): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** A log in memory. */
export function inMemory(options: Partial<MemoryLogOptions> = {}): OpenStore {
  return (now) => {
    const hub = new MemoryLogHub({ now, ...options });
    return {
      open: () => new MemoryLog(hub),
      failNext: (failure, moment) => hub.failNext(failure, moment),
      pause: () => hub.pause(),
      resume: () => hub.resume(),
      restart: (lost) => hub.restart(lost),
      remove: (member) => hub.remove(member),
      batches: () => hub.batches,
      rest: () => atRest(),
      close() {},
    };
  };
}

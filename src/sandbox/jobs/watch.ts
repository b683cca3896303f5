/**
 * Emits events when jobs start, change or end. A job's state is computed on read, so its end is emitted with the next activity in the sandbox. While there is
 * a listener, a timer emits it on time; without one, no timer runs.
 * @module
 */

import { isRunning, type JobItem } from '../../state/resources/item.js';
import type { JobEvent, SandboxEvent } from '../events.js';
import type { ProviderState } from '../provider-state.js';
import type { SandboxClock } from '../store.js';
import { type JobEnd, JobEndQueue } from './end-queue.js';

/** Who must know of ends besides listeners: the webhooks. */
export interface EndObserver {
  /** Whether ends matter now; if so, a timer notices them on time. */
  wanted(): boolean;
  ended(end: JobEnd): void;
}

/** Emits the job events of one sandbox. */
export class JobWatch {
  /** Ends that have not been emitted. */
  readonly #ends = new JobEndQueue();
  #listening = false;
  #disarm = () => {};

  constructor(
    readonly clock: SandboxClock,
    readonly emit: (event: SandboxEvent) => void,
    readonly observer?: EndObserver,
  ) {}

  /** Reports that a job has started. */
  started(providerState: ProviderState, collection: string, item: JobItem): void {
    this.catchUp(item.createdAt);
    // First, because a listener may move the job's end.
    this.#add(providerState, collection, item);
    this.#emit('started', endOf(providerState, collection, item), item.createdAt);
  }

  /** Reports that a job's end or outcome has changed. */
  moved(providerState: ProviderState, item: JobItem): void {
    this.catchUp();
    const collection = this.#ends.remove(providerState, item.serial) ?? collectionOf(providerState, item);
    if (collection === undefined) return;
    const now = this.clock.now();
    if (isRunning(item.job, now)) {
      this.#emit('changed', endOf(providerState, collection, item), now);
      this.#add(providerState, collection, item);
    } else {
      this.#emit('ended', endOf(providerState, collection, item), now);
      this.#arm();
    }
  }

  /** Watches the running jobs of these states and forgets all others. */
  restart(providerStates: Iterable<ProviderState>): void {
    this.#ends.clear();
    const now = this.clock.now();
    for (const providerState of providerStates) {
      for (const { collection, item } of providerState.resources.jobs())
        if (isRunning(item.job, now)) this.#add(providerState, collection, item);
    }
    this.#arm();
  }

  /** The serial numbers of the jobs that run though their end has been emitted, because the clock was set back. It is not emitted again. */
  endedBefore(providerState: ProviderState): number[] {
    const now = this.clock.now();
    const watched = this.#ends.serialsOf(providerState);
    const running = [...providerState.resources.jobs()].filter(({ item }) => isRunning(item.job, now));
    return running.map(({ item }) => item.serial).filter((serial) => !watched.has(serial));
  }

  /** Forgets the ends of these jobs, which have been emitted. */
  forget(providerState: ProviderState, serials: readonly number[]): void {
    for (const serial of serials) this.#ends.remove(providerState, serial);
    this.#arm();
  }

  /** Whether there is a listener. A listener may change a job synchronously. */
  get hasListener(): boolean {
    return this.#listening;
  }

  /** Says whether there is a listener, to which ends are emitted on time. */
  listen(listening: boolean): void {
    this.#listening = listening;
    this.catchUp();
    this.#arm();
  }

  /** Says that endpoints of webhooks were registered or removed. */
  endpointsChanged(): void {
    this.catchUp();
    this.#arm();
  }

  /** Emits the ends that the clock has passed. */
  catchUp(now?: number): void {
    if (this.#ends.size === 0) return;
    const until = now ?? this.clock.now();
    for (;;) {
      const end = this.#ends.next(until);
      if (!end) break;
      this.#emit('ended', end, end.endsAt!);
    }
  }

  #add(providerState: ProviderState, collection: string, item: JobItem): void {
    if (this.#ends.add(providerState, collection, item)) this.#arm();
  }

  /** Sets the timer to the earliest end. */
  #arm(): void {
    this.#disarm();
    this.#disarm = () => {};
    const first = this.#ends.firstEndsAt;
    if (first === undefined || first === Number.POSITIVE_INFINITY) return;
    if (!this.#listening && this.observer?.wanted() !== true) return;
    const ended = () => {
      this.catchUp();
      this.#arm();
    };
    // First, because the timer is set anew again and again, at other moments than in a sandbox that was restored.
    this.#disarm = this.clock.at(first, ended, true, true);
  }

  #emit(change: JobEvent['change'], end: JobEnd, at: number): void {
    const { providerState, collection, id, outcome, endsAt } = end;
    const { provider } = providerState;
    const state = change === 'ended' ? outcome : provider.collections.get(collection)!.life!.running;
    this.emit({ type: 'job', at, data: { profile: provider.id, collection, id, change, state, endsAt } });
    if (change === 'ended') this.observer?.ended(end);
  }
}

function endOf(providerState: ProviderState, collection: string, { id, job: { outcome, endsAt } }: JobItem): JobEnd {
  return { providerState, collection, id, outcome, endsAt };
}

function collectionOf(providerState: ProviderState, item: JobItem): string | undefined {
  for (const job of providerState.resources.jobs()) if (job.item === item) return job.collection;
  return undefined;
}

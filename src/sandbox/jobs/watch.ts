/**
 * Tells of jobs: that they have started, changed or ended. A job's state is computed on read, so its end is told when something next happens in the sandbox,
 * or, while somebody listens, when the clock gets there; without a listener no timer runs.
 * @module
 */

import { isRunning, type JobItem } from '../../state/resources/item.js';
import type { JobEvent, SandboxEvent } from '../events.js';
import type { ProviderState } from '../provider-state.js';
import type { SandboxClock } from '../store.js';
import { type JobEnd, JobEndQueue } from './end-queue.js';

export class JobWatch {
  /** Those that have not been told. */
  readonly #ends = new JobEndQueue();
  #listening = false;
  #disarm = () => {};

  constructor(
    readonly clock: SandboxClock,
    readonly emit: (event: SandboxEvent) => void,
  ) {}

  started(providerState: ProviderState, collection: string, item: JobItem): void {
    this.catchUp(item.createdAt);
    // Whoever is told may move its end.
    this.#add(providerState, collection, item);
    this.#tell('started', endOf(providerState, collection, item), item.createdAt);
  }

  /** Its end or its outcome has changed. */
  moved(providerState: ProviderState, item: JobItem): void {
    this.catchUp();
    const collection = this.#ends.remove(providerState, item.serial) ?? collectionOf(providerState, item);
    if (collection === undefined) return;
    const now = this.clock.now();
    if (isRunning(item.job, now)) {
      this.#tell('changed', endOf(providerState, collection, item), now);
      this.#add(providerState, collection, item);
    } else {
      this.#tell('ended', endOf(providerState, collection, item), now);
      this.#arm();
    }
  }

  /** Watches what runs in these worlds, and nothing else. */
  restart(providerStates: Iterable<ProviderState>): void {
    this.#ends.clear();
    const now = this.clock.now();
    for (const providerState of providerStates) {
      for (const { collection, item } of providerState.resources.jobs())
        if (isRunning(item.job, now)) this.#add(providerState, collection, item);
    }
    this.#arm();
  }

  /** Whether somebody hears of jobs, who may change them at once. */
  get isHeard(): boolean {
    return this.#listening;
  }

  /** Whether somebody is to hear of ends as they come. */
  listen(listening: boolean): void {
    this.#listening = listening;
    this.catchUp();
    this.#arm();
  }

  /** Tells of the ends that the clock has passed. */
  catchUp(now?: number): void {
    if (this.#ends.size === 0) return;
    const until = now ?? this.clock.now();
    for (;;) {
      const end = this.#ends.next(until);
      if (!end) break;
      this.#tell('ended', end, end.endsAt!);
    }
  }

  #add(providerState: ProviderState, collection: string, item: JobItem): void {
    if (this.#ends.add(providerState, collection, item)) this.#arm();
  }

  #arm(): void {
    this.#disarm();
    this.#disarm = () => {};
    const first = this.#ends.firstEndsAt;
    if (!this.#listening || first === undefined || first === Number.POSITIVE_INFINITY) return;
    this.#disarm = this.clock.at(first, () => {
      this.catchUp();
      this.#arm();
    });
  }

  #tell(change: JobEvent['change'], { providerState, collection, id, outcome, endsAt }: JobEnd, at: number): void {
    const { provider } = providerState;
    const state = change === 'ended' ? outcome : provider.collections.get(collection)!.life!.running;
    this.emit({ type: 'job', at, data: { profile: provider.id, collection, id, change, state, endsAt } });
  }
}

function endOf(providerState: ProviderState, collection: string, { id, job: { outcome, endsAt } }: JobItem): JobEnd {
  return { providerState, collection, id, outcome, endsAt };
}

function collectionOf(providerState: ProviderState, item: JobItem): string | undefined {
  for (const job of providerState.resources.jobs()) if (job.item === item) return job.collection;
  return undefined;
}

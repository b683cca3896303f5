/**
 * Tells of jobs: that they have started, changed or ended. A job's state is computed on read, so its end is told when something next happens in the sandbox,
 * or, while somebody listens, when the clock gets there; without a listener no timer runs.
 * @module
 */
import type { Clock } from '../clock.js';
import { isRunning, type JobItem } from '../state/item.js';
import type { JobEvent, SandboxEvent } from './events.js';
import type { World } from './world.js';

interface Watched {
  readonly world: World;
  readonly collection: string;
  readonly item: JobItem;
  readonly endsAt: number;
}

export class JobWatch {
  /** Jobs whose end has not been told, the first to end first; before `#first`, such as have been. */
  #running: Watched[] = [];
  #first = 0;
  #listening = false;
  #disarm = () => {};

  constructor(
    readonly clock: Clock,
    readonly emit: (event: SandboxEvent) => void,
  ) {}

  started(world: World, collection: string, item: JobItem): void {
    this.catchUp();
    this.#tell('started', { world, collection, item, endsAt: endOf(item) }, this.clock.now());
    this.#put(world, collection, item);
  }

  /** Its end or its outcome has changed. */
  moved(world: World, item: JobItem): void {
    this.catchUp();
    const collection = this.#forget(item) ?? collectionOf(world, item);
    if (collection === undefined) return;
    const now = this.clock.now();
    const watched = { world, collection, item, endsAt: endOf(item) };
    if (isRunning(item.job, now)) {
      this.#tell('changed', watched, now);
      this.#put(world, collection, item);
    } else {
      this.#tell('ended', watched, now);
      this.#arm();
    }
  }

  /** Watches what runs in these worlds, and nothing else. */
  restart(worlds: Iterable<World>): void {
    this.#running = [];
    this.#first = 0;
    const now = this.clock.now();
    for (const world of worlds) {
      for (const { collection, item } of world.resources.jobs())
        if (isRunning(item.job, now)) this.#put(world, collection, item);
    }
    this.#arm();
  }

  /** Whether somebody is to hear of ends as they come. */
  listen(listening: boolean): void {
    this.#listening = listening;
    this.catchUp();
    this.#arm();
  }

  /** Tells of the ends that the clock has passed. */
  catchUp(): void {
    if (this.#first === this.#running.length) return;
    const now = this.clock.now();
    for (;;) {
      const ended = this.#running[this.#first];
      if (!ended || ended.endsAt > now) break;
      this.#first += 1;
      this.#tell('ended', ended, ended.endsAt);
    }
    // Taken out many at once: to take one from the front of a long list is to move all that are behind it.
    if (this.#first > 1_000 || this.#first === this.#running.length) {
      this.#running.splice(0, this.#first);
      this.#first = 0;
    }
  }

  #put(world: World, collection: string, item: JobItem): void {
    const endsAt = endOf(item);
    let high = this.#running.length;
    let low = high > this.#first && this.#running[high - 1]!.endsAt <= endsAt ? high : this.#first;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#running[middle]!.endsAt > endsAt) high = middle;
      else low = middle + 1;
    }
    const watched = { world, collection, item, endsAt };
    if (low === this.#running.length) this.#running.push(watched);
    else this.#running.splice(low, 0, watched);
    if (low === this.#first) this.#arm();
  }

  #forget(item: JobItem): string | undefined {
    const place = this.#running.findIndex((watched, i) => i >= this.#first && watched.item === item);
    return place < 0 ? undefined : this.#running.splice(place, 1)[0]!.collection;
  }

  #arm(): void {
    this.#disarm();
    this.#disarm = () => {};
    const first = this.#running[this.#first]?.endsAt;
    if (!this.#listening || first === undefined || first === Number.POSITIVE_INFINITY) return;
    this.#disarm = this.clock.at(first, () => {
      this.catchUp();
      this.#arm();
    });
  }

  #tell(change: JobEvent['change'], { world, collection, item }: Watched, at: number): void {
    const { provider } = world;
    const { endsAt, outcome } = item.job;
    const state = change === 'ended' ? outcome : provider.collections.get(collection)!.life!.running;
    this.emit({ type: 'job', at, data: { profile: provider.id, collection, id: item.id, change, state, endsAt } });
  }
}

function endOf({ job }: JobItem): number {
  return job.endsAt ?? Number.POSITIVE_INFINITY;
}

function collectionOf(world: World, item: JobItem): string | undefined {
  for (const job of world.resources.jobs()) if (job.item === item) return job.collection;
  return undefined;
}

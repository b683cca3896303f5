/**
 * Ends of jobs that are to come, the first of them first: arrays side by side instead of an object for each, since they may be many and the garbage collector has
 * little to do with numbers.
 * @module
 */
import type { JobItem } from '../state/item.js';
import type { World } from './world.js';

/** Where jobs are from. */
export interface Place {
  readonly world: World;
  readonly collection: string;
}

/** A job at the moment, whoever else changes it. */
export interface JobEnd extends Place {
  readonly id: string;
  readonly outcome: string;
  /** Epoch ms; `null`: it runs until told otherwise. */
  readonly endsAt: number | null;
}

/** So many that are over are taken out at once: to take one from the front of a long list is to move all that are behind it. */
const MOST_OVER = 1_000;

export class JobEnds {
  /** Where those begin that are not over. */
  #first = 0;
  /** Epoch ms; `Infinity` where it runs until told otherwise. */
  readonly #endsAt: number[] = [];
  readonly #serials: number[] = [];
  readonly #ids: string[] = [];
  readonly #outcomes: string[] = [];
  readonly #places: Place[] = [];
  /** One object for all jobs that are from there. */
  readonly #known: Place[] = [];

  get size(): number {
    return this.#endsAt.length - this.#first;
  }

  /** `undefined` where there is none. */
  get firstEndsAt(): number | undefined {
    return this.#endsAt[this.#first];
  }

  /** @returns whether it is the first now */
  add(world: World, collection: string, { id, serial, job }: JobItem): boolean {
    const endsAt = endOf(job);
    const at = this.#placeFor(endsAt);
    const place = this.#place(world, collection);
    if (at === this.#endsAt.length) {
      this.#endsAt.push(endsAt);
      this.#serials.push(serial);
      this.#ids.push(id);
      this.#outcomes.push(job.outcome);
      this.#places.push(place);
    } else {
      this.#endsAt.splice(at, 0, endsAt);
      this.#serials.splice(at, 0, serial);
      this.#ids.splice(at, 0, id);
      this.#outcomes.splice(at, 0, job.outcome);
      this.#places.splice(at, 0, place);
    }
    return at === this.#first;
  }

  /** Takes the first, where it is over by `now`. */
  next(now: number): JobEnd | undefined {
    const at = this.#first;
    if (at === this.#endsAt.length || this.#endsAt[at]! > now) return undefined;
    const end = { ...this.#places[at]!, id: this.#ids[at]!, outcome: this.#outcomes[at]!, endsAt: this.#endsAt[at]! };
    this.#first += 1;
    if (this.#first > MOST_OVER || this.#first === this.#endsAt.length) {
      this.#cut(0, this.#first);
      this.#first = 0;
    }
    return end;
  }

  /** @returns the collection of the job that was to end */
  remove(world: World, serial: number): string | undefined {
    let at = this.#serials.indexOf(serial, this.#first);
    while (at >= 0 && this.#places[at]!.world !== world) at = this.#serials.indexOf(serial, at + 1);
    if (at < 0) return undefined;
    const { collection } = this.#places[at]!;
    this.#cut(at, 1);
    return collection;
  }

  #cut(from: number, count: number): void {
    for (const column of [this.#endsAt, this.#serials, this.#ids, this.#outcomes, this.#places])
      column.splice(from, count);
  }

  /** Behind all that end by then. */
  #placeFor(endsAt: number): number {
    const ends = this.#endsAt;
    let high = ends.length;
    let low = high > this.#first && ends[high - 1]! <= endsAt ? high : this.#first;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (ends[middle]! > endsAt) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  #place(world: World, collection: string): Place {
    for (const place of this.#known) if (place.world === world && place.collection === collection) return place;
    const place = { world, collection };
    this.#known.push(place);
    return place;
  }
}

function endOf({ endsAt }: JobItem['job']): number {
  return endsAt ?? Number.POSITIVE_INFINITY;
}

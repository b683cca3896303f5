/**
 * Ends of jobs that are to come, the first of them first. They may be many, so they are records off the heap.
 * @module
 */
import type { JobItem } from '../state/item.js';
import { placeAmong, Records } from '../state/records.js';
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

/** Numbers of a record; its text is the id. */
const ENDS_AT = 0;
const SERIAL = 1;
const OUTCOME = 2;
const PLACE = 3;
const WIDTH = 4;

/** So many that are over are taken out at once: to take one from the front of a long list is to move all that are behind it. */
const MOST_OVER = 1_000;

export class JobEnds {
  readonly #records = new Records(WIDTH);
  /** Records in the order of their ends; those before `#first` are over. */
  readonly #order: number[] = [];
  #first = 0;
  readonly #outcomes: string[] = [];
  readonly #places: Place[] = [];

  get size(): number {
    return this.#order.length - this.#first;
  }

  /** Epoch ms; `Infinity` where it runs until told otherwise; `undefined` where there is none. */
  get firstEndsAt(): number | undefined {
    return this.size === 0 ? undefined : this.#endsAt(this.#first);
  }

  /** @returns whether it is the first now */
  add(world: World, collection: string, { id, serial, job }: JobItem): boolean {
    const endsAt = job.endsAt ?? Number.POSITIVE_INFINITY;
    const record = this.#records.add(id);
    this.#records.setNumber(record, ENDS_AT, endsAt);
    this.#records.setNumber(record, SERIAL, serial);
    this.#records.setNumber(record, OUTCOME, placeAmong(this.#outcomes, job.outcome));
    this.#records.setNumber(record, PLACE, this.#place(world, collection));
    const at = this.#behind(endsAt);
    if (at === this.#order.length) this.#order.push(record);
    else this.#order.splice(at, 0, record);
    return at === this.#first;
  }

  /** Takes the first, where it is over by `now`. */
  next(now: number): JobEnd | undefined {
    const at = this.#first;
    if (this.size === 0 || this.#endsAt(at) > now) return undefined;
    const record = this.#order[at]!;
    const endsAt = this.#endsAt(at);
    const outcome = this.#outcomes[this.#records.number(record, OUTCOME)]!;
    const end = { ...this.#placeOf(record), id: this.#records.text(record), outcome, endsAt };
    this.#records.drop(record);
    this.#first += 1;
    if (this.#first > MOST_OVER || this.size === 0) {
      this.#order.splice(0, this.#first);
      this.#first = 0;
    }
    // Places are worlds, which may have been replaced.
    if (this.size === 0) this.#places.length = 0;
    return end;
  }

  /** @returns the collection of the job that was to end */
  remove(world: World, serial: number): string | undefined {
    // Another edition of a provider is another world with the same resources.
    const { resources } = world;
    const is = (record: number) =>
      this.#records.number(record, SERIAL) === serial && this.#placeOf(record).world.resources === resources;
    const at = this.#order.findIndex((record, i) => i >= this.#first && is(record));
    if (at < 0) return undefined;
    const [record] = this.#order.splice(at, 1) as [number];
    const { collection } = this.#placeOf(record);
    this.#records.drop(record);
    return collection;
  }

  /** Lets go of all. */
  clear(): void {
    this.#records.clear();
    this.#order.length = 0;
    this.#first = 0;
    this.#places.length = 0;
  }

  #endsAt(at: number): number {
    return this.#records.number(this.#order[at]!, ENDS_AT);
  }

  #placeOf(record: number): Place {
    return this.#places[this.#records.number(record, PLACE)]!;
  }

  /** The place in the order behind all that end by then. */
  #behind(endsAt: number): number {
    let high = this.#order.length;
    let low = high > this.#first && this.#endsAt(high - 1) <= endsAt ? high : this.#first;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#endsAt(middle) > endsAt) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  #place(world: World, collection: string): number {
    for (let i = 0; i < this.#places.length; i++) {
      const place = this.#places[i]!;
      if (place.world === world && place.collection === collection) return i;
    }
    return this.#places.push({ world, collection }) - 1;
  }
}

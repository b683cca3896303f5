/**
 * Ends of jobs that are to come, the first of them first. They may be many, so they are records off the heap.
 * @module
 */

import { placeAmong, Records } from '../../state/records.js';
import type { JobItem } from '../../state/resources/item.js';
import type { ProviderState } from '../provider-state.js';

/** Where jobs are from. */
export interface JobOrigin {
  readonly providerState: ProviderState;
  readonly collection: string;
}

/** A job at the moment, whoever else changes it. */
export interface JobEnd extends JobOrigin {
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
const ORDER = 4;
const WIDTH = 5;

export class JobEndQueue {
  readonly #records = new Records(WIDTH);
  /** A binary heap of records: each ends no later than the two at twice its place plus one and two. */
  readonly #heap: number[] = [];
  readonly #outcomes: string[] = [];
  readonly #places: JobOrigin[] = [];
  #added = 0;

  get size(): number {
    return this.#heap.length;
  }

  /** Epoch ms; `Infinity` where it runs until told otherwise; `undefined` where there is none. */
  get firstEndsAt(): number | undefined {
    return this.size === 0 ? undefined : this.#endsAt(this.#heap[0]!);
  }

  /** @returns whether it is the first now */
  add(providerState: ProviderState, collection: string, { id, serial, job }: JobItem): boolean {
    const record = this.#records.add(id);
    this.#records.setNumber(record, ENDS_AT, job.endsAt ?? Number.POSITIVE_INFINITY);
    this.#records.setNumber(record, SERIAL, serial);
    this.#records.setNumber(record, OUTCOME, placeAmong(this.#outcomes, job.outcome));
    this.#records.setNumber(record, PLACE, this.#place(providerState, collection));
    this.#added += 1;
    this.#records.setNumber(record, ORDER, this.#added);
    this.#heap.push(record);
    return this.#up(this.#heap.length - 1) === 0;
  }

  /** Takes the first, where it is over by `now`. */
  next(now: number): JobEnd | undefined {
    const record = this.#heap[0];
    if (record === undefined || this.#endsAt(record) > now) return undefined;
    const outcome = this.#outcomes[this.#records.number(record, OUTCOME)]!;
    const end = { ...this.#placeOf(record), id: this.#records.text(record), outcome, endsAt: this.#endsAt(record) };
    this.#takeOut(0);
    return end;
  }

  /** @returns the collection of the job that was to end */
  remove(providerState: ProviderState, serial: number): string | undefined {
    // Another edition of a provider is another world with the same resources.
    const { resources } = providerState;
    const at = this.#heap.findIndex(
      (record) =>
        this.#records.number(record, SERIAL) === serial && this.#placeOf(record).providerState.resources === resources,
    );
    if (at < 0) return undefined;
    const { collection } = this.#placeOf(this.#heap[at]!);
    this.#takeOut(at);
    return collection;
  }

  /** Lets go of all. */
  clear(): void {
    this.#records.clear();
    this.#heap.length = 0;
    this.#places.length = 0;
  }

  #endsAt(record: number): number {
    return this.#records.number(record, ENDS_AT);
  }

  #placeOf(record: number): JobOrigin {
    return this.#places[this.#records.number(record, PLACE)]!;
  }

  #takeOut(at: number): void {
    this.#records.drop(this.#heap[at]!);
    const last = this.#heap.pop()!;
    if (at < this.#heap.length) {
      this.#heap[at] = last;
      this.#down(this.#up(at));
    }
    // Places are worlds, which may have been replaced.
    if (this.size === 0) this.#places.length = 0;
  }

  /** @returns where it is then */
  #up(from: number): number {
    let at = from;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (!this.#isBefore(this.#heap[at]!, this.#heap[above]!)) break;
      this.#swap(at, above);
      at = above;
    }
    return at;
  }

  #down(from: number): void {
    let at = from;
    for (;;) {
      const [left, right] = [2 * at + 1, 2 * at + 2];
      if (left >= this.#heap.length) return;
      const isRight = right < this.#heap.length && this.#isBefore(this.#heap[right]!, this.#heap[left]!);
      const least = isRight ? right : left;
      if (!this.#isBefore(this.#heap[least]!, this.#heap[at]!)) return;
      this.#swap(at, least);
      at = least;
    }
  }

  #swap(a: number, b: number): void {
    [this.#heap[a], this.#heap[b]] = [this.#heap[b]!, this.#heap[a]!];
  }

  /** Of jobs that end at the same instant the one that was added first ends first. */
  #isBefore(a: number, b: number): boolean {
    const [endA, endB] = [this.#endsAt(a), this.#endsAt(b)];
    return endA < endB || (endA === endB && this.#records.number(a, ORDER) < this.#records.number(b, ORDER));
  }

  #place(providerState: ProviderState, collection: string): number {
    for (let i = 0; i < this.#places.length; i++) {
      const place = this.#places[i]!;
      if (place.providerState === providerState && place.collection === collection) return i;
    }
    return this.#places.push({ providerState, collection }) - 1;
  }
}

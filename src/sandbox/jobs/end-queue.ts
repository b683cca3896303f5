/**
 * A priority queue of the ends of running jobs, earliest first. There may be many, so the entries are off-heap records.
 * @module
 */

import { indexAmong, Records } from '../../state/records.js';
import type { JobItem } from '../../state/resources/item.js';
import type { ProviderState } from '../provider-state.js';

/** The collection that a job belongs to. */
export interface JobOrigin {
  readonly providerState: ProviderState;
  readonly collection: string;
}

/** A job's state when the queue reads it; independent of later changes. */
export interface JobEnd extends JobOrigin {
  readonly id: string;
  readonly outcome: string;
  /** Epoch ms; `null` if the job runs until it is ended through the control API. */
  readonly endsAt: number | null;
}

/** Fields of a record. Its text is the job's id. */
const ENDS_AT = 0;
const SERIAL = 1;
const OUTCOME = 2;
const ORIGIN = 3;
const WIDTH = 4;

/** A binary heap of job ends. */
export class JobEndQueue {
  readonly #records = new Records(WIDTH);
  /** A binary heap of records: an entry at index i ends no later than its children at 2i + 1 and 2i + 2. */
  readonly #heap: number[] = [];
  readonly #outcomes: string[] = [];
  readonly #origins: JobOrigin[] = [];

  /** How many jobs have an end in the queue. */
  get size(): number {
    return this.#heap.length;
  }

  /** Epoch ms of the earliest end; `Infinity` if no job has one; `undefined` if the queue is empty. */
  get firstEndsAt(): number | undefined {
    return this.size === 0 ? undefined : this.#endsAt(this.#heap[0]!);
  }

  /** Adds a job. @returns whether its end is now the earliest */
  add(providerState: ProviderState, collection: string, { id, serial, job }: JobItem): boolean {
    const record = this.#records.add(id);
    this.#records.setNumber(record, ENDS_AT, job.endsAt ?? Number.POSITIVE_INFINITY);
    this.#records.setNumber(record, SERIAL, serial);
    this.#records.setNumber(record, OUTCOME, indexAmong(this.#outcomes, job.outcome));
    this.#records.setNumber(record, ORIGIN, this.#originIndex(providerState, collection));
    this.#heap.push(record);
    return this.#siftUp(this.#heap.length - 1) === 0;
  }

  /** Removes and returns the first entry if it has ended by `now`. */
  next(now: number): JobEnd | undefined {
    const record = this.#heap[0];
    if (record === undefined || this.#endsAt(record) > now) return undefined;
    const outcome = this.#outcomes[this.#records.number(record, OUTCOME)]!;
    const end = { ...this.#originOf(record), id: this.#records.text(record), outcome, endsAt: this.#endsAt(record) };
    this.#removeAt(0);
    return end;
  }

  /** The serial numbers of a provider's jobs that have an entry. */
  serialsOf({ resources }: ProviderState): Set<number> {
    const own = this.#heap.filter((record) => this.#originOf(record).providerState.resources === resources);
    return new Set(own.map((record) => this.#records.number(record, SERIAL)));
  }

  /** Removes the entry of a job. @returns its collection; `undefined` if it has no entry */
  remove(providerState: ProviderState, serial: number): string | undefined {
    // A new edition of a provider has another state object with the same resources.
    const { resources } = providerState;
    const at = this.#heap.findIndex(
      (record) =>
        this.#records.number(record, SERIAL) === serial && this.#originOf(record).providerState.resources === resources,
    );
    if (at < 0) return undefined;
    const { collection } = this.#originOf(this.#heap[at]!);
    this.#removeAt(at);
    return collection;
  }

  /** Removes all entries. */
  clear(): void {
    this.#records.clear();
    this.#heap.length = 0;
    this.#origins.length = 0;
  }

  #endsAt(record: number): number {
    return this.#records.number(record, ENDS_AT);
  }

  #originOf(record: number): JobOrigin {
    return this.#origins[this.#records.number(record, ORIGIN)]!;
  }

  #removeAt(at: number): void {
    this.#records.drop(this.#heap[at]!);
    const last = this.#heap.pop()!;
    if (at < this.#heap.length) {
      this.#heap[at] = last;
      this.#siftDown(this.#siftUp(at));
    }
    // Drop the references to provider states, which may have been replaced.
    if (this.size === 0) this.#origins.length = 0;
  }

  /** Sifts an entry up. @returns its final index */
  #siftUp(from: number): number {
    let at = from;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (!this.#isBefore(this.#heap[at]!, this.#heap[above]!)) break;
      this.#swap(at, above);
      at = above;
    }
    return at;
  }

  /** Sifts an entry down. */
  #siftDown(from: number): void {
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

  /** Orders by end, then by profile, then by creation: a queue that was restored must give the same order. */
  #isBefore(a: number, b: number): boolean {
    const [endA, endB] = [this.#endsAt(a), this.#endsAt(b)];
    if (endA !== endB) return endA < endB;
    const [profileA, profileB] = [a, b].map((record) => this.#originOf(record).providerState.provider.id);
    if (profileA !== profileB) return profileA! < profileB!;
    return this.#records.number(a, SERIAL) < this.#records.number(b, SERIAL);
  }

  #originIndex(providerState: ProviderState, collection: string): number {
    for (let i = 0; i < this.#origins.length; i++) {
      const origin = this.#origins[i]!;
      if (origin.providerState === providerState && origin.collection === collection) return i;
    }
    return this.#origins.push({ providerState, collection }) - 1;
  }
}

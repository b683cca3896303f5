/**
 * What happens in a sandbox, told to whoever listens, as it happens; the newest of it is kept, for those who come back.
 * @module
 */

import { suggest } from '../profile/errors.js';
import type { ClockReading } from '../runtime/clock.js';
import { bytesOfMany } from '../state/bytes.js';
import type { JournalEntry } from '../state/journal/entry.js';
import { Problem } from './control/problem.js';

/** What each kind of event tells. */
export interface EventData {
  /** A request that was admitted has been answered. */
  readonly request: JournalEntry;
  /** A request was refused by a policy. */
  readonly refusal: JournalEntry;
  /** A policy's soft limit was passed. */
  readonly warning: SoftWarning;
  readonly reset: { readonly clock: boolean; readonly accounts: boolean };
  /** The clock was moved, stopped or started by somebody. */
  readonly clock: ClockReading;
  readonly job: JobEvent;
}

export interface SoftWarning {
  readonly profile: string;
  readonly policy: string;
  readonly used: number;
  readonly limit: number;
  /** Share of the limit above which it is given. */
  readonly above: number;
}

export interface JobEvent {
  readonly profile: string;
  readonly collection: string;
  readonly id: string;
  /** `changed`: its end or outcome is another than before. */
  readonly change: 'started' | 'changed' | 'ended';
  readonly state: string;
  /** Epoch ms; `null`: it runs until told otherwise. */
  readonly endsAt: number | null;
}

export type EventType = keyof EventData;

export type SandboxEvent = {
  // `at`: epoch ms by the sandbox's clock.
  [T in EventType]: { readonly type: T; readonly at: number; readonly data: EventData[T] };
}[EventType];

/** An event as it is told: with a number that rises by one from event to event, resets included. */
export type MockEvent = SandboxEvent & { readonly id: number };

/** Those that `*` or a type stands for. */
export type MockEventOf<T extends EventType | '*'> = T extends '*' ? MockEvent : Extract<MockEvent, { type: T }>;

const TYPES: readonly string[] = [
  'request',
  'refusal',
  'warning',
  'reset',
  'clock',
  'job',
] satisfies readonly EventType[];

function checkEventType(type: string): void {
  if (type === '*' || TYPES.includes(type)) return;
  throw new Problem(400, 'unknown-event', `there are no events "${type}"; ${suggest(type, [...TYPES, '*'])}`, 'type');
}

export interface Listener {
  heard(event: MockEvent): void;
  /** No more will come: the sandbox is gone, or the server closes. */
  ended?(): void;
}

/** Events that are kept for those who come back. */
const RING_SIZE = 256;

export class Events {
  readonly #listeners = new Set<Listener>();
  /** By id. Of a request only its row in the journal, until somebody listens or comes back. */
  readonly #ring: (SandboxEvent | number)[] = [];
  #last = 0;

  /**
   * @param failed hears of a listener that threw: no request is to suffer from it
   * @param listened hears how many listen, when that changes
   * @param entryOf the entry of a row of the journal
   */
  constructor(
    readonly failed: (error: unknown) => void,
    readonly listened: (listeners: number) => void,
    readonly entryOf: (row: number) => JournalEntry,
  ) {}

  /** How many there have been. */
  get lastId(): number {
    return this.#last;
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  /** Bytes of those that are kept: an estimate. Of requests the journal has more than their rows' numbers. */
  get bytes(): number {
    return bytesOfMany(this.#ring, this.#ring.length);
  }

  /** Tells of something. A request is told of by its row in the journal. */
  emit(event: SandboxEvent | number): void {
    this.#last += 1;
    this.#ring[this.#last % RING_SIZE] = event;
    if (this.#listeners.size === 0) return;
    const numbered = { id: this.#last, ...this.#read(event) } as MockEvent;
    for (const { heard } of this.#listeners) {
      try {
        heard(numbered);
      } catch (error) {
        this.failed(error);
      }
    }
  }

  /** Hears of one kind of events, or of all. @returns what ends it @throws Problem when there is no such kind */
  on<T extends EventType | '*'>(type: T, listener: (event: MockEventOf<T>) => void): () => void {
    checkEventType(type);
    return this.listen({
      heard: (event) => {
        if (type === '*' || event.type === type) listener(event as MockEventOf<T>);
      },
    });
  }

  /** @returns what ends it */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    this.listened(this.#listeners.size);
    return () => {
      if (this.#listeners.delete(listener)) this.listened(this.#listeners.size);
    };
  }

  /** What came after an event, as far as it is kept, and how many are not any more. An id that was never given is of a former server: all there is came after it. */
  since(id: number): { readonly events: readonly MockEvent[]; readonly lost: number } {
    const after = id > this.#last ? 0 : id;
    const first = Math.max(after + 1, this.#last - RING_SIZE + 1);
    const events: MockEvent[] = [];
    for (let next = first; next <= this.#last; next += 1)
      events.push({ id: next, ...this.#read(this.#ring[next % RING_SIZE]!) } as MockEvent);
    return { events, lost: first - after - 1 };
  }

  /** Tells those who asked that no more will come. */
  end(): void {
    for (const listener of [...this.#listeners]) {
      if (!listener.ended) continue;
      this.#listeners.delete(listener);
      listener.ended();
    }
    this.listened(this.#listeners.size);
  }

  /** Makes itself independent of the journal's rows, which are about to go. */
  settle(): void {
    this.#ring.forEach((event, i) => {
      this.#ring[i] = this.#read(event);
    });
  }

  #read(event: SandboxEvent | number): SandboxEvent {
    if (typeof event !== 'number') return event;
    const entry = this.entryOf(event);
    return { type: entry.admitted ? 'request' : 'refusal', at: entry.sentAt, data: entry };
  }
}

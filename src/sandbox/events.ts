/**
 * The events of a sandbox. Listeners receive them as they occur; a ring buffer holds the newest for clients that reconnect.
 * @module
 */

import { suggest } from '../profile/errors.js';
import type { ClockReading } from '../runtime/clock.js';
import { bytesOfMany } from '../state/bytes.js';
import type { JournalEntry } from '../state/journal/entry.js';
import { Problem } from './control/problem.js';

/** The data of each type of event. */
export interface EventData {
  /** A request that was admitted has been answered. */
  readonly request: JournalEntry;
  /** A request was refused by a policy. */
  readonly refusal: JournalEntry;
  /** A policy's soft limit was passed. */
  readonly warning: SoftWarning;
  readonly reset: { readonly clock: boolean; readonly accounts: boolean };
  /** The clock was set, frozen or started through the control API or `mock.clock`. */
  readonly clock: ClockReading;
  readonly job: JobEvent;
  /** A webhook was sent, and answered or not. */
  readonly webhook: WebhookAttempt;
}

/** A policy's use has exceeded its soft limit. */
export interface SoftWarning {
  readonly profile: string;
  readonly policy: string;
  readonly used: number;
  readonly limit: number;
  /** Share of the limit (0 to 1) above which the warning is sent. */
  readonly above: number;
}

/** A job has started, changed or ended. */
export interface JobEvent {
  readonly profile: string;
  readonly collection: string;
  readonly id: string;
  /** `changed`: its end or outcome was changed. */
  readonly change: 'started' | 'changed' | 'ended';
  readonly state: string;
  /** Epoch ms; `null` if the job runs until it is ended through the control API. */
  readonly endsAt: number | null;
}

/** An attempt to deliver a webhook. */
export interface WebhookAttempt {
  readonly profile: string;
  /** Id of the delivery; the same for all its attempts. */
  readonly delivery: string;
  /** Type of the provider's event; `null`: the end of a job, told to the URL that its request named. */
  readonly type: string | null;
  /** Id of the provider's event; `null` where it has none. */
  readonly event: string | null;
  /** The account whose event it is; `null` if that is not known. */
  readonly account: string | null;
  /** The endpoint registered through the control API; `null` for others. */
  readonly endpoint: string | null;
  /** The URL without query; on other hosts without its path. */
  readonly url: string;
  /** The number of the attempt, from 1. */
  readonly attempt: number;
  /** Status of the response; `null` if there was none. */
  readonly status: number | null;
  /** Why there was no response; `null` if there was one. */
  readonly error: string | null;
  /** `pending`: it is sent again at `nextAt`; `failed`: it is given up. */
  readonly state: 'pending' | 'delivered' | 'failed';
  /** Epoch ms of the next attempt; `null` if there is none. */
  readonly nextAt: number | null;
}

/** The name of an event type. */
export type EventType = keyof EventData;

/** An event before it has an id. */
export type SandboxEvent = {
  // `at`: epoch ms by the sandbox's clock.
  [T in EventType]: { readonly type: T; readonly at: number; readonly data: EventData[T] };
}[EventType];

/** An event with its id. Ids rise by one from event to event, across resets. */
export type MockEvent = SandboxEvent & { readonly id: number };

/** The events of a type, or all for `*`. */
export type MockEventOf<T extends EventType | '*'> = T extends '*' ? MockEvent : Extract<MockEvent, { type: T }>;

const TYPES: readonly string[] = [
  'request',
  'refusal',
  'warning',
  'reset',
  'clock',
  'job',
  'webhook',
] satisfies readonly EventType[];

function checkEventType(type: string): void {
  if (type === '*' || TYPES.includes(type)) return;
  throw new Problem(400, 'unknown-event', `there are no events "${type}"; ${suggest(type, [...TYPES, '*'])}`, 'type');
}

/** A subscriber to all events. */
export interface Listener {
  /** Is called with each event. */
  receive(event: MockEvent): void;
  /** Is called when no more events will come: the sandbox was removed, or the server closes. */
  ended?(): void;
}

/** The events as another process continues them. */
export interface EventsState {
  readonly last: number;
  /** The newest events, oldest first. A number is the journal row of a request, whose entry may still change. */
  readonly newest: readonly (SandboxEvent | number)[];
}

/** How many events the ring buffer holds. */
const RING_SIZE = 256;

/** The event bus of one sandbox. */
export class Events {
  readonly #listeners = new Set<Listener>();
  /** Listeners that are not told of requests. They cost nothing per request. */
  readonly #quiet = new Set<Listener>();
  /** Events by id, modulo the size. A number is the journal row of a request; its entry is read only when a listener needs it. */
  readonly #ring: (SandboxEvent | number)[] = [];
  #last = 0;

  /**
   * @param failed is called with the error of a listener that threw; the request goes on
   * @param listened is called with the number of listeners whenever it changes
   * @param entryOf reads the journal entry of a row
   */
  constructor(
    readonly failed: (error: unknown) => void,
    readonly listened: (listeners: number) => void,
    readonly entryOf: (row: number) => JournalEntry,
  ) {}

  /** The id of the newest event: how many there have been. */
  get lastId(): number {
    return this.#last;
  }

  /** How many listeners there are. */
  get listeners(): number {
    return this.#listeners.size + this.#quiet.size;
  }

  /** Estimated bytes of the ring buffer. For requests, it holds row numbers only; the journal holds the rest. */
  get bytes(): number {
    return bytesOfMany(this.#ring, this.#ring.length);
  }

  /** Sends an event to all listeners. A number is the journal row of an answered request. */
  emit(event: SandboxEvent | number): void {
    this.#last += 1;
    this.#ring[this.#last % RING_SIZE] = event;
    const isQuiet = typeof event !== 'number' && this.#quiet.size > 0;
    if (this.#listeners.size === 0 && !isQuiet) return;
    const numbered = { id: this.#last, ...this.#read(event) } as MockEvent;
    this.#send(numbered, this.#listeners);
    if (isQuiet) this.#send(numbered, this.#quiet);
  }

  #send(event: MockEvent, listeners: ReadonlySet<Listener>): void {
    for (const { receive } of listeners) {
      try {
        receive(event);
      } catch (error) {
        this.failed(error);
      }
    }
  }

  /** Listens to one type of event, or to all. @returns a function that stops listening @throws Problem if there is no such type */
  on<T extends EventType | '*'>(type: T, listener: (event: MockEventOf<T>) => void): () => void {
    checkEventType(type);
    return this.listen({
      receive: (event) => {
        if (type === '*' || event.type === type) listener(event as MockEventOf<T>);
      },
    });
  }

  /** Listens to all events. @returns a function that stops listening */
  listen(listener: Listener): () => void {
    return this.#add(this.#listeners, listener);
  }

  /** Listens to all events but those of requests, whose journal entries are then not read. @returns a function that stops listening */
  listenWithoutRequests(listener: Listener): () => void {
    return this.#add(this.#quiet, listener);
  }

  #add(listeners: Set<Listener>, listener: Listener): () => void {
    listeners.add(listener);
    this.listened(this.listeners);
    return () => {
      if (listeners.delete(listener)) this.listened(this.listeners);
    };
  }

  /**
   * The events after an id that the ring buffer still holds, and how many it no longer holds. An id greater than the newest comes from an earlier server
   * process; all events are returned then.
   */
  since(id: number): { readonly events: readonly MockEvent[]; readonly lost: number } {
    const after = id > this.#last ? 0 : id;
    const first = Math.max(after + 1, this.#last - RING_SIZE + 1);
    const events: MockEvent[] = [];
    for (let next = first; next <= this.#last; next += 1)
      events.push({ id: next, ...this.#read(this.#ring[next % RING_SIZE]!) } as MockEvent);
    return { events, lost: first - after - 1 };
  }

  /** The state, for `load`. */
  dump(): EventsState {
    const newest: (SandboxEvent | number)[] = [];
    for (let id = Math.max(1, this.#last - RING_SIZE + 1); id <= this.#last; id += 1)
      newest.push(this.#ring[id % RING_SIZE]!);
    return { last: this.#last, newest };
  }

  /** Continues from a saved state, whose journal has been loaded. */
  load({ last, newest }: EventsState): void {
    this.#last = last;
    newest.forEach((event, i) => {
      this.#ring[(last - newest.length + 1 + i) % RING_SIZE] = event;
    });
  }

  /** Ends the listeners that have `ended`: no more events will come. */
  end(): void {
    for (const listeners of [this.#listeners, this.#quiet]) {
      for (const listener of [...listeners]) {
        if (!listener.ended) continue;
        listeners.delete(listener);
        listener.ended();
      }
    }
    this.listened(this.listeners);
  }

  /** Replaces row numbers by their entries. Called before the journal forgets its rows. */
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

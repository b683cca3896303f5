/**
 * Streams the state of a sandbox at intervals, for a reader that shows it to a person: `GET /events?every=250ms`.
 *
 * A request costs nothing extra while it is read: at each interval the stream counts the rows that the journal has got since, and makes the entries of a bounded
 * number of them. Without a reader nothing runs.
 * @module
 */
import type { ClockReading } from '../../runtime/clock.js';
import { Problem } from '../../sandbox/control/problem.js';
import type { MockEvent } from '../../sandbox/events.js';
import { type JournalTail, readTail } from '../../sandbox/journal/tail.js';
import type { Sandbox } from '../../sandbox/sandbox.js';
import { MAX_READERS } from './event-stream.js';

/** Shortest and longest interval, in real milliseconds. */
export const INTERVAL_MS = { least: 50, most: 60_000 } as const;

/** Entries per tick: by default, and at most. */
export const TICK_ENTRIES = { usual: 50, most: 500 } as const;

/** Entries of the first tick of a reader that names no id. */
export const BACKLOG = 500;

/** Other events per tick; above that the oldest are dropped. */
const MAX_EVENTS = 100;

/** How a reader wants its ticks. */
export interface TickOptions {
  /** Real milliseconds between two ticks. */
  readonly every: number;
  /** Most entries per tick. */
  readonly limit: number;
  /** The id of the last tick that a returning reader has received. */
  readonly after: number | undefined;
}

/** The data of a tick. */
export interface Tick extends Omit<JournalTail, 'next'> {
  /** Epoch ms by the sandbox's clock. */
  readonly at: number;
  readonly clock: ClockReading;
  /** Requests and refusals since the sandbox was created, across resets. */
  readonly total: { readonly requests: number; readonly refused: number };
  /** The other events since the last tick: clock, reset, job, warning. */
  readonly events: readonly MockEvent[];
  /** How many of them are left out, because there were too many. */
  readonly eventsDropped: number;
}

/**
 * Creates the stream of a reader. Its first tick is sent at once; a later one when its interval is over and something has happened.
 *
 * @param signal aborted when the reader disconnects
 * @throws Problem where there are too many readers
 */
export function tickStream(
  sandbox: Sandbox,
  { every, limit, after }: TickOptions,
  signal: AbortSignal,
): ReadableStream<Uint8Array> {
  const { events: bus, journal, clock, counts } = sandbox;
  if (bus.listeners >= MAX_READERS) {
    const detail = `this sandbox already has ${MAX_READERS} event readers; close some of them first`;
    throw new Problem(409, 'too-many-readers', detail);
  }
  const encoder = new TextEncoder();
  let next = after;
  let waiting: MockEvent[] = [];
  let eventsDropped = 0;
  let revision: string | undefined;
  let isEnded = false;
  let wake = () => {};
  const unlisten = bus.listenWithoutRequests({
    receive(event) {
      waiting.push(event);
      if (waiting.length <= MAX_EVENTS) return;
      waiting.shift();
      eventsDropped += 1;
    },
    ended: () => end(),
  });
  const end = () => {
    unlisten();
    isEnded = true;
    wake();
  };
  signal.addEventListener('abort', end, { once: true });

  const pause = () =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, every);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  const take = (): string => {
    const isFirst = next === undefined;
    const from = next ?? Math.max(0, journal.ring.next - Math.min(journal.total, journal.capacity));
    const { next: rows, ...tail } = readTail(journal, from, isFirst ? BACKLOG : limit);
    const tick: Tick = {
      at: clock.now(),
      clock: clock.read(),
      total: { requests: counts.requests, refused: counts.refused },
      ...tail,
      events: waiting,
      eventsDropped,
    };
    next = rows;
    waiting = [];
    eventsDropped = 0;
    return `id: ${rows}\nevent: tick\ndata: ${JSON.stringify(tick)}\n\n`;
  };
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        controller.enqueue(encoder.encode(': ticks of mock429\n\n'));
      },
      async pull(controller) {
        while (!isEnded && revision === sandbox.revision) await pause();
        if (isEnded) {
          controller.close();
          return;
        }
        revision = sandbox.revision;
        controller.enqueue(encoder.encode(take()));
        // The next pull may come at once, so the interval begins here: there is never more than one tick in it.
        await pause();
      },
      cancel: end,
    },
    { highWaterMark: 0 },
  );
}

/**
 * Events as `text/event-stream`. Every reader has a queue of its own, of bounded length: one that is slow loses the oldest, is told how many, and slows nobody;
 * one that does not read at all is cut off.
 * @module
 */

import { Problem } from '../../sandbox/control/problem.js';
import type { Events, MockEvent } from '../../sandbox/events.js';

/** Events that wait for a reader. */
export const QUEUE_SIZE = 1_000;

/** Readers of a sandbox at a time. */
export const MAX_READERS = 1_000;

/** A reader that has lost so many since it last read anything does not read, and is cut off. */
export const MAX_DROPPED = 100_000;

/** Events that are written at a time, so that what is on its way to a slow reader stays small as well. */
const BATCH_SIZE = 50;

/**
 * @param after id of the last event that the reader has seen, if it comes back
 * @param signal given when the reader has gone
 * @throws Problem when there are too many readers already
 */
export function eventStream(
  events: Events,
  after: number | undefined,
  signal: AbortSignal,
): ReadableStream<Uint8Array> {
  if (events.listeners >= MAX_READERS) {
    const detail = `${MAX_READERS} read the events of this sandbox already; close some of them first`;
    throw new Problem(409, 'too-many-readers', detail);
  }
  const encoder = new TextEncoder();
  const queue: MockEvent[] = [];
  let dropped = 0;
  let over = false;
  let isCutOff = false;
  let wake = () => {};
  let cutOff = () => {};
  const listener = {
    receive(event: MockEvent) {
      if (queue.length === QUEUE_SIZE) {
        queue.shift();
        dropped += 1;
        if (dropped > MAX_DROPPED) {
          cutOff();
          return;
        }
      }
      queue.push(event);
      wake();
    },
    ended() {
      over = true;
      wake();
    },
  };
  const leave = () => {
    unlisten();
    queue.length = 0;
    dropped = 0;
    listener.ended();
  };
  const unlisten = events.listen(listener);
  if (after !== undefined) {
    const missed = events.since(after);
    dropped = missed.lost;
    queue.push(...missed.events);
  }
  signal.addEventListener('abort', leave, { once: true });
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        cutOff = () => {
          isCutOff = true;
          leave();
          controller.error(new Error('the reader does not read'));
        };
        // Something to read at once: the reader knows that from here on it misses nothing.
        controller.enqueue(encoder.encode(': events of mock429\n\n'));
      },
      async pull(controller) {
        while (queue.length === 0 && dropped === 0 && !over) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
        const notice = dropped === 0 ? '' : `event: dropped\ndata: ${JSON.stringify({ dropped })}\n\n`;
        dropped = 0;
        const text = notice + queue.splice(0, BATCH_SIZE).map(eventText).join('');
        if (text !== '') controller.enqueue(encoder.encode(text));
        else if (!isCutOff) controller.close();
      },
      cancel: leave,
    },
    { highWaterMark: 0 },
  );
}

function eventText({ id, type, at, data }: MockEvent): string {
  return `id: ${id}\nevent: ${type}\ndata: ${JSON.stringify({ at, ...data })}\n\n`;
}

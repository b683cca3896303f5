/**
 * Streams events as `text/event-stream`. Each reader has its own bounded queue. A slow reader loses the oldest events, is told how many, and delays no other
 * reader.
 * A reader that does not read at all is disconnected.
 * @module
 */

import { Problem } from '../../sandbox/control/problem.js';
import type { Events, MockEvent } from '../../sandbox/events.js';

/** Longest queue of a reader, in events. */
export const QUEUE_SIZE = 1_000;

/** Most concurrent readers of a sandbox. */
export const MAX_READERS = 1_000;

/** A reader that has lost more than this number of events since its last read is disconnected. */
export const MAX_DROPPED = 100_000;

/** Events per chunk. It is small, so that little data is buffered for a slow reader. */
const BATCH_SIZE = 50;

/**
 * Creates the stream of a reader.
 *
 * @param after id of the last event that a returning reader has received
 * @param signal aborted when the reader disconnects
 * @throws Problem where there are too many readers
 */
export function eventStream(
  events: Events,
  after: number | undefined,
  signal: AbortSignal,
): ReadableStream<Uint8Array> {
  if (events.listeners >= MAX_READERS) {
    const detail = `this sandbox already has ${MAX_READERS} event readers; close some of them first`;
    throw new Problem(409, 'too-many-readers', detail);
  }
  const encoder = new TextEncoder();
  const queue: MockEvent[] = [];
  let dropped = 0;
  let isEnded = false;
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
      isEnded = true;
      wake();
    },
  };
  const disconnect = () => {
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
  signal.addEventListener('abort', disconnect, { once: true });
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        cutOff = () => {
          isCutOff = true;
          disconnect();
          controller.error(new Error('the reader has stopped reading'));
        };
        // Send a comment at once: the reader then knows that it misses no later event.
        controller.enqueue(encoder.encode(': events of mock429\n\n'));
      },
      async pull(controller) {
        while (queue.length === 0 && dropped === 0 && !isEnded) {
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
      cancel: disconnect,
    },
    { highWaterMark: 0 },
  );
}

function eventText({ id, type, at, data }: MockEvent): string {
  return `id: ${id}\nevent: ${type}\ndata: ${JSON.stringify({ at, ...data })}\n\n`;
}

/**
 * A body that is streamed, as a web stream.
 * @module
 */
import type { BodyStream } from '../../sandbox/exchange/streaming/body-stream.js';

/**
 * Keeps a connection open after the head of a response, for a body that is streamed.
 *
 * @param aborted receives the reason if the client aborts the request
 * @returns ends the connection
 */
export type KeepOpen = (aborted: (reason: unknown) => void) => () => void;

/** How many bytes wait for the reader before the stream pauses. */
const MAX_WAITING = 64 * 1024;

/** Starts the stream. What is due is kept for the reader, up to a limit; then the stream waits until it is read. @param keepOpen omitted where the transport sees the end of the body */
export function streamedBody(
  stream: BodyStream,
  keepOpen: KeepOpen | undefined,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const encoder = new TextEncoder();
  const waiting: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  let ending: 'closed' | 'broken' | 'left' | undefined;
  let wake = () => {};
  let end = () => {};
  return new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      start(controller) {
        end =
          keepOpen?.((reason) => {
            if (ending !== undefined) return;
            ending = 'left';
            waiting.length = 0;
            controller.error(reason);
            wake();
          }) ?? end;
        const finish = (how: typeof ending) => {
          ending = how;
          wake();
          end();
        };
        stream.start({
          write(part) {
            const bytes = typeof part === 'string' ? encoder.encode(part) : new Uint8Array(part);
            waiting.push(bytes);
            size += bytes.byteLength;
            wake();
            return size < MAX_WAITING;
          },
          end: () => finish('closed'),
          breakOff: () => finish('broken'),
        });
      },
      async pull(controller) {
        while (waiting.length === 0 && ending === undefined) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
        const next = waiting.shift();
        if (next !== undefined) {
          controller.enqueue(next);
          size -= next.byteLength;
          if (size < MAX_WAITING) stream.resume();
        } else if (ending === 'broken') controller.error(terminated());
        else if (ending === 'closed') controller.close();
      },
      cancel() {
        ending ??= 'left';
        waiting.length = 0;
        wake();
        end();
      },
    },
    { highWaterMark: 0 },
  );
}

/** The error of a body that ends early, as `fetch` reports it. */
export function terminated(): TypeError {
  return new TypeError('terminated', { cause: connectionClosed() });
}

/** Why a body ends early. It has the code of the error that `fetch` has as its cause. */
export function connectionClosed(): Error {
  return Object.assign(new Error('mock429 closed the connection'), { code: 'UND_ERR_SOCKET' });
}

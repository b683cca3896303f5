/**
 * Calls the application without a socket.
 * @module
 */
import { preciseTime } from '../../runtime/clock.js';
import type { Bindings, Route } from '../app.js';
import type { PartialAnswer } from '../provider-request.js';
import { webHeaders } from './headers.js';
import { connectionClosed, terminated } from './streamed-body.js';

/**
 * Answers a request in this process. As on a socket, a client that aborts the request's signal releases its leases at once. A dropped connection becomes a
 * TypeError,
 * as with `fetch`.
 *
 * @param prefix prepended to the path: `/~name` for a sandbox
 * @param route the destination, independent of the path
 */
export async function fetchInProcess(
  fetch: (request: Request, bindings: Bindings) => Response | Promise<Response>,
  request: Request,
  prefix = '',
  route?: Route,
): Promise<Response> {
  const { signal } = request;
  signal.throwIfAborted();
  const { pathname, search } = new URL(request.url);
  const listeners: (() => void)[] = [];
  let isOver = false;
  let dropped = false;
  let isKeptOpen = false;
  let failBody = (_reason: unknown) => {};
  const end = () => {
    isOver = true;
    for (const listener of listeners.splice(0)) listener();
  };
  const aborted = new Promise<never>((_, reject) => {
    const abort = () => {
      end();
      failBody(signal.reason);
      reject(signal.reason);
    };
    signal.addEventListener('abort', abort, { once: true });
    // A finished response cannot be aborted.
    listeners.push(() => signal.removeEventListener('abort', abort));
  });
  try {
    const answered = fetch(request, {
      target: `${prefix}${pathname}${search}`,
      route,
      connection: {
        inProcess: true,
        ip: '127.0.0.1',
        beganAt: preciseTime(),
        onDone: (listener) => {
          if (isOver) listener();
          else listeners.push(listener);
        },
        keepOpen(aborted) {
          isKeptOpen = true;
          failBody = aborted;
          return end;
        },
        drop: (part) => {
          if (part) return partialResponse(part);
          dropped = true;
          return new Response(null);
        },
      },
    });
    const response = await Promise.race([answered, aborted]);
    if (dropped) throw new TypeError('fetch failed', { cause: connectionClosed() });
    return response;
  } finally {
    if (!isKeptOpen) end();
  }
}

/** A truncated response as `fetch` presents it: the sent part can be read, and then the stream fails with a TypeError. */
function partialResponse({ status, headers, body, broken }: PartialAnswer): Response {
  let remaining: Uint8Array<ArrayBuffer> | undefined = body.byteLength > 0 ? body : undefined;
  const stream = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      if (remaining) controller.enqueue(remaining);
      else if (broken) controller.error(terminated());
      else controller.close();
      remaining = undefined;
    },
  });
  return new Response(stream, { status, headers: webHeaders(headers) });
}

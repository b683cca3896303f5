/**
 * The app without a socket: a request goes in, a response comes out.
 * @module
 */
import type { Bindings } from './app.js';

/**
 * Answers a request in this process. As on a socket, a client that goes away (the request's signal is aborted) frees at once what it held, and a dropped
 * connection is what `fetch` makes of one: a TypeError.
 *
 * @param prefix stands in front of the path: `/~name` for a sandbox
 */
export async function fetchInProcess(
  fetch: (request: Request, bindings: Bindings) => Response | Promise<Response>,
  request: Request,
  prefix = '',
): Promise<Response> {
  const { signal } = request;
  signal.throwIfAborted();
  const { pathname, search } = new URL(request.url);
  const waiting: (() => void)[] = [];
  let over = false;
  let dropped = false;
  const end = () => {
    over = true;
    for (const listener of waiting.splice(0)) listener();
  };
  const aborted = new Promise<never>((_, reject) => {
    const leave = () => {
      end();
      reject(signal.reason);
    };
    signal.addEventListener('abort', leave, { once: true });
    // A response that has left cannot be called back.
    waiting.push(() => signal.removeEventListener('abort', leave));
  });
  try {
    const answered = fetch(request, {
      target: `${prefix}${pathname}${search}`,
      connection: {
        inProcess: true,
        ip: '127.0.0.1',
        onDone: (listener) => {
          if (over) listener();
          else waiting.push(listener);
        },
        drop: () => {
          dropped = true;
          return new Response(null);
        },
      },
    });
    const response = await Promise.race([answered, aborted]);
    if (dropped) throw new TypeError('fetch failed', { cause: new Error('mock429 closed the connection') });
    return response;
  } finally {
    end();
  }
}

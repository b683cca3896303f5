/**
 * Passes a request on a socket to the framework as a web `Request`. Only the control API needs it. The module is loaded at the first such request, because it
 * and its
 * dependencies take a third of a start.
 * @module
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { WriteLog } from '../../sandbox/core.js';
import { breakOff } from '../socket/answer.js';
import type { SocketConnection } from '../socket/framework-request.js';
import type { AnswerRequest } from './lazy-app.js';
import { internalError } from './problem-json.js';

/** Handles a request on a socket through the framework. */
export type WebListener = (incoming: IncomingMessage, outgoing: ServerResponse, connection: SocketConnection) => void;

/** Placeholder for the request's own host, which the framework's adapter may reject. The bindings carry the real host. */
const HOST = 'mock429.localhost';
const BASE = `http://${HOST}`;

/** Creates the listener. @param fetch answers the web `Request` */
export function createWebListener(fetch: AnswerRequest, log: WriteLog | undefined): WebListener {
  const connections = new WeakMap<IncomingMessage, SocketConnection>();
  const listener = getRequestListener(
    (request, env) => {
      const { incoming, outgoing } = env as { incoming: IncomingMessage; outgoing: ServerResponse };
      const connection = connections.get(incoming)!;
      return fetch(request, {
        target: connection.head.target,
        connection: {
          inProcess: false,
          ip: connection.ip,
          host: connection.host,
          beganAt: connection.beganAt,
          markDelayed: () => connection.open.markDelayed(outgoing),
          onDone: (listener) => connection.onDone(listener),
          drop(part) {
            breakOff(outgoing, part);
            return RESPONSE_ALREADY_SENT;
          },
        },
      });
    },
    {
      errorHandler(error) {
        const answer = internalError(error, log);
        return new Response(answer.body, answer);
      },
    },
  );
  return (incoming, outgoing, connection) => {
    connections.set(incoming, connection);
    // The adapter parses the target as a URL, where a backslash would count as a slash.
    const target = connection.head.target.replaceAll('\\', '%5C');
    // Of a request over HTTP/2 the adapter takes a path only.
    if ('authority' in incoming) {
      Object.defineProperty(incoming, 'authority', { value: HOST });
      incoming.url = target;
    } else incoming.url = BASE + target;
    listener(incoming, outgoing).catch((error: unknown) => {
      internalError(error, log);
      outgoing.destroy();
    });
  };
}

/**
 * The long way: a request on a socket as the web's `Request`, for the framework. Loaded when something takes it, since that and what it needs take a third of a start.
 * @module
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { effectiveHost } from './effective-host.js';
import type { AnswerRequest } from './late-app.js';
import { breakOff } from './socket-answer.js';
import type { SocketConnection } from './socket-connection.js';

export type WebListener = (incoming: IncomingMessage, outgoing: ServerResponse, connection: SocketConnection) => void;

export function createWebListener(fetch: AnswerRequest): WebListener {
  const connections = new WeakMap<IncomingMessage, SocketConnection>();
  const listener = getRequestListener(
    (request, env) => {
      const { incoming, outgoing } = env as { incoming: IncomingMessage; outgoing: ServerResponse };
      const connection = connections.get(incoming)!;
      return fetch(request, {
        target: incoming.url?.startsWith('/') ? incoming.url : undefined,
        host: effectiveHost(incoming.url, incoming.headers.host),
        connection: {
          inProcess: false,
          ip: connection.ip,
          beganAt: connection.beganAt,
          onDone: (listener) => connection.onDone(listener),
          drop(part) {
            breakOff(outgoing, part);
            return RESPONSE_ALREADY_SENT;
          },
        },
      });
    },
    { errorHandler: () => new Response(null, { status: 500 }) },
  );
  return (incoming, outgoing, connection) => {
    connections.set(incoming, connection);
    void listener(incoming, outgoing);
  };
}

/**
 * Which connections carry a request and which are merely open, so that closing a server waits for the former only.
 * @module
 */
import type { Server } from 'node:http';
import type { Socket } from 'node:net';

export interface Connections {
  /** Ends those without a request now, the others once they have none. */
  end(): void;
}

/** Node's own `closeIdleConnections` passes over connections that have not carried any request yet, and looks only once. */
export function trackConnections(server: Server): Connections {
  /** Requests under way, by connection. */
  const open = new Map<Socket, number>();
  let ending = false;
  server.on('connection', (socket) => {
    open.set(socket, 0);
    socket.once('close', () => open.delete(socket));
  });
  server.on('request', ({ socket }, outgoing) => {
    open.set(socket, (open.get(socket) ?? 0) + 1);
    outgoing.once('close', () => {
      const others = (open.get(socket) ?? 1) - 1;
      if (open.has(socket)) open.set(socket, others);
      if (ending && others === 0) socket.destroySoon();
    });
  });
  return {
    end() {
      ending = true;
      for (const [socket, requests] of open) if (requests === 0) socket.destroySoon();
    },
  };
}

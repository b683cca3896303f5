/**
 * Which connections carry a request and which are merely open, so that closing a server waits for the former only.
 * @module
 */
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { preciseTime } from '../clock.js';

export interface Connections {
  /** Ends those without a request now, the others once they have none. */
  end(): void;
  /** When the connection was opened (`Clock.precise`), while its first request is being taken. */
  openedAt(socket: Socket): number | undefined;
}

interface Open {
  readonly openedAt: number;
  /** Requests taken so far, and those of them that are under way. */
  taken: number;
  underWay: number;
}

/** Node's own `closeIdleConnections` passes over connections that have not carried any request yet, and looks only once. */
export function trackConnections(server: Server): Connections {
  const open = new Map<Socket, Open>();
  let ending = false;
  server.on('connection', (socket) => {
    open.set(socket, { openedAt: preciseTime(), taken: 0, underWay: 0 });
    socket.once('close', () => open.delete(socket));
  });
  server.on('request', ({ socket }, outgoing) => {
    const connection = open.get(socket);
    if (!connection) return;
    connection.taken += 1;
    connection.underWay += 1;
    outgoing.once('close', () => {
      connection.underWay -= 1;
      if (ending && connection.underWay === 0) socket.destroySoon();
    });
  });
  return {
    end() {
      ending = true;
      for (const [socket, { underWay }] of open) if (underWay === 0) socket.destroySoon();
    },
    openedAt(socket) {
      const connection = open.get(socket);
      return connection?.taken === 0 ? connection.openedAt : undefined;
    },
  };
}

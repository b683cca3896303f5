/**
 * Which connections carry a request and which are merely open, so that closing a server waits for the former only.
 * @module
 */
import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { preciseTime } from '../clock.js';
import { plainIp } from './client-address.js';

export interface Connections {
  /** Ends those without a request now, the others once they have none. */
  end(): void;
  /** The connection of a socket. */
  of(socket: Socket): OpenConnection;
}

/** What is known of a connection while it is open. */
export class OpenConnection {
  readonly #openedAt = preciseTime();
  #taken = 0;
  #underWay = 0;
  #ending = false;
  #ip: string | undefined;

  constructor(readonly socket: Socket) {}

  /** The address of whoever is at its other end; asked of the system once. */
  get ip(): string {
    this.#ip ??= plainIp(this.socket.remoteAddress);
    return this.#ip;
  }

  /**
   * Takes a request. It is listened for its end once, for all who want to know.
   *
   * @returns when it may have set out (`Clock.precise`): the first, when the connection was opened
   */
  take(outgoing: ServerResponse, over: () => void): number {
    this.#taken += 1;
    this.#underWay += 1;
    outgoing.on('close', () => {
      this.#underWay -= 1;
      if (this.#ending) this.end();
      over();
    });
    return this.#taken === 1 ? this.#openedAt : preciseTime();
  }

  /** Ends once it carries no request. */
  end(): void {
    this.#ending = true;
    if (this.#underWay === 0) this.socket.destroySoon();
  }
}

/** Node's own `closeIdleConnections` passes over connections that have not carried any request yet, and looks only once. */
export function trackConnections(server: Server): Connections {
  const open = new Map<Socket, OpenConnection>();
  let ending = false;
  const track = (socket: Socket) => {
    const connection = new OpenConnection(socket);
    open.set(socket, connection);
    socket.once('close', () => open.delete(socket));
    if (ending) connection.end();
    return connection;
  };
  server.on('connection', track);
  return {
    end() {
      ending = true;
      for (const connection of open.values()) connection.end();
    },
    of: (socket) => open.get(socket) ?? track(socket),
  };
}

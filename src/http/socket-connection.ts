/**
 * A request on a socket, beneath the web's view of it. One object and one listener per request, whatever asks to hear of its end.
 * @module
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { isIP } from 'node:net';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { ReceivedBody } from '../sandbox/request.js';
import type { OpenConnection } from './connections.js';
import { type Connection, type PartialAnswer, plainIp } from './provider-app.js';
import { readIncoming } from './socket-body.js';

export class SocketConnection implements Connection {
  readonly inProcess = false;
  readonly ip: string;
  readonly beganAt: number;
  readonly #incoming: IncomingMessage;
  readonly #outgoing: ServerResponse;
  readonly #waiting: (() => void)[] = [];
  #over = false;

  /** @param open the connection that it came on */
  constructor(incoming: IncomingMessage, outgoing: ServerResponse, open: OpenConnection, trusted: readonly string[]) {
    this.#incoming = incoming;
    this.#outgoing = outgoing;
    // Read now: once the connection is gone nobody knows it any more.
    this.ip = trusted.length === 0 ? open.ip : clientIp(incoming, trusted);
    this.beganAt = open.take(outgoing, () => {
      this.#over = true;
      for (const listener of this.#waiting) listener();
    });
  }

  onDone(listener: () => void): void {
    if (this.#over || this.#outgoing.closed || this.#outgoing.destroyed) listener();
    else this.#waiting.push(listener);
  }

  /** Most that is asked for is not there: that is seen from node's own table, without the web's rules for what is. */
  hasHeader(name: string): boolean {
    return this.#incoming.headers[name] !== undefined;
  }

  readBody(maxBytes: number): Promise<ReceivedBody> {
    return readIncoming(this.#incoming, maxBytes);
  }

  drop(part?: PartialAnswer): Response {
    const { socket } = this.#incoming;
    if (!part) {
      socket.destroy();
      return RESPONSE_ALREADY_SENT;
    }
    this.#outgoing.writeHead(part.status, part.headers).flushHeaders();
    if (part.body.byteLength > 0) this.#outgoing.write(part.body);
    // What has been written still leaves.
    socket.destroySoon();
    return RESPONSE_ALREADY_SENT;
  }
}

/** The socket's address, or what a trusted proxy says of it. */
function clientIp(incoming: IncomingMessage, trusted: readonly string[]): string {
  const socket = plainIp(incoming.socket.remoteAddress);
  if (!trusted.includes(socket)) return socket;
  const chain = String(incoming.headers['x-forwarded-for'] ?? '')
    .split(',')
    .map((address) => plainIp(address.trim()))
    .filter((address) => isIP(address) > 0);
  // From the nearest outwards, the first that is not a proxy of ours.
  return chain.reverse().find((address) => !trusted.includes(address)) ?? socket;
}

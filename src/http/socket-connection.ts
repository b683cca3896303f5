/**
 * A request on a socket that goes through the framework: what the web's view of it leaves out.
 * @module
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { clientIp } from './client-address.js';
import type { OpenConnection } from './connections.js';
import type { PartialAnswer } from './provider.js';
import type { Connection } from './provider-app.js';
import { breakOff, Ending } from './socket-answer.js';

export class SocketConnection extends Ending implements Connection {
  readonly inProcess = false;
  readonly ip: string;
  readonly #outgoing: ServerResponse;

  /** @param open the connection that it came on */
  constructor(incoming: IncomingMessage, outgoing: ServerResponse, open: OpenConnection, trusted: readonly string[]) {
    super(outgoing, open);
    this.#outgoing = outgoing;
    // Read now: once the connection is gone nobody knows it any more.
    this.ip = clientIp(open.ip, String(incoming.headers['x-forwarded-for'] ?? ''), trusted);
  }

  drop(part?: PartialAnswer): Response {
    breakOff(this.#outgoing, part);
    return RESPONSE_ALREADY_SENT;
  }
}

/**
 * A request on a socket that goes through the framework: what the web's view of it leaves out.
 * @module
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Peer } from '../state/journal-entry.js';
import { clientIp } from './client-address.js';
import type { OpenConnection } from './connections.js';
import { Ending } from './socket-answer.js';

export class SocketConnection extends Ending {
  readonly ip: string;
  readonly peer: Peer;

  /** @param open the connection that it came on */
  constructor(
    incoming: IncomingMessage,
    outgoing: ServerResponse,
    readonly open: OpenConnection,
    trusted: readonly string[],
  ) {
    super(outgoing, open);
    this.peer = open.peer(incoming.rawHeaders);
    // Read now: once the connection is gone nobody knows it any more.
    this.ip = clientIp(open.ip, String(incoming.headers['x-forwarded-for'] ?? ''), trusted);
  }
}

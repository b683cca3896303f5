/**
 * A request on a socket that goes through the framework: what the web's view of it leaves out.
 * @module
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { clientIp, type TrustedProxies } from './client-address.js';
import type { OpenConnection } from './connections.js';
import { rawHeader } from './raw-header.js';
import { Ending } from './socket-answer.js';

export class SocketConnection extends Ending {
  readonly ip: string;

  /** @param open the connection that it came on */
  constructor(incoming: IncomingMessage, outgoing: ServerResponse, open: OpenConnection, trusted: TrustedProxies) {
    super(outgoing, open);
    // Read now: once the connection is gone nobody knows it any more.
    this.ip = clientIp(open.ip, rawHeader(incoming.rawHeaders, 'x-forwarded-for'), trusted);
  }
}

/**
 * A request on a socket that the framework answers, with what the web `Request` does not carry.
 * @module
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { localAuthority } from '../authority.js';
import type { RequestHead } from '../request-line.js';
import { Ending } from './answer.js';
import { clientIp, type TrustedProxies } from './client-address.js';
import type { OpenConnection } from './connections.js';
import { rawHeader } from './raw-header.js';

/** The connection of a request that the framework answers. */
export class SocketConnection extends Ending {
  readonly ip: string;

  /**
   * @param open the connection that carries the request
   * @param head the target and host of the request
   */
  constructor(
    incoming: IncomingMessage,
    outgoing: ServerResponse,
    readonly open: OpenConnection,
    trusted: TrustedProxies,
    readonly head: RequestHead,
  ) {
    super(outgoing, open);
    // Read the address now: it is unknown after the connection is closed.
    this.ip = clientIp(open.ip, rawHeader(incoming.rawHeaders, 'x-forwarded-for'), trusted);
  }

  /** The authority that the request addresses, or the local address of the socket where it names none. */
  get host(): string {
    return this.head.host || localAuthority(this.open.socket);
  }
}

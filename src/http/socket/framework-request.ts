/**
 * A request on a socket that goes through the framework: what the web's view of it leaves out.
 * @module
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { localAuthority } from '../authority.js';
import type { RequestHead } from '../request-line.js';
import { Ending } from './answer.js';
import { clientIp, type TrustedProxies } from './client-address.js';
import type { OpenConnection } from './connections.js';
import { rawHeader } from './raw-header.js';

export class SocketConnection extends Ending {
  readonly ip: string;

  /**
   * @param open the connection that it came on
   * @param asked what it asks for
   */
  constructor(
    incoming: IncomingMessage,
    outgoing: ServerResponse,
    readonly open: OpenConnection,
    trusted: TrustedProxies,
    readonly asked: RequestHead,
  ) {
    super(outgoing, open);
    // Read now: once the connection is gone nobody knows it any more.
    this.ip = clientIp(open.ip, rawHeader(incoming.rawHeaders, 'x-forwarded-for'), trusted);
  }

  /** The authority that it asks, or the address that it came to. */
  get host(): string {
    return this.asked.host || localAuthority(this.open.socket);
  }
}

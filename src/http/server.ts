/**
 * The app on a socket.
 * @module
 */
import { createServer, type Server, STATUS_CODES } from 'node:http';
import { type AddressInfo, isIP, type Socket } from 'node:net';
import type { TrustedProxies } from './client-address.js';
import { type Connections, trackConnections } from './connections.js';
import type { Direct } from './direct.js';
import { Incoming } from './incoming.js';
import type { AnswerRequest } from './late-app.js';
import { ListenError, type Listening } from './listening.js';
import { SocketConnection } from './socket-connection.js';
import type { WebListener } from './web-listener.js';
import { KEEP_ALIVE_MS } from './whole-response.js';

export interface ListenOptions {
  readonly port: number;
  readonly host: string;
  /** Proxies whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: TrustedProxies;
  /** Answers what still waits, so that closing does not wait for the clock. */
  readonly beforeClose: () => Promise<void>;
}

/** Longest that closing waits for responses that are being sent. */
const CLOSE_GRACE_MS = 5_000;

/** @param direct answers what it can itself; the rest is for `fetch` */
export function listen(fetch: AnswerRequest, direct: Direct, options: ListenOptions): Promise<Listening> {
  const { trustedProxies } = options;
  let web: WebListener | undefined;
  let loading: Promise<void> | undefined;
  const server = createServer({ IncomingMessage: Incoming }, (incoming, outgoing) => {
    const open = connections.of(incoming.socket);
    if (direct(incoming, outgoing, open)) return;
    // Taken now, so that nobody thinks the connection idle while the rest is loaded.
    const connection = new SocketConnection(incoming, outgoing, open, trustedProxies);
    if (web) {
      web(incoming, outgoing, connection);
      return;
    }
    loading ??= import('./web-listener.js').then(({ createWebListener }) => {
      web = createWebListener(fetch);
    });
    void loading.then(() => web!(incoming, outgoing, connection));
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.on('clientError', refuseBadRequest);
  const connections = trackConnections(server);
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(new ListenError(listenProblem(error, options))));
    server.listen(options.port, options.host, () => {
      const { port } = server.address() as AddressInfo;
      const host = isIP(options.host) === 6 ? `[${options.host}]` : options.host;
      resolve({ url: `http://${host}:${port}`, port, close: () => close(server, connections, options.beforeClose) });
    });
  });
}

/** Requests that node cannot read: too many headers, or no HTTP at all. */
function refuseBadRequest(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || socket.bytesWritten > 0) {
    socket.destroy();
    return;
  }
  const status = error.code === 'HPE_HEADER_OVERFLOW' ? 431 : error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400;
  const detail =
    status === 431
      ? 'the headers are larger than 16 KiB; send fewer or shorter ones'
      : `this is not an HTTP request that can be read (${error.code ?? error.message})`;
  const body = JSON.stringify({
    type: `urn:mock429:problem:http-${status}`,
    title: STATUS_CODES[status],
    status,
    detail,
  });
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: application/problem+json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}

async function close(server: Server, connections: Connections, beforeClose: () => Promise<void>): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  await beforeClose();
  connections.end();
  const grace = setTimeout(() => server.closeAllConnections(), CLOSE_GRACE_MS);
  await closed;
  clearTimeout(grace);
}

function listenProblem(error: NodeJS.ErrnoException, { host, port }: ListenOptions): string {
  if (error.code === 'EADDRINUSE')
    return `port ${port} on ${host} is in use; stop what uses it, or choose another with --port (0 takes any free one)`;
  if (error.code === 'EACCES')
    return `port ${port} on ${host} may not be used by this user; choose one above 1023 with --port`;
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND')
    return `this machine has no address ${host}; choose another with --host`;
  return `cannot listen on ${host}:${port}: ${error.message}`;
}

/**
 * The HTTP server: it binds the application to a port.
 * @module
 */
import { createServer, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, isIP } from 'node:net';
import type { WriteLog } from '../sandbox/core.js';
import type { Judging } from './judging/judging.js';
import { ListenError, type Listening } from './listening.js';
import { send } from './socket/answer.js';
import type { TrustedProxies } from './socket/client-address.js';
import { type Connections, trackConnections } from './socket/connections.js';
import type { FastPath } from './socket/fast-path.js';
import { SocketConnection } from './socket/framework-request.js';
import { Incoming } from './socket/incoming.js';
import { createRefuser } from './socket/unreadable.js';
import { KEEP_ALIVE_MS } from './socket/whole-response.js';
import type { AnswerRequest } from './web/lazy-app.js';
import type { WebListener } from './web/listener.js';
import { internalError } from './web/problem-json.js';

/** Options of `listen()`. */
export interface ListenOptions {
  /** TCP port; 0 takes any free port. */
  readonly port: number;
  /** Address to listen on. */
  readonly host: string;
  /** Proxies whose `X-Forwarded-For` is trusted. */
  readonly trustedProxies: TrustedProxies;
  /** Measurements for the verdict; omitted when clients are not judged. */
  readonly judging?: Judging | undefined;
  /** Receives refused requests and internal errors of mock429. */
  readonly log?: WriteLog | undefined;
  /** Finishes delayed responses, so that closing the server does not wait for a sandbox clock. */
  readonly beforeClose: () => Promise<void>;
}

/** Longest time, in real milliseconds, that closing waits for responses that are being sent. */
const CLOSE_GRACE_MS = 5_000;

/**
 * Allows an answer to a client that has closed its sending side of the connection. The option is not in Node's documentation. If Node removes it, the
 * connection
 * of such a client is closed without an answer, which is Node's default.
 */
interface HalfOpen {
  httpAllowHalfOpen?: boolean;
}

/**
 * Starts the server.
 *
 * @param direct the fast path; requests that it does not answer go to `fetch`
 * @throws ListenError where the server cannot listen on the port
 */
export function listen(fetch: AnswerRequest, direct: FastPath, options: ListenOptions): Promise<Listening> {
  const { trustedProxies, log } = options;
  let web: WebListener | undefined;
  let loading: Promise<void> | undefined;
  const fail = (outgoing: ServerResponse, error: unknown) => {
    const answer = internalError(error, log);
    if (outgoing.headersSent) outgoing.destroy();
    else send(outgoing, answer);
  };
  const answer = (incoming: Incoming, outgoing: ServerResponse) => {
    // The connection is closing. RFC 9112 section 9.6 forbids processing further requests.
    if (!incoming.socket.writable) return;
    const open = connections.of(incoming.socket);
    const head = direct(incoming, outgoing, open);
    if (!head) return;
    // Register the request before the module loads, so that the connection does not count as idle.
    const connection = new SocketConnection(incoming, outgoing, open, trustedProxies, head);
    if (web) {
      web(incoming, outgoing, connection);
      return;
    }
    loading ??= import('./web/listener.js').then(({ createWebListener }) => {
      web = createWebListener(fetch, log);
    });
    loading.then(() => web!(incoming, outgoing, connection)).catch((error) => fail(outgoing, error));
  };
  // An error in one request must not end the process.
  const listener = (incoming: Incoming, outgoing: ServerResponse) => {
    try {
      answer(incoming, outgoing);
    } catch (error) {
      fail(outgoing, error);
    }
  };
  // Without this option Node answers a request without Host with a bare 400 and closes the connection. Requests that follow it then end the process
  // (ERR_INTERNAL_ASSERTION in Node 20).
  const server = createServer({ IncomingMessage: Incoming, requireHostHeader: false }, listener);
  const connections = trackConnections(server, options.judging, (error) => internalError(error, log));
  const refuser = createRefuser(connections, log);
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  // Accept any number of headers. The size of the head is bounded, and a header that Node drops could be Host.
  server.maxHeadersCount = 0;
  (server as HalfOpen).httpAllowHalfOpen = true;
  server.on('clientError', refuser.clientError);
  server.on('connect', refuser.connect);
  server.on('checkExpectation', refuser.checkExpectation);
  return new Promise((resolve, reject) => {
    // Errors after the start concern connections that could not be accepted, for example because too many files are open.
    server.on('error', (error: NodeJS.ErrnoException) => {
      if (server.listening) log?.('warn', `cannot accept a connection: ${error.message}`);
      else reject(new ListenError(listenProblem(error, options)));
    });
    server.listen(options.port, options.host, () => {
      const { port } = server.address() as AddressInfo;
      const host = isIP(options.host) === 6 ? `[${options.host}]` : options.host;
      resolve({ url: `http://${host}:${port}`, port, close: () => close(server, connections, options.beforeClose) });
    });
  });
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

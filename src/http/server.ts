/**
 * The HTTP server: it binds the application to a port.
 * @module
 */
import { createServer, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, isIP, type Server as NetServer } from 'node:net';
import type { WriteLog } from '../sandbox/core.js';
import { ownPorts } from './interception/bypass.js';
import type { Judging } from './judging/judging.js';
import { ListenError, type Listening } from './listening.js';
import { prepareParser } from './socket/after-upgrade.js';
import type { TrustedProxies } from './socket/client-address.js';
import type { FastPath } from './socket/fast-path.js';
import { Incoming } from './socket/incoming.js';
import { createServing, type Serving } from './socket/serving.js';
import { createRefuser } from './socket/unreadable.js';
import { KEEP_ALIVE_MS } from './socket/whole-response.js';
import type { AnswerRequest } from './web/lazy-app.js';

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
  /** Adds HTTPS, HTTP/2 and the proxy. */
  readonly extend?: ((base: BaseServer) => Extension) | undefined;
}

/** The server for plain HTTP/1.1 that an extension builds on. */
export interface BaseServer {
  readonly http1: Server;
  readonly serving: Serving;
  readonly log: WriteLog | undefined;
}

/** HTTPS, HTTP/2 and the proxy on top of the base server. */
export interface Extension {
  /** The server that listens. */
  readonly acceptor: NetServer;
  /** Answers a request of HTTP/1.1. */
  readonly answer: (incoming: Incoming, outgoing: ServerResponse) => void;
  /** What the server offers, for the caller of `listen()`. @param authority `host:port` */
  describe(authority: string): Omit<Listening, 'port' | 'close'>;
  /** Closes the connections that carry no request yet. */
  close(): void;
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
  const { log } = options;
  const serving = createServing(fetch, direct, options);
  const http1 = createHttp1(serving, log);
  const extension = options.extend?.({ http1, serving, log });
  const { connections } = serving;
  http1.on(
    'request',
    extension?.answer ??
      ((incoming, outgoing) => serving.answer(incoming as Incoming, outgoing, connections.of(incoming.socket))),
  );
  const server = extension?.acceptor ?? http1;
  return new Promise((resolve, reject) => {
    // Errors after the start concern connections that could not be accepted, for example because too many files are open.
    server.on('error', (error: NodeJS.ErrnoException) => {
      if (server.listening) log?.('warn', `cannot accept a connection: ${error.message}`);
      else reject(new ListenError(listenProblem(error, options)));
    });
    server.listen(options.port, options.host, () => {
      const { port } = server.address() as AddressInfo;
      ownPorts.add(port);
      const authority = `${isIP(options.host) === 6 ? `[${options.host}]` : options.host}:${port}`;
      resolve({
        ...(extension?.describe(authority) ?? { url: `http://${authority}` }),
        port,
        async close() {
          await close(server, serving, extension, options.beforeClose);
          ownPorts.delete(port);
        },
      });
    });
  });
}

/** Creates the server for HTTP/1.1. The caller adds the listener of its requests. */
function createHttp1({ connections }: Serving, log: WriteLog | undefined): Server {
  // Without this option Node answers a request without Host with a bare 400 and closes the connection. Requests that follow it then end the process
  // (ERR_INTERNAL_ASSERTION in Node 20).
  const server = createServer({ IncomingMessage: Incoming, requireHostHeader: false });
  const refuser = createRefuser(connections, log);
  server.on('connection', (socket) => {
    connections.track(socket);
    prepareParser(socket);
    socket.once('end', () => refuser.clientEnded(socket));
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  // Accept any number of headers. The size of the head is bounded, and a header that Node drops could be Host.
  server.maxHeadersCount = 0;
  (server as HalfOpen).httpAllowHalfOpen = true;
  server.on('clientError', refuser.clientError);
  server.on('connect', refuser.connect);
  server.on('checkExpectation', refuser.checkExpectation);
  return server;
}

async function close(
  server: NetServer,
  { connections }: Serving,
  extension: Extension | undefined,
  beforeClose: () => Promise<void>,
): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  await beforeClose();
  extension?.close();
  connections.end();
  const grace = setTimeout(() => connections.destroy(), CLOSE_GRACE_MS);
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

/**
 * The server to which intercepted connections are led. There is one for the process. It decides for each request, not for each connection, who answers: a client may
 * keep a connection for longer than an interception lasts.
 * @module
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { createServer as createNetServer } from 'node:net';
import { prepareParser } from '../socket/after-upgrade.js';
import { Incoming } from '../socket/incoming.js';
import { KEEP_ALIVE_MS } from '../socket/whole-response.js';
import { Protocols } from '../tls/protocols.js';
import { openTlsIdentity } from '../tls/tls-identity.js';

/** Where a connection leads. */
export interface Wanted {
  /** Lower case; an IPv6 address without brackets. */
  readonly host: string;
  readonly port: number;
}

/** Answers the requests of intercepted connections. */
export interface Answerer {
  /** Answers a request. @returns the error for the client if no mock answers it */
  answer(origin: string, incoming: Incoming, outgoing: ServerResponse, socket: Socket): Error | undefined;
}

/** The server. */
export interface Hub {
  readonly port: number;
  /** Certificate of the CA, in PEM form. */
  readonly ca: string;
  /** Announces the client's end of a connection. */
  expect(client: Socket, wanted: Wanted): void;
  /** Destroys the idle connections to origins that no mock answers any more. */
  prune(isAnswered: (wanted: Wanted) => boolean): void;
}

/** An intercepted connection. */
interface Led {
  readonly wanted: Wanted;
  readonly client: Socket;
  /** Requests that are being answered. */
  active: number;
  isHttp2: boolean;
}

/**
 * Starts the hub.
 *
 * @param names hosts whose certificates are prepared and kept in a file
 * @throws CertificateError where certificates cannot be made
 */
export async function startHub(answerer: Answerer, names: readonly string[]): Promise<Hub> {
  const leds = new Map<number, Led>();
  const waiting = new Map<number, (led: Led) => void>();
  const bySocket = new WeakMap<Socket, Led>();
  const answer = (incoming: Incoming, outgoing: ServerResponse, socket: Socket, led: Led) => {
    const { host, port } = led.wanted;
    const isSecure = 'encrypted' in socket;
    const name = host.includes(':') ? `[${host}]` : host;
    const origin = `${isSecure ? 'https' : 'http'}://${name}${port === (isSecure ? 443 : 80) ? '' : `:${port}`}`;
    led.active += 1;
    outgoing.on('close', () => {
      led.active -= 1;
    });
    const error = answerer.answer(origin, incoming, outgoing, socket);
    if (error) led.client.destroy(error);
  };
  const http1 = createServer({ IncomingMessage: Incoming, requireHostHeader: false });
  http1.keepAliveTimeout = KEEP_ALIVE_MS;
  http1.maxHeadersCount = 0;
  http1.on('connection', prepareParser);
  http1.on('request', (incoming: IncomingMessage, outgoing: ServerResponse) =>
    answer(incoming as Incoming, outgoing, incoming.socket, bySocket.get(incoming.socket)!),
  );
  http1.on('clientError', (_error, socket) => socket.destroy());
  const identity = await openTlsIdentity({ names });
  const protocols = new Protocols<Led>(() => identity, {
    http1,
    hostOf: ({ wanted }) => wanted.host,
    opened(socket, led, close) {
      bySocket.set(socket, led);
      led.isHttp2 = close !== undefined;
    },
    http2: (incoming, outgoing, socket, led) => answer(incoming as Incoming, outgoing, socket, led),
    handshakeFailed: () => {},
  });
  const server = createNetServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    // An intercepted connection must not keep the process running: the client's end does as long as it should.
    socket.unref();
    const port = socket.remotePort!;
    const begin = (led: Led) => {
      socket.on('close', () => {
        if (leds.get(port) === led) leds.delete(port);
      });
      protocols.any(socket, led);
    };
    const led = leds.get(port);
    if (led && !led.client.destroyed) begin(led);
    else {
      waiting.set(port, begin);
      socket.once('close', () => waiting.delete(port));
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  server.unref();
  return {
    port: (server.address() as AddressInfo).port,
    ca: identity.ca,
    expect(client, wanted) {
      const led: Led = { wanted, client, active: 0, isHttp2: false };
      const port = client.localPort!;
      leds.set(port, led);
      const begin = waiting.get(port);
      waiting.delete(port);
      begin?.(led);
    },
    prune(isAnswered) {
      for (const { active, isHttp2, client, wanted } of leds.values()) {
        // A client of HTTP/2 learns only later that its session is gone. The next request on it finds who answers then, or an error.
        if (active === 0 && !isHttp2 && !isAnswered(wanted)) client.destroy();
      }
    },
  };
}

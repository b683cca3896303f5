/**
 * HTTPS, HTTP/2 and the proxy on top of the server for plain HTTP/1.1. The module is loaded only by servers that offer one of them.
 * @module
 */
import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Socket } from 'node:net';
import type { BaseServer, Extension } from '../server.js';
import type { OpenConnection } from '../socket/connections.js';
import type { Incoming } from '../socket/incoming.js';
import { Protocols } from '../tls/protocols.js';
import type { TlsIdentity } from '../tls/tls-identity.js';
import { PROBLEM_JSON, problemDetails } from '../web/problem-json.js';
import { createProxy, type Tunnel } from './proxy.js';
import type { Sites } from './sites.js';

/** Options of `extendServer()`. */
export interface ExtensionOptions {
  /** The certificates of the port; omitted where it speaks plain HTTP. */
  readonly https: TlsIdentity | undefined;
  /** The proxy, with the certificates for the hosts that it answers for; omitted where there is none. */
  readonly proxy:
    | { readonly sites: Sites; readonly passesUnknown: boolean; readonly identity: TlsIdentity }
    | undefined;
}

/** Certificates that clients must trust, in PEM form, and the file with them. */
type Trusted = Pick<TlsIdentity, 'ca' | 'caFile'>;

/** A connection to the port itself. */
const DIRECT: Tunnel = { authority: 'localhost' };

/** Creates the extension. */
export function extendServer({ http1, serving, log }: BaseServer, { https, proxy }: ExtensionOptions): Extension {
  const { connections } = serving;
  const trusted = trustedBy(https, proxy?.identity);
  const logFailure = createFailureLog(trusted.caFile, log);
  const tunnels = new WeakMap<Socket, Tunnel>();
  const pending = new Set<Socket>();
  const protocols = (identity: TlsIdentity) =>
    new Protocols<Tunnel>(() => identity, {
      http1,
      hostOf: ({ authority }) => authority.replace(/:\d+$/, '').replace(/^\[|\]$/g, ''),
      opened(socket, tunnel, close) {
        if (tunnel !== DIRECT) tunnels.set(socket, tunnel);
        // HTTP/1.1 tracks its connections itself.
        if (close) connections.track(socket).closeGently = close;
      },
      http2(incoming, outgoing, socket) {
        answer(incoming as Incoming, outgoing, connections.of(socket));
      },
      handshakeFailed: (error, { authority }) => logFailure(error, authority),
    });
  const own = https && protocols(https);
  const inTunnels = proxy && (proxy.identity === https ? own : protocols(proxy.identity));
  const proxying =
    proxy &&
    createProxy({
      sites: proxy.sites,
      passesUnknown: proxy.passesUnknown,
      log,
      open(socket, tunnel) {
        connections.release(socket);
        keep(socket);
        inTunnels!.any(socket, tunnel);
      },
    });
  const keep = (socket: Socket) => {
    pending.add(socket);
    socket.once('close', () => pending.delete(socket));
  };
  const answer = (incoming: Incoming, outgoing: ServerResponse, open: OpenConnection) => {
    const routed = proxying?.route(incoming, outgoing, open, tunnels.get(open.socket));
    if (routed !== 'answered') serving.answer(incoming, outgoing, open, routed);
  };
  if (proxying) {
    http1.removeAllListeners('connect');
    http1.on('connect', (incoming: IncomingMessage, socket, head) =>
      proxying.connect(incoming, socket as Socket, head),
    );
  }
  const acceptor = own
    ? createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
        keep(socket);
        own.any(socket, DIRECT, proxying ? undefined : refusePlain);
      })
    : http1;
  return {
    acceptor,
    answer: (incoming, outgoing) => answer(incoming, outgoing, connections.of(incoming.socket)),
    describe(authority) {
      return {
        url: `${https ? 'https' : 'http'}://${authority}`,
        ...trusted,
        ...(proxy ? { proxyUrl: `http://${authority}` } : {}),
      };
    },
    close() {
      proxying?.close();
      const used = connections.peers();
      for (const socket of pending) if (!used.has(`${socket.remoteAddress} ${socket.remotePort}`)) socket.destroy();
    },
  };
}

/** What clients must trust. A port with a certificate of the user's own has another one than the hosts behind its proxy, so that clients need both. */
function trustedBy(port: TlsIdentity | undefined, proxy: TlsIdentity | undefined): Trusted {
  const { ca, caFile } = (proxy ?? port)!;
  if (!port || !proxy || port === proxy) return { ca, caFile };
  const both = `${ca.trimEnd()}\n${port.ca}`;
  const id = createHash('sha256').update(both).digest('hex').slice(0, 16);
  return { ca: both, caFile: proxy.writeFile(`trust-${id}.pem`, both) };
}

/** Alerts of clients that do not trust a certificate, as codes of OpenSSL. */
const DISTRUSTED = /ALERT_(?:UNKNOWN_CA|BAD_CERTIFICATE|CERTIFICATE_UNKNOWN)/;

/** Writes failed handshakes to the log. That clients do not trust the certificate is a warning, once for each host: a client that retries would repeat it. */
function createFailureLog(caFile: string, log: BaseServer['log']): (error: Error, authority: string) => void {
  const warned = new Set<string>();
  return (error, authority) => {
    const { code = '', reason } = error as Error & { readonly code?: string; readonly reason?: string };
    const why = reason ?? error.message;
    if (!DISTRUSTED.test(code) || warned.has(authority) || warned.size >= MAX_WARNED) {
      log?.('info', `a TLS handshake for ${authority} failed: ${why}`);
      return;
    }
    warned.add(authority);
    log?.('warn', `a client does not trust the certificate for ${authority} (${why}); have it trust ${caFile}`);
  };
}

/** Most hosts for which a warning is remembered. A client may name any host. */
const MAX_WARNED = 100;

/** Answers a client that speaks plain HTTP to a port for HTTPS. */
function refusePlain(socket: Socket): void {
  const detail = 'this port speaks HTTPS; use an https:// URL';
  const body = JSON.stringify({ ...problemDetails(400, 'http-400', detail), title: 'Bad Request' });
  socket.on('error', () => socket.destroy());
  socket.end(
    `HTTP/1.1 400 Bad Request\r\nContent-Type: ${PROBLEM_JSON}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
  socket.resume();
}

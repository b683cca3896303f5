/**
 * Serves sockets that something else has accepted: it ends TLS and speaks HTTP/2 or HTTP/1.1, as the client prefers (ALPN).
 *
 * HTTP/1.1 goes to the same `http.Server` as without TLS, so that both behave alike.
 * @module
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import {
  createServer as createHttp2,
  type Http2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type ServerHttp2Session,
} from 'node:http2';
import type { Socket } from 'node:net';
import { createServer as createTls, type TLSSocket, type Server as TlsServer } from 'node:tls';
import { Http2Incoming, Http2Outgoing } from './http2-exchange.js';
import type { TlsIdentity } from './tls-identity.js';

/** What the sockets are passed to. */
export interface ProtocolHandlers<Peer> {
  /** Speaks HTTP/1.1 on the sockets that are emitted as `connection`. */
  readonly http1: Server;
  /** Called for each socket before its first request, after TLS. @returns a function that closes the connection once its exchanges have ended, where the default cannot */
  opened(socket: Socket, peer: Peer, close?: () => void): void;
  /** Answers a request over HTTP/2. The two objects have the members of HTTP/1.1 that the server uses. */
  http2(incoming: IncomingMessage, outgoing: ServerResponse, socket: Socket, peer: Peer): void;
  /** The host that the client believes to be connected to: its certificate is sent where the client names none. */
  hostOf(peer: Peer): string;
  /** Receives handshakes that failed. */
  handshakeFailed(error: Error, peer: Peer): void;
}

/** The first byte of a TLS handshake record (RFC 8446 section 5.1). */
const HANDSHAKE = 22;

/** Serves sockets. @typeParam Peer what is known about a socket when it is accepted; the sockets of one peer share the sessions of TLS */
export class Protocols<Peer extends object> {
  readonly #tlsServers = new WeakMap<Peer, Promise<TlsServer>>();
  readonly #sessions = new WeakMap<ServerHttp2Session, { readonly socket: Socket; readonly peer: Peer }>();
  #http2: Http2Server | undefined;
  /** The socket and peer of the session that is being created. */
  #opening: { readonly socket: Socket; readonly peer: Peer } | undefined;

  constructor(
    readonly identity: () => TlsIdentity | Promise<TlsIdentity>,
    readonly handlers: ProtocolHandlers<Peer>,
  ) {}

  /** Ends TLS where the client begins with a handshake, and otherwise speaks HTTP/1.1. @param plain called in place of the latter */
  any(socket: Socket, peer: Peer, plain: (socket: Socket) => void = (bare) => this.plain(bare, peer)): void {
    const fail = () => socket.destroy();
    socket.on('error', fail);
    const look = () => {
      const first = socket.read(1) as Buffer | null;
      if (first === null) {
        if (socket.readableEnded || socket.destroyed) return;
        socket.once('readable', look);
        return;
      }
      socket.unshift(first);
      socket.off('error', fail);
      if (first[0] === HANDSHAKE) this.secure(socket, peer);
      else plain(socket);
    };
    socket.once('readable', look);
    socket.once('end', fail);
    socket.once('readable', () => socket.off('end', fail));
  }

  /** Speaks HTTP/1.1 without TLS. */
  plain(socket: Socket, peer: Peer): void {
    this.handlers.opened(socket, peer);
    this.handlers.http1.emit('connection', socket);
    // What has been read ahead is in the stream.
    socket.resume();
  }

  /** Ends TLS. */
  secure(socket: Socket, peer: Peer): void {
    socket.on('error', () => socket.destroy());
    let server = this.#tlsServers.get(peer);
    if (!server) {
      server = this.#tls(peer);
      this.#tlsServers.set(peer, server);
    }
    server.then(
      (tls) => tls.emit('connection', socket),
      (error: Error) => {
        this.#tlsServers.delete(peer);
        this.handlers.handshakeFailed(error, peer);
        socket.destroy();
      },
    );
  }

  /** A server for one peer: the events of a shared one would not tell which socket is whose. */
  async #tls(peer: Peer): Promise<TlsServer> {
    const identity = await this.identity();
    const { cert, key } = await identity.pairFor(this.handlers.hostOf(peer));
    const server = createTls({
      cert,
      key,
      ALPNProtocols: ['h2', 'http/1.1'],
      SNICallback: (name, done) => {
        identity.contextFor(name).then(
          (context) => done(null, context),
          (error: Error) => done(error),
        );
      },
      allowHalfOpen: true,
    });
    server.on('tlsClientError', (error) => this.handlers.handshakeFailed(error, peer));
    server.on('secureConnection', (socket) => this.#decrypted(socket, peer));
    return server;
  }

  #decrypted(socket: TLSSocket, peer: Peer): void {
    if (socket.alpnProtocol !== 'h2') {
      this.handlers.opened(socket, peer);
      this.handlers.http1.emit('connection', socket);
      return;
    }
    this.#opening = { socket, peer };
    this.#http2Server().emit('connection', socket);
    this.#opening = undefined;
  }

  #http2Server(): Http2Server {
    if (this.#http2) return this.#http2;
    const server = createHttp2({
      Http2ServerRequest: Http2Incoming as unknown as typeof Http2ServerRequest,
      Http2ServerResponse: Http2Outgoing as unknown as typeof Http2ServerResponse,
    });
    server.on('session', (session) => {
      const { socket, peer } = this.#opening!;
      this.#sessions.set(session, { socket, peer });
      session.on('error', () => session.destroy());
      this.handlers.opened(socket, peer, () => session.close());
    });
    server.on('request', (incoming, outgoing) => {
      const found = this.#sessions.get(incoming.stream.session as ServerHttp2Session);
      // The client has closed the connection.
      if (!found) return;
      incoming.on('error', () => {});
      outgoing.on('error', () => {});
      this.handlers.http2(
        incoming as unknown as IncomingMessage,
        outgoing as unknown as ServerResponse,
        found.socket,
        found.peer,
      );
    });
    this.#http2 = server;
    return server;
  }
}

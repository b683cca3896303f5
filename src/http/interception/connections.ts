/**
 * Leads outgoing connections of this process to a server in it, so that every client meets a real socket: `node:http`, `node:https`, `node:http2`, undici, and what is
 * built on them.
 *
 * Two functions of Node are replaced while an interception is active: `net.Socket.prototype.connect`, through which all connections go, and `tls.connect`, to which the
 * CA of the mock is given. Connections that lead elsewhere are as before.
 * @module
 */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { createRequire, syncBuiltinESMExports } from 'node:module';
import { Socket, type TcpNetConnectOpts } from 'node:net';
import type * as Tls from 'node:tls';
import type { ConnectionOptions, SecureContext, TLSSocket } from 'node:tls';
import { isLoopbackAddress } from '../control/guard.js';
import { BYPASS, ownPorts } from './bypass.js';
import type { Hub, Wanted } from './hub.js';

/** Decides about connections. */
export interface Director {
  /** Whether a provider is served there. */
  serves(wanted: Wanted): boolean;
  /** Whether requests to all other hosts are refused. */
  refusesOthers(): boolean;
  /** The server to which connections are led. It is called at the first such connection. */
  hub(): Promise<Hub>;
}

/** Options of `net.connect()` and `tls.connect()`. */
type Options = TcpNetConnectOpts & ConnectionOptions & Record<string | symbol, unknown>;

/** Deno takes no CA once a context has been made. The server is one of this process, so that nothing is lost where its certificate is not verified. */
const TRUST = 'Deno' in globalThis ? { rejectUnauthorized: false } : {};

let director: Director | undefined;
let restore = () => {};
/** The context of the TLS socket that is being connected, to which the CA is added once it is known. */
let context: SecureContext | undefined;
/** Set while undici connects. */
let undiciWants: Wanted | undefined;

/** Replaces the two functions. It is idempotent. */
export function directConnections(by: Director): void {
  if (director) return;
  director = by;
  const tls = createRequire(import.meta.url)('node:tls') as typeof Tls;
  const original = { connect: Socket.prototype.connect, tlsConnect: tls.connect };
  const connect = function (this: Socket, ...args: unknown[]): Socket {
    const [options, listener] = normalized(args);
    const wanted = options && wantedBy(options);
    const secure = context;
    context = undefined;
    if (!wanted || !leads(wanted, options)) return Reflect.apply(original.connect, this, args) as Socket;
    lead(this, wanted, options, listener, secure, original.connect);
    return this;
  };
  const tlsConnect = (...args: unknown[]): TLSSocket => {
    const [options, listener] = normalized(args);
    const wanted = options && !options['socket'] ? wantedBy(options) : undefined;
    if (!wanted || !leads(wanted, options!)) return Reflect.apply(original.tlsConnect, tls, args) as TLSSocket;
    // Only the CA of the mock signs for this connection. The client's own trust is for other servers.
    context = tls.createSecureContext({ ...options, ca: [] });
    const directed = { ...options, ...TRUST, secureContext: context, ca: undefined, [HTTP]: isHttp(wanted, options!) };
    try {
      return Reflect.apply(original.tlsConnect, tls, listener ? [directed, listener] : [directed]) as TLSSocket;
    } finally {
      context = undefined;
    }
  };
  Socket.prototype.connect = connect as typeof Socket.prototype.connect;
  tls.connect = tlsConnect as typeof tls.connect;
  syncBuiltinESMExports();
  subscribe('undici:client:beforeConnect', onUndiciConnects);
  restore = () => {
    unsubscribe('undici:client:beforeConnect', onUndiciConnects);
    // Other code may have replaced them since. Then ours stay below, and pass everything on.
    if ((Socket.prototype.connect as unknown) === connect) Socket.prototype.connect = original.connect;
    if ((tls.connect as unknown) === tlsConnect) tls.connect = original.tlsConnect;
    syncBuiltinESMExports();
  };
}

/** Restores both. It is idempotent. */
export function releaseConnections(): void {
  director = undefined;
  restore();
  restore = () => {};
}

function leads(wanted: Wanted, options: Options): boolean {
  if (!director || options[BYPASS] === true) return false;
  if (director.serves(wanted)) return true;
  if (!director.refusesOthers() || isOwn(wanted)) return false;
  return isHttp(wanted, options);
}

/** Connects a socket to the hub, once that listens. */
function lead(
  socket: Socket,
  wanted: Wanted,
  options: Options,
  listener: (() => void) | undefined,
  secure: SecureContext | undefined,
  original: typeof Socket.prototype.connect,
): void {
  // Until the hub listens the socket is as one whose host is being looked up: what is written waits for the connection.
  (socket as { connecting: boolean }).connecting = true;
  if (listener) socket.once('connect', listener);
  director!.hub().then(
    (hub) => {
      if (socket.destroyed) return;
      if (secure) (secure as unknown as { context: { addCACert(cert: string): void } }).context.addCACert(hub.ca);
      const { keepAlive, keepAliveInitialDelay, noDelay } = options;
      socket.prependOnceListener('connect', () => {
        hub.expect(socket, wanted);
        // HTTP/2 derives the origins that the server may answer for from the port.
        Object.defineProperty(socket, 'remotePort', { value: wanted.port, configurable: true });
      });
      Reflect.apply(original, socket, [
        {
          // A name is looked up, so that clients that time the look-up see one.
          host: wanted.host,
          port: hub.port,
          lookup: lookupLoopback,
          autoSelectFamily: false,
          keepAlive,
          keepAliveInitialDelay,
          noDelay,
          ...(isAddress(wanted.host) ? { host: LOOPBACK } : {}),
        },
      ]);
    },
    (error: Error) => socket.destroy(error),
  );
}

const LOOPBACK = '127.0.0.1';

function isAddress(host: string): boolean {
  return host.includes(':') || /^[\d.]+$/.test(host);
}

function lookupLoopback(
  _host: string,
  { all }: { all?: boolean },
  done: (error: null, address: unknown, family?: number) => void,
): void {
  // A name may be an address in another spelling. It is not connected to either.
  if (all) done(null, [{ address: LOOPBACK, family: 4 }]);
  else done(null, LOOPBACK, 4);
}

/** Marks the options of a TLS connection that a client of HTTP opens. */
const HTTP = Symbol('of a client of HTTP');

/**
 * Whether a client of HTTP opens the connection. Connections of databases and the like must not be refused. The agent of `node:http` and `node:https` adds
 * `_agentKey`, undici says that it connects, and a client of HTTP/2 offers it.
 */
function isHttp(wanted: Wanted, options: Options): boolean {
  if (options[HTTP] === true || '_agentKey' in options) return true;
  if (undiciWants?.host === wanted.host && undiciWants.port === wanted.port) return true;
  const { ALPNProtocols } = options;
  if (Array.isArray(ALPNProtocols) && ALPNProtocols.some((name) => name === 'h2' || name === 'http/1.1')) return true;
  return wanted.port === 80 || wanted.port === 443;
}

function onUndiciConnects(message: unknown): void {
  const { hostname, protocol, port } = (
    message as { connectParams: { hostname: string; protocol: string; port: string } }
  ).connectParams;
  const wanted = { host: bare(hostname), port: Number(port || (protocol === 'https:' ? 443 : 80)) };
  undiciWants = wanted;
  // The connection is opened in this turn of the event loop.
  queueMicrotask(() => {
    if (undiciWants === wanted) undiciWants = undefined;
  });
}

function isOwn({ host, port }: Wanted): boolean {
  return ownPorts.has(port) && (host === 'localhost' || isLoopbackAddress(host));
}

function bare(host: string): string {
  return host.toLowerCase().replace(/^\[|\]$/g, '');
}

/** Where the options lead; `undefined` for pipes, and for what Node will refuse. */
function wantedBy({ host, port, path }: Options): Wanted | undefined {
  if (path !== undefined && path !== null) return undefined;
  const number = Number(port);
  if (!Number.isInteger(number) || number <= 0) return undefined;
  return { host: bare(String(host ?? 'localhost')), port: number };
}

/** The options and the listener of a call of `connect()` in any of its forms. */
function normalized(args: readonly unknown[]): [Options | undefined, (() => void) | undefined] {
  const [first] = args;
  // Node has normalized the arguments already.
  if (Array.isArray(first)) return [asOptions(first[0]), asListener(first[1])];
  const listener = asListener(args.at(-1));
  if (typeof first === 'object' && first !== null) return [asOptions(first), listener];
  if (typeof first === 'number' || (typeof first === 'string' && /^\d+$/.test(first))) {
    const host = typeof args[1] === 'string' ? { host: args[1] } : {};
    const options = args.slice(1).find((arg) => typeof arg === 'object' && arg !== null) ?? {};
    return [{ ...options, port: Number(first), ...host } as Options, listener];
  }
  return [undefined, listener];
}

function asOptions(value: unknown): Options | undefined {
  return typeof value === 'object' && value !== null ? (value as Options) : undefined;
}

function asListener(value: unknown): (() => void) | undefined {
  return typeof value === 'function' ? (value as () => void) : undefined;
}

/**
 * Serves as the client's proxy (RFC 9110 section 3.7): requests with a whole URL, and tunnels (CONNECT), in which TLS ends here.
 *
 * Hosts of the served providers are answered. All others are refused, or passed on for clients on this machine. What is asked for through the proxy is always a
 * provider's: the control API cannot be reached under a provider's host.
 * @module
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { WriteLog } from '../../sandbox/core.js';
import { isAuthority, originOf } from '../authority.js';
import { isLoopbackAddress } from '../control/guard.js';
import { send } from '../socket/answer.js';
import { plainIp } from '../socket/client-address.js';
import type { OpenConnection } from '../socket/connections.js';
import type { Site } from '../socket/fast-path.js';
import type { Incoming } from '../socket/incoming.js';
import { problemAnswer } from '../web/problem-json.js';
import { Onward } from './onward.js';
import type { Sites } from './sites.js';

/** A tunnel to a host. All tunnels to one host share the object. */
export interface Tunnel {
  /** `name:port`, in lower case. */
  readonly authority: string;
}

/** Options of `createProxy()`. */
export interface ProxyOptions {
  readonly sites: Sites;
  /** Whether hosts that are not served are passed on, for clients on this machine. */
  readonly passesUnknown: boolean;
  readonly log: WriteLog | undefined;
  /** Serves a socket whose client believes it to be connected to the tunnel's host. */
  readonly open: (socket: Socket, tunnel: Tunnel) => void;
}

/** What to do with a request: a site answers it, or the server itself (`undefined`), or the proxy has answered it. */
export type Routed = Site | undefined | 'answered';

/** A proxy. */
export interface Proxy {
  /** Routes a request. @param tunnel the tunnel in which it came */
  route(incoming: Incoming, outgoing: ServerResponse, open: OpenConnection, tunnel: Tunnel | undefined): Routed;
  /** Answers a CONNECT. @param head what the client has sent after it */
  connect(incoming: IncomingMessage, socket: Socket, head: Buffer): void;
  /** Closes all connections to other hosts. */
  close(): void;
}

const WHOLE_URL = /^(https?):\/\/([^/?#]*)([^?#]*)/i;

/** Creates a proxy. */
export function createProxy({ sites, passesUnknown, log, open }: ProxyOptions): Proxy {
  const tunnels = new Map<string, Tunnel>();
  const onward = new Onward(log);
  const tunnelTo = (authority: string) => {
    const known = tunnels.get(authority) ?? { authority };
    tunnels.set(authority, known);
    return known;
  };
  const refusal = (host: string, ip: string) => {
    const served = sites.origins.join(', ');
    const fix = !passesUnknown
      ? 'start mock429 with --proxy-unknown pass to have other hosts passed on, or except the host from the proxy (NO_PROXY)'
      : `only clients on this machine have other hosts passed on, and ${ip} is not one of it`;
    return `this proxy answers for ${served}, and ${host} is none of them; ${fix}`;
  };
  return {
    route(incoming, outgoing, connection, tunnel) {
      const target = incoming.url!;
      if (tunnel) {
        const scheme = connection.isSecure ? 'https' : 'http';
        return sites.at(scheme, tunnel.authority, pathOf(target));
      }
      if (target.startsWith('/')) return undefined;
      const [, scheme, authority, path] = WHOLE_URL.exec(target) ?? [];
      // The server's own errors for invalid targets apply.
      if (scheme === undefined || !isHost(authority) || isOwn(authority!, connection.socket)) return undefined;
      const site = sites.at(scheme.toLowerCase(), authority!, path === '' ? '/' : path!);
      if (site) return site;
      if (passesUnknown && isLoopbackAddress(connection.ip)) onward.request(incoming, outgoing, new URL(target));
      else {
        const detail = refusal(authority!, connection.ip);
        log?.('info', `refused to be a proxy for ${connection.ip}: ${detail}`);
        incoming.ignoreBody();
        send(outgoing, problemAnswer(403, 'unknown-host', detail));
      }
      return 'answered';
    },
    connect(incoming, socket, head) {
      // Node has removed its own listeners.
      socket.on('error', () => socket.destroy());
      const authority = incoming.url!.toLowerCase();
      const ip = plainIp(socket.remoteAddress);
      if (!/:\d+$/.test(authority) || !isHost(authority)) {
        const detail = `CONNECT ${JSON.stringify(authority.slice(0, 100))} names no host; send name:port`;
        endWith(socket, 400, 'Bad Request', 'bad-target', detail);
      } else if (sites.has(authority)) {
        socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
        if (head.byteLength > 0) socket.unshift(head);
        open(socket, tunnelTo(authority));
      } else if (passesUnknown && isLoopbackAddress(ip)) onward.tunnel(socket, head, new URL(`tcp://${authority}`));
      else {
        const detail = refusal(authority, ip);
        log?.('info', `refused a tunnel of ${ip}: ${detail}`);
        endWith(socket, 403, 'Forbidden', 'unknown-host', detail);
      }
    },
    close: () => onward.close(),
  };
}

function pathOf(target: string): string {
  const path = /^[^?#]*/.exec(target)![0];
  return path.startsWith('/') ? path : (WHOLE_URL.exec(target)?.[3] ?? '/');
}

function isHost(authority: string | undefined): boolean {
  return authority !== undefined && authority !== '' && !authority.startsWith(':') && isAuthority(authority);
}

/** Whether a client names the server itself, as clients do that use a proxy for every URL. */
function isOwn(authority: string, { localPort }: Socket): boolean {
  const { hostname, port } = new URL(originOf(authority));
  const name = hostname.replace(/^\[|\]$/g, '');
  return Number(port || 80) === localPort && (name === 'localhost' || isLoopbackAddress(name));
}

/** Answers a CONNECT with an error and closes the connection: the client may already be sending into the tunnel. */
function endWith(socket: Socket, status: number, reason: string, code: string, detail: string): void {
  const { headers, body } = problemAnswer(status, code, detail);
  const fields = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(
    `HTTP/1.1 ${status} ${reason}\r\n${fields.join('')}Content-Length: ${Buffer.byteLength(body ?? '')}\r\nConnection: close\r\n\r\n${body}`,
  );
  socket.resume();
}

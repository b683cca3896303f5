/**
 * Passes on what a proxy does not answer itself.
 * @module
 */
import { type IncomingHttpHeaders, type IncomingMessage, request as requestHttp, type ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { WriteLog } from '../../sandbox/core.js';
import { BYPASS } from '../interception/bypass.js';
import { send } from '../socket/answer.js';
import { problemAnswer } from '../web/problem-json.js';

/** Header fields about one connection, which are not passed on (RFC 9110 section 7.6.1). */
const CONNECTION_FIELDS = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

/** The connections to other hosts. */
export class Onward {
  readonly #open = new Set<Socket>();

  constructor(readonly log: WriteLog | undefined) {}

  /** Passes a request on and its answer back. */
  request(incoming: IncomingMessage, outgoing: ServerResponse, url: URL): void {
    if (url.protocol !== 'http:') {
      const detail = `https URLs are passed on through tunnels only; send CONNECT ${url.host}:443`;
      send(outgoing, problemAnswer(400, 'bad-target', detail));
      return;
    }
    const options = {
      method: incoming.method,
      headers: { ...endToEnd(incoming.headers), host: url.host },
      agent: false,
      [BYPASS]: true,
    };
    const onward = requestHttp(url, options, (answer) => {
      outgoing.writeHead(answer.statusCode!, endToEnd(answer.headers));
      answer.pipe(outgoing);
      answer.on('error', () => outgoing.destroy());
    });
    onward.on('socket', (socket) => this.#track(socket));
    onward.on('error', (error: NodeJS.ErrnoException) => {
      if (outgoing.headersSent) outgoing.destroy();
      else send(outgoing, problemAnswer(502, 'unreachable-host', unreachable(url.host, error)));
    });
    outgoing.on('close', () => onward.destroy());
    incoming.pipe(onward);
  }

  /** Connects the client's socket to a host. */
  tunnel(socket: Socket, head: Buffer, { hostname, port }: URL): void {
    const host = hostname.replace(/^\[|\]$/g, '');
    const onward = connect({ host, port: Number(port), ...({ [BYPASS]: true } as object) });
    this.#track(onward);
    this.#track(socket);
    let isOpen = false;
    onward.on('connect', () => {
      isOpen = true;
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      if (head.byteLength > 0) onward.write(head);
      socket.pipe(onward);
      onward.pipe(socket);
    });
    onward.on('error', (error: NodeJS.ErrnoException) => {
      if (isOpen) socket.destroy();
      else {
        const detail = unreachable(`${hostname}:${port}`, error);
        this.log?.('info', detail);
        socket.end(
          `HTTP/1.1 502 Bad Gateway\r\nContent-Length: ${Buffer.byteLength(detail)}\r\nConnection: close\r\n\r\n${detail}`,
        );
      }
    });
    socket.on('close', () => onward.destroy());
    onward.on('close', () => {
      if (isOpen) socket.destroySoon();
    });
  }

  /** Closes all connections. */
  close(): void {
    for (const socket of this.#open) socket.destroy();
  }

  #track(socket: Socket): void {
    this.#open.add(socket);
    socket.once('close', () => this.#open.delete(socket));
  }
}

function endToEnd(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const named = (headers.connection ?? '').toLowerCase().split(/\s*,\s*/);
  const kept = { ...headers };
  for (const name of [...CONNECTION_FIELDS, ...named]) delete kept[name];
  return kept;
}

function unreachable(host: string, { code, message }: NodeJS.ErrnoException): string {
  return `${host} cannot be reached (${code ?? message}); check the host and the network of this machine`;
}

/**
 * Requests and responses of HTTP/2 in the form in which the rest of the server takes those of HTTP/1.1: a `Host` header field, a socket that carries this exchange
 * alone, and no header fields that HTTP/2 forbids.
 * @module
 */
import type { OutgoingHttpHeaders } from 'node:http';
import { constants, Http2ServerRequest, Http2ServerResponse, type ServerHttp2Stream } from 'node:http2';

/** Header fields about a connection, which HTTP/2 forbids (RFC 9113 section 8.2.2). */
const CONNECTION_FIELDS = new Set(['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade']);

/**
 * The socket of one exchange. To close it is to reset the stream: other exchanges of the connection go on. The server uses no other members of a socket for an
 * exchange.
 */
class StreamSocket {
  /** As of a TLSSocket. */
  readonly encrypted = true;

  constructor(readonly stream: ServerHttp2Stream) {}

  get writable(): boolean {
    // Node ends the stream of a HEAD request at once; its headers can still be sent.
    const { headRequest } = this.stream as unknown as { readonly headRequest: boolean };
    return !this.stream.destroyed && (this.stream.writable || headRequest);
  }

  get destroyed(): boolean {
    return this.stream.destroyed;
  }

  /** Resets the stream at once. */
  destroy(): void {
    this.stream.close(constants.NGHTTP2_INTERNAL_ERROR);
  }

  /** Resets the stream after what has been written is sent: a reset discards what is queued. */
  destroySoon(): void {
    if (this.stream.destroyed || !this.stream.headersSent) this.destroy();
    else this.stream.write('', () => this.destroy());
  }
}

/** Node defines these members by getters. Its types say that they are properties, which could not be overridden. */
type Getters = 'rawHeaders' | 'httpVersionMajor' | 'httpVersionMinor' | 'socket' | 'complete';
const Request = Http2ServerRequest as unknown as new (...args: unknown[]) => Omit<Http2ServerRequest, Getters>;
const Response = Http2ServerResponse as unknown as new (
  ...args: unknown[]
) => Omit<Http2ServerResponse, 'destroyed' | 'closed' | 'writeHead'>;

/** A request over HTTP/2. It has the members of `Incoming` that the server uses. */
export class Http2Incoming extends Request {
  #rawHeaders: string[] | undefined;
  #socket: StreamSocket | undefined;

  /** Header fields as of HTTP/1.1: without pseudo-header fields, and with `Host`. */
  get rawHeaders(): string[] {
    if (this.#rawHeaders === undefined) {
      const raw = Reflect.get(Http2ServerRequest.prototype, 'rawHeaders', this) as string[];
      const fields: string[] = [];
      let hasHost = false;
      for (let i = 0; i < raw.length; i += 2) {
        if (raw[i]!.startsWith(':')) continue;
        hasHost ||= raw[i] === 'host';
        fields.push(raw[i]!, raw[i + 1]!);
      }
      if (!hasHost && this.authority) fields.unshift('host', this.authority);
      this.#rawHeaders = fields;
    }
    return this.#rawHeaders;
  }

  // The rules for the request line and `Host` are those of HTTP/1.1; the parser of HTTP/2 has checked the rest.
  get httpVersionMajor(): number {
    return 1;
  }

  get httpVersionMinor(): number {
    return 1;
  }

  get socket(): Http2ServerRequest['socket'] {
    this.#socket ??= new StreamSocket(this.stream as ServerHttp2Stream);
    return this.#socket as unknown as Http2ServerRequest['socket'];
  }

  get complete(): boolean {
    return !this.aborted && (Reflect.get(Http2ServerRequest.prototype, 'complete', this) as boolean);
  }

  /** The body is always in the stream; see `Incoming.isBodyTaken`. */
  get isBodyTaken(): boolean {
    return false;
  }

  /** See `Incoming.takeBody`. */
  takeBody(): void {}

  /** See `Incoming.giveBackBody`. */
  giveBackBody(): void {}

  /** Discards the body. */
  ignoreBody(): void {
    this.resume();
  }
}

/** A response over HTTP/2. It has the members of `ServerResponse` that the server uses. */
export class Http2Outgoing extends Response {
  get destroyed(): boolean {
    return this.stream.destroyed;
  }

  get closed(): boolean {
    return this.stream.closed;
  }

  /** See `ServerResponse.writeHead`. HTTP/2 has no status messages. */
  writeHead(status: number, second?: string | OutgoingHttpHeaders, third?: OutgoingHttpHeaders): this {
    const headers = typeof second === 'object' ? second : third;
    const write = Http2ServerResponse.prototype.writeHead as (status: number, headers?: OutgoingHttpHeaders) => unknown;
    write.call(this, status, headers && withoutConnectionFields(headers));
    return this;
  }
}

function withoutConnectionFields(headers: OutgoingHttpHeaders): OutgoingHttpHeaders {
  const kept: OutgoingHttpHeaders = {};
  for (const name in headers) if (!CONNECTION_FIELDS.has(name.toLowerCase())) kept[name] = headers[name];
  return kept;
}

/**
 * Answers input that Node's parser cannot read, and connections that Node hands over, such as those of CONNECT.
 *
 * The answer follows those to earlier requests. Then the connection is closed, because the start of the next request is unknown.
 * @module
 */
import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { WriteLog } from '../../sandbox/core.js';
import type { RequestError } from '../request-line.js';
import { PROBLEM_JSON, problemAnswer, problemDetails } from '../web/problem-json.js';
import { readOn } from './after-upgrade.js';
import { send } from './answer.js';
import type { Connections } from './connections.js';

/** How long a client may take to read the answer and close the connection, in real milliseconds. */
const LINGER_MS = 2_000;

/** Methods that an OpenAPI document may have (OpenAPI 3.1, Path Item Object); the value of `Allow`. */
export const METHODS = 'DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT, TRACE';

/** An error of Node's parser. */
export interface ParseError extends NodeJS.ErrnoException {
  /** The chunk that the parser was reading. */
  readonly rawPacket?: Buffer;
  /** Number of bytes of `rawPacket` that it has parsed. */
  readonly bytesParsed?: number;
  /** The parser's own message. */
  readonly reason?: string;
}

/** Creates the handlers of the server events `clientError`, `connect` and `checkExpectation`, and of the end of a client's sending. */
export function createRefuser(connections: Connections, log: WriteLog | undefined) {
  return {
    clientError(error: ParseError, socket: Socket): void {
      // The server has announced that it closes the connection, or the client is gone.
      if (error.code === 'HPE_CLOSED_CONNECTION') return;
      if (!socket.writable) socket.destroy();
      else refuseRest(socket, readError(error), error.code);
    },
    clientEnded(socket: Socket): void {
      // Node's parser reports an incomplete request, except for one that asks for an upgrade.
      const code = 'HPE_INVALID_EOF_STATE';
      if (connections.of(socket).isIncomplete) refuseRest(socket, refusal(400, `${REASONS[code]} (${code})`), code);
    },
    connect(_incoming: IncomingMessage, socket: Socket): void {
      // Node has removed its own listeners.
      socket.on('error', () => socket.destroy());
      const detail = 'CONNECT asks for a tunnel, and this server is no proxy; send the request to it directly';
      refuseRest(socket, { status: 405, code: 'method-not-allowed', detail });
    },
    checkExpectation(incoming: IncomingMessage, outgoing: ServerResponse): void {
      if (!incoming.socket.writable) return;
      readOn(incoming.rawHeaders, incoming.socket, outgoing);
      const detail = 'the server does not support this Expect header field; omit it, or send 100-continue';
      const connection = connections.of(incoming.socket);
      log?.('info', `refused a ${incoming.method} from ${connection.ip}: ${detail}`);
      connection.take(outgoing, () => {});
      send(outgoing, problemAnswer(417, 'expectation-failed', detail));
    },
  };

  function refuseRest(socket: Socket, refusal: RequestError, code?: string): void {
    const connection = connections.of(socket);
    if (connection.refused) return;
    connection.refused = true;
    // Do not log a client that disconnects in the middle of a request.
    if (code !== 'HPE_INVALID_EOF_STATE') log?.('info', `refused input from ${connection.ip}: ${refusal.detail}`);
    connection.afterAnswers((unread) => {
      if (unread?.headersSent) socket.end();
      else socket.end(responseText(refusal));
      socket.resume();
      const linger = setTimeout(() => socket.destroy(), LINGER_MS);
      socket.once('close', () => clearTimeout(linger));
    });
  }
}

function responseText({ status, code, detail }: RequestError): string {
  const body = JSON.stringify({ ...problemDetails(status, code, detail), title: STATUS_CODES[status] });
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    `Content-Type: ${PROBLEM_JSON}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...(status === 405 ? [`Allow: ${METHODS}`] : []),
    'Connection: close',
  ];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}

/** A request line whose target exceeds the limit. */
const LONG_TARGET = /^[A-Z-]+ \S{8000}/;

function readError(error: ParseError): RequestError {
  const { code = error.message, rawPacket, bytesParsed } = error;
  const read = rawPacket?.subarray(0, bytesParsed).toString('latin1') ?? '';
  if (code === 'HPE_HEADER_OVERFLOW') {
    const line = read.slice(read.lastIndexOf('\n') + 1);
    return LONG_TARGET.test(line)
      ? refusal(
          414,
          'the request target is longer than this server reads (16 KiB with the headers); send a shorter one',
        )
      : refusal(431, 'the headers are larger than 16 KiB; send fewer or shorter ones');
  }
  if (code === 'HPE_CHUNK_EXTENSIONS_OVERFLOW')
    return refusal(413, 'the chunk extensions are larger than 16 KiB; send none');
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return refusal(408, 'the request did not come to its end in time; send it whole');
  if (isTls(rawPacket))
    return refusal(400, 'this is a TLS handshake, and this server speaks plain HTTP; use an http:// URL');
  const said = parserMessage(error);
  const reason = said.endsWith('Expected CRLF after version')
    ? 'the request line does not end with CR LF after the version, such as one that ends with LF alone; end each line with CR LF'
    : (REASONS[code] ?? 'the input is not a valid HTTP request; send one as RFC 9112 defines it');
  return refusal(400, `${reason} (${said})`);
}

function refusal(status: number, detail: string): RequestError {
  return { status, code: `http-${status}`, detail };
}

function parserMessage({ code, reason, message }: ParseError): string {
  const words = reason ?? message.replace(/^Parse Error:? ?/, '');
  return [code, words].filter((word) => word !== undefined && word !== '').join(': ');
}

/** What is wrong and how to fix it, by error code of the parser. */
const REASONS: Readonly<Record<string, string>> = {
  HPE_INVALID_METHOD: 'the request starts with no method that this server knows; send one such as GET, in capitals',
  HPE_INVALID_URL:
    'the request target cannot be read; send a path that starts with /, percent-encoded and without blanks, or an http URL',
  HPE_INVALID_VERSION:
    'the request line does not end with a version of HTTP that this server speaks; end it with HTTP/1.1',
  HPE_INVALID_HEADER_TOKEN:
    'a header field cannot be read; send name:value in visible characters, without a blank before the colon or at the start of a line',
  HPE_INVALID_CONTENT_LENGTH:
    'the length of the body is ambiguous; send Content-Length once, as a number, and no Transfer-Encoding beside it',
  HPE_UNEXPECTED_CONTENT_LENGTH: 'the request has several Content-Length header fields; send one',
  HPE_INVALID_TRANSFER_ENCODING:
    'the length of the body is ambiguous; send Transfer-Encoding: chunked alone, or a Content-Length in its place',
  HPE_INVALID_CHUNK_SIZE:
    'a chunk of the body has no size that can be read; start each with its size in hexadecimal digits',
  HPE_INVALID_EOF_STATE: 'the connection was closed in the middle of the request; send it whole',
  HPE_PAUSED_H2_UPGRADE: 'this server does not speak HTTP/2; send HTTP/1.1 (curl --http1.1)',
  HPE_CR_EXPECTED: 'a line ends without CR; end each with CR LF',
  HPE_LF_EXPECTED: 'a CR stands without LF; end each line with CR LF',
};

/** A TLS client starts with a handshake record of type 22, version 3.x (RFC 8446 section 5.1). */
function isTls(packet: Buffer | undefined): boolean {
  return packet?.[0] === 22 && packet[1] === 3;
}

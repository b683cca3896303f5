/**
 * Writes the head and body of a response to the socket in one piece.
 *
 * Node's own code takes as long as all other work on a request: it checks and reads every header again, and passes the system a list of two chunks of which one
 * is
 * empty. The bytes on the wire are exactly those that Node would write. Node writes every unusual response.
 * @module
 */
import { type ServerResponse, STATUS_CODES, validateHeaderName } from 'node:http';
import type { HeaderFields } from '../../limits/render/header-text.js';
import { memoiseText } from '../../runtime/memoise.js';

/** How long an idle connection is kept open, in milliseconds. The response announces it in `Keep-Alive`. */
export const KEEP_ALIVE_MS = 5_000;

const END = `\r\nConnection: keep-alive\r\nKeep-Alive: timeout=${KEEP_ALIVE_MS / 1_000}\r\n\r\n`;

/** Node's internal field for the head that is not sent yet. If Node removes it, Node writes the head. */
interface Unsent {
  _header?: string | null;
}

/** Whether the runtime sends that field. Bun has it, and sends a head of its own. Known from the first response on. */
let sendsField: boolean | undefined;

/**
 * Writes a response of the common form.
 *
 * @returns whether it was written; otherwise nothing has been done
 */
export function writeWhole(
  response: ServerResponse,
  status: number,
  headers: Readonly<HeaderFields>,
  body: string | Uint8Array | null,
): boolean {
  const { socket, req } = response;
  // Without a socket the response is queued: the one before it is still being sent.
  if (!socket || !response.shouldKeepAlive || (response as Unsent)._header !== null) return false;
  const bodiless = status === 304 || status === 204;
  if (bodiless !== (body === null) || body?.length === 0 || req.method === 'HEAD' || req.httpVersionMinor !== 1)
    return false;
  const head = headOf(status, headers, body);
  if (head === undefined) return false;
  (response as Unsent)._header = head;
  sendsField ??= response.headersSent;
  if (!sendsField) {
    (response as Unsent)._header = null;
    return false;
  }
  response.statusCode = status;
  if (body !== null && response.write(body)) {
    // Flush at once. Otherwise the write waits for the end of the tick and goes out as a list of chunks.
    socket.uncork();
  }
  response.end();
  return true;
}

/** The head of the response; `undefined` where Node must write it. */
function headOf(status: number, headers: Readonly<HeaderFields>, body: string | Uint8Array | null): string | undefined {
  let head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'unknown'}`;
  let hasDate = false;
  for (const name in headers) {
    const linePrefix = linePrefixOf(name);
    const value = headers[name]!;
    if (linePrefix === '') return undefined;
    if (typeof value !== 'string') {
      for (const one of value) {
        if (UNSENDABLE.test(one)) return undefined;
        head += linePrefix + one;
      }
      continue;
    }
    if (UNSENDABLE.test(value)) return undefined;
    if (name === 'Date') hasDate = true;
    head += linePrefix + value;
  }
  if (!hasDate) return undefined;
  return body === null ? head + END : `${head}\r\nContent-Length: ${Buffer.byteLength(body)}${END}`;
}

/** Characters that no header value may have; Node throws on them. */
const UNSENDABLE = /[^\t\x20-\x7e\x80-\xff]/;

/** Headers that describe the transfer of the response. Node must write them. */
const TRANSPORT_HEADERS = new Set([
  'connection',
  'content-length',
  'expect',
  'keep-alive',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** The start of a header line by header name; empty where Node must write the header. The cache is bounded, because faults may use any names. */
const linePrefixOf = memoiseText(
  (name) => {
    try {
      validateHeaderName(name);
    } catch {
      // Node reports the invalid name when it writes the header.
      return '';
    }
    return TRANSPORT_HEADERS.has(name.toLowerCase()) ? '' : `\r\n${name}: `;
  },
  { max: 1_000, maxLength: 200 },
);

/**
 * A response on a socket, head and body in one piece. Node's own way of writing a head and then a body takes as long as all that mock429 does for a request: it
 * checks and reads every header anew, and hands the system a list of two pieces of which one is empty.
 *
 * What goes on the wire is what node would write, byte for byte, and whatever is out of the ordinary is left to node.
 * @module
 */
import { type ServerResponse, STATUS_CODES, validateHeaderName } from 'node:http';
import { memoiseText } from '../../runtime/memoise.js';

/** How long a connection without a request is kept open, as the head says. */
export const KEEP_ALIVE_MS = 5_000;

const END = `\r\nConnection: keep-alive\r\nKeep-Alive: timeout=${KEEP_ALIVE_MS / 1_000}\r\n\r\n`;

/** Node's own place for the head, before it is sent. Where it should be gone some day, node writes the head. */
interface Unsent {
  _header?: string | null;
}

/**
 * Writes the response, if it is an ordinary one.
 *
 * @returns whether it has; if not, nothing has been done
 */
export function writeWhole(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string | null,
): boolean {
  const { socket, req } = response;
  // Without a socket it is not its turn: the response before it is still being sent.
  if (!socket || !response.shouldKeepAlive || (response as Unsent)._header !== null) return false;
  const bodiless = status === 304 || status === 204;
  if (bodiless !== (body === null) || body === '' || req.method === 'HEAD' || req.httpVersionMinor !== 1) return false;
  const head = headOf(status, headers, body);
  if (head === undefined) return false;
  (response as Unsent)._header = head;
  response.statusCode = status;
  if (body !== null && response.write(body)) {
    // Handed over at once: else it would wait for the end of the turn, and go as a list.
    socket.uncork();
  }
  response.end();
  return true;
}

/** `undefined` where node should see to it. */
function headOf(status: number, headers: Readonly<Record<string, string>>, body: string | null): string | undefined {
  let head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'unknown'}`;
  let dated = false;
  for (const name in headers) {
    const start = startOf(name);
    const value = headers[name]!;
    if (start === '' || UNSENDABLE.test(value)) return undefined;
    if (name === 'Date') dated = true;
    head += start + value;
  }
  if (!dated) return undefined;
  return body === null ? head + END : `${head}\r\nContent-Length: ${Buffer.byteLength(body)}${END}`;
}

/** Characters that no header may have: node complains of them. */
const UNSENDABLE = /[^\t\x20-\x7e\x80-\xff]/;

/** Headers that say how the response is sent. */
const OF_SENDING = new Set([
  'connection',
  'content-length',
  'expect',
  'keep-alive',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** How the line of a header starts, by its name; empty if Node should write the response. The cache is bounded, because faults may have any header. */
const startOf = memoiseText(
  (name) => {
    try {
      validateHeaderName(name);
    } catch {
      // Node throws the same error when it writes the head.
      return '';
    }
    return OF_SENDING.has(name.toLowerCase()) ? '' : `\r\n${name}: `;
  },
  { max: 1_000, maxLength: 200 },
);

/**
 * Reads what follows a request that asks for an upgrade.
 *
 * A server may ignore `Upgrade` (RFC 9110 section 7.8), and this one does. But Node's parser stops behind such a request, and Node drops the rest of what has
 * arrived with it: the requests behind it get no answer, and the connection stays open. The rest is passed to the parser again here. Node has no public
 * interface for that, so this uses the parser of the socket. Where the parser has another form, the connection closes after the answer, and the client repeats
 * what was not answered (RFC 9112 section 9.3.2).
 * @module
 */
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { rawHeader } from './raw-header.js';

/** Number of bytes that the parser has read, or why it cannot read on. */
type Outcome = number | Error;

/** Node's parser of a connection, as far as this module uses it. */
interface Parser {
  /** The request that is being read, or was read last. */
  readonly incoming: { readonly upgrade: boolean | null } | null;
  /** Reads a chunk. Node calls it where the socket is a stream in JavaScript. */
  execute(chunk: Buffer): Outcome;
  /** A copy of the chunk that was just read from a socket of the system. */
  getCurrentBuffer(): Buffer;
}

/** Node's internal field for the parser. If Node removes it, connections close after a request that asks for an upgrade. */
interface Parsed {
  parser?: Parser | null;
}

/** Name of the function that Node calls with each outcome, where the parser reads from a socket of the system. */
const ON_OUTCOME = 'bound onParserExecute';

/** Sockets whose parser reads on. */
const prepared = new WeakSet<Socket>();

/** Prepares a connection that was just opened. A parser serves one connection after the other, so this holds no state. */
export function prepareParser(socket: Socket): void {
  const { parser } = socket as Parsed;
  if (parser && typeof parser.execute === 'function' && !Object.hasOwn(parser, 'execute')) parser.execute = executeAll;
}

/** Makes the parser of the connection read on behind the request, if the request asks for an upgrade. Called while the head of the request is read. */
export function readOn(rawHeaders: readonly string[], socket: Socket, outgoing: ServerResponse): void {
  if (rawHeader(rawHeaders, 'upgrade') === undefined || prepared.has(socket)) return;
  const { parser } = socket as Parsed;
  if (!parser) return;
  const listeners = parser as unknown as Record<string, unknown>;
  const key = Object.keys(listeners).find((one) => (listeners[one] as { name?: unknown } | null)?.name === ON_OUTCOME);
  if (key === undefined || typeof parser.getCurrentBuffer !== 'function' || !Object.hasOwn(parser, 'execute')) {
    outgoing.shouldKeepAlive = false;
    return;
  }
  prepared.add(socket);
  const report = listeners[key] as (outcome: Outcome) => void;
  // Node removes it when the connection ends.
  listeners[key] = (outcome: Outcome) => {
    report(
      socket.destroyed || typeof outcome !== 'number' ? outcome : readRest(parser, parser.getCurrentBuffer(), outcome),
    );
  };
}

function executeAll(this: Parser, chunk: Buffer): Outcome {
  const outcome = execute(this, chunk);
  return typeof outcome === 'number' ? readRest(this, chunk, outcome) : outcome;
}

/** Calls the method of the parser's class. */
function execute(parser: Parser, chunk: Buffer): Outcome {
  return (Object.getPrototypeOf(parser) as Parser).execute.call(parser, chunk);
}

/** Passes the rest of a chunk to the parser, as often as the parser stops behind a request. @param read number of bytes that it has read */
function readRest(parser: Parser, chunk: Buffer, read: number): Outcome {
  let at = read;
  // The bytes behind a CONNECT are no requests.
  while (at !== chunk.length && !parser.incoming?.upgrade) {
    const rest = at >= 0 && at < chunk.length ? execute(parser, chunk.subarray(at)) : 0;
    if (typeof rest !== 'number') return rest;
    // The parser reports no error between a request that asks for an upgrade and the next head: it stops, and its position is meaningless.
    if (rest <= 0 || rest > chunk.length - at) return new Error('it follows a request that asks for an upgrade');
    at += rest;
  }
  return at;
}

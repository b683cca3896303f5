/**
 * Reads the body of a request from Node's parser. The web stream of a `Request` costs more time than all other work on a request.
 * @module
 */
import { NO_BODY, ReceivedBody, TOO_LARGE } from '../../openapi/request/body/received.js';
import type { BodyTaker, Incoming } from './incoming.js';
import { type ArrivedRequest, atEndOfTick } from './tick.js';

/** How many bytes of a body beyond the limit are read. A client that is still writing must be able to finish before it reads the answer. */
const MAX_IGNORED_BYTES = 64 * 1024 * 1024;

/**
 * Reads a body up to a limit. The excess of a longer body is discarded.
 *
 * @param maxBytes largest body, in bytes
 * @param done receives the body; never called when the client disconnects in the middle of it
 */
export function readIncoming(incoming: Incoming, maxBytes: number, done: (body: ReceivedBody) => void): void {
  const reader = new BodyReader(incoming, maxBytes, done);
  incoming.takeBody(reader);
  atEndOfTick(reader);
}

/** Reads a body that usually arrives as one piece. If a second piece arrives, the body goes back to the stream. */
class BodyReader implements BodyTaker, ArrivedRequest {
  #piece: Buffer | undefined;

  constructor(
    readonly incoming: Incoming,
    readonly maxBytes: number,
    readonly done: (body: ReceivedBody) => void,
  ) {}

  take(piece: Buffer): void {
    if (this.#piece === undefined) this.#piece = piece;
    else {
      this.#giveBack();
      this.incoming.push(piece);
    }
  }

  /** Most bodies are complete by the end of the tick, so that no listener is needed. */
  tickOver(): void {
    const { incoming, maxBytes, done } = this;
    if (incoming.isBodyTaken) {
      done(bodyOf(this.#piece, maxBytes));
      return;
    }
    this.#giveBack();
    if (incoming.complete) done(bodyOf(incoming.read() as Buffer | null, maxBytes));
    else listen(this);
  }

  #giveBack(): void {
    this.incoming.giveBackBody();
    if (this.#piece !== undefined) this.incoming.push(this.#piece);
    this.#piece = undefined;
  }
}

function bodyOf(whole: Buffer | null | undefined, maxBytes: number): ReceivedBody {
  if (!whole) return NO_BODY;
  return whole.byteLength > maxBytes ? TOO_LARGE : new ReceivedBody(whole, maxBytes);
}

function listen({ incoming, maxBytes, done }: BodyReader): void {
  let chunks: Buffer[] = [];
  let size = 0;
  let tooLarge = Number(incoming.headers['content-length'] ?? 0) > maxBytes;
  incoming.on('data', (chunk: Buffer) => {
    size += chunk.byteLength;
    if (size > maxBytes + MAX_IGNORED_BYTES) {
      incoming.socket.destroySoon();
    } else if (!tooLarge && size > maxBytes) {
      tooLarge = true;
      chunks = [];
      done(TOO_LARGE);
    } else if (!tooLarge) {
      chunks.push(chunk);
    }
  });
  if (tooLarge) done(TOO_LARGE);
  else
    incoming.on('end', () => {
      // The stream of HTTP/2 ends as well when the client goes away.
      if (!tooLarge && incoming.complete)
        done(size === 0 ? NO_BODY : new ReceivedBody(Buffer.concat(chunks), maxBytes));
    });
}

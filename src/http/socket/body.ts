/**
 * A request's body. The web stream over node's own that a `Request` offers costs more than all the rest of a request.
 * @module
 */
import { NO_BODY, type ReceivedBody, TOO_LARGE } from '../../sandbox/exchange/request.js';
import type { BodyTaker, Incoming } from './incoming.js';
import { type ArrivedRequest, atEndOfTick } from './tick.js';

/** How much more of a body that is too large is read, so that its client, which may still be writing, gets to the answer. */
const MAX_IGNORED_BYTES = 64 * 1024 * 1024;

/**
 * Reads as much as is allowed; what is longer is thrown away.
 *
 * @param done gets the body, or never hears of it when the client goes away in the middle
 */
export function readIncoming(incoming: Incoming, maxBytes: number, done: (body: ReceivedBody) => void): void {
  const one = new Arriving(incoming, maxBytes, done);
  incoming.takeBody(one);
  atEndOfTick(one);
}

/** A body of which the first piece is taken. Most have no other. */
class Arriving implements BodyTaker, ArrivedRequest {
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

  /** Most bodies come with the head, and are there, all of them: nobody needs to listen. */
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
  return whole.byteLength > maxBytes ? TOO_LARGE : { text: decode(whole), tooLarge: false };
}

function listen({ incoming, maxBytes, done }: Arriving): void {
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
      if (!tooLarge) done(size === 0 ? NO_BODY : { text: decode(Buffer.concat(chunks)), tooLarge: false });
    });
}

/** As `TextDecoder` does: without the mark that some put in front of UTF-8. */
function decode(bytes: Buffer): string {
  const text = bytes.toString();
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}

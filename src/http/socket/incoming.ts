/**
 * A request of Node's HTTP server whose body can be taken directly from the parser.
 *
 * Node puts each body into a stream that is filled, read, ended and closed over several ticks. That takes as long as counting the request, although most bodies
 * are
 * empty or arrive in one piece.
 *
 * The parser passes the body to `push()`, as it does for any stream. A body that is not taken goes into the stream for an ordinary reader.
 * @module
 */
import { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';

/** Receives a body piece by piece. */
export interface BodyTaker {
  /** Receives the next piece of the body. */
  take(piece: Buffer): void;
}

/** Discards the body. */
const NOBODY: BodyTaker = { take() {} };

/** Node's internal method that discards a body. If Node removes it, only time is lost. */
interface Dumping {
  _dump?(): void;
}

/** An incoming request whose body can bypass the stream. */
export class Incoming extends IncomingMessage {
  #taker: BodyTaker | undefined;
  #bodyOver = false;

  /** Sends the body to `taker` instead of the stream, until `giveBackBody()`. */
  takeBody(taker: BodyTaker): void {
    this.#taker = taker;
  }

  /** Discards the body. */
  ignoreBody(): void {
    this.#taker = NOBODY;
  }

  /** Sends the rest of the body to the stream again. */
  giveBackBody(): void {
    this.#taker = undefined;
  }

  /** Whether the complete body has been taken. */
  get isBodyTaken(): boolean {
    return this.#bodyOver;
  }

  override push(piece: Buffer | null, encoding?: BufferEncoding): boolean {
    if (this.#taker === undefined) return super.push(piece, encoding);
    if (piece === null) this.#bodyOver = true;
    else this.#taker.take(piece);
    return true;
  }

  /** Node discards a body that is unread when the answer is sent. A taken body is not in the stream, so there is nothing to discard. */
  _dump(): void {
    if (this.#taker === undefined) (IncomingMessage.prototype as Dumping)._dump?.call(this);
  }

  static {
    const ended = Object.getOwnPropertyDescriptor(Readable.prototype, 'readableEnded')!.get!;
    // Report a taken body as read: Node then releases the request.
    Object.defineProperty(Incoming.prototype, 'readableEnded', {
      get(this: Incoming): boolean {
        return this.#bodyOver || (ended.call(this) as boolean);
      },
    });
  }
}

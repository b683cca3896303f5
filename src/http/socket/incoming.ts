/**
 * A request as node's server makes it, whose body may be taken as node's parser hands it over. Node's own way, a stream for each request that is filled, read, ended
 * and closed by several turns of its queue, takes as long as counting, and mostly for a body that is one piece, or none.
 *
 * What the parser hands over is `push`ed, as into any stream; what is not taken goes into the stream, for whoever reads it there.
 * @module
 */
import { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';

/** Gets a body piece by piece. */
export interface BodyTaker {
  take(piece: Buffer): void;
}

/** For bodies that nobody wants. */
const NOBODY: BodyTaker = { take() {} };

/** Node's way to throw a body away. Where it should be gone some day, nothing is lost but time. */
interface Dumping {
  _dump?(): void;
}

export class Incoming extends IncomingMessage {
  #taker: BodyTaker | undefined;
  #bodyOver = false;

  /** Has the body from here on, until it is given back. */
  takeBody(taker: BodyTaker): void {
    this.#taker = taker;
  }

  ignoreBody(): void {
    this.#taker = NOBODY;
  }

  /** Lets the stream have the rest. */
  giveBackBody(): void {
    this.#taker = undefined;
  }

  /** Whether all of the body has been taken. */
  get isBodyTaken(): boolean {
    return this.#bodyOver;
  }

  override push(piece: Buffer | null, encoding?: BufferEncoding): boolean {
    if (this.#taker === undefined) return super.push(piece, encoding);
    if (piece === null) this.#bodyOver = true;
    else this.#taker.take(piece);
    return true;
  }

  /** Node throws away what has not been read by the time of the answer: of what is taken there is nothing in the stream. */
  _dump(): void {
    if (this.#taker === undefined) (IncomingMessage.prototype as Dumping)._dump?.call(this);
  }

  static {
    const ended = Object.getOwnPropertyDescriptor(Readable.prototype, 'readableEnded')!.get!;
    // As if it had been read: node lets go of a request once that is so.
    Object.defineProperty(Incoming.prototype, 'readableEnded', {
      get(this: Incoming): boolean {
        return this.#bodyOver || (ended.call(this) as boolean);
      },
    });
  }
}

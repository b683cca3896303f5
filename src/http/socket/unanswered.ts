/**
 * The unanswered requests of a connection, in order of arrival.
 *
 * Node emits `close` only for the response that it is sending. It emits nothing for the responses queued behind that one when the connection is lost.
 * @module
 */
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

interface Unanswered {
  readonly outgoing: ServerResponse;
  /** Called once, when the answer has been sent or the connection is lost. */
  readonly onEnd: () => void;
  /** Whether the answer is delayed for an unknown time. */
  isDelayed: boolean;
}

/** The unanswered requests of one connection. */
export class UnansweredRequests {
  readonly #requests: Unanswered[] = [];
  #clientEnded = false;
  #last: ((unread: ServerResponse | undefined) => void) | undefined;

  /** @param failed receives errors that an `onEnd` callback throws; they do not affect other requests */
  constructor(
    readonly socket: Socket,
    readonly failed: (error: unknown) => void,
  ) {
    socket.once('close', () => {
      for (const request of this.#requests.splice(0)) this.#end(request);
    });
    socket.once('end', () => {
      this.#clientEnded = true;
      this.#leaveWaiting();
    });
  }

  /** Number of unanswered requests. */
  get size(): number {
    return this.#requests.length;
  }

  /** Whether the newest request has not been received completely. */
  get isIncomplete(): boolean {
    const newest = this.#requests.at(-1);
    return newest !== undefined && !newest.outgoing.req.complete;
  }

  /**
   * Adds a request.
   *
   * @param onEnd called once, when the answer has been sent or the connection is lost
   */
  add(outgoing: ServerResponse, onEnd: () => void): void {
    const request = { outgoing, onEnd, isDelayed: false };
    this.#requests.push(request);
    outgoing.on('close', () => this.#remove(request));
  }

  /**
   * Marks the answer to a request as delayed for an unknown time.
   *
   * A client that has closed its sending side still gets answers that are sent at once (`printf … | nc -N`). One whose answer is delayed counts as gone; Node
   * treats
   * every such client that way.
   */
  markDelayed(outgoing: ServerResponse): void {
    const request = this.#requests.find((request) => request.outgoing === outgoing);
    if (request) request.isDelayed = true;
    if (this.#clientEnded) this.#leaveWaiting();
  }

  /**
   * Registers a callback for the end of a connection from which nothing more is read.
   *
   * @param last called once, after all complete requests have been answered; receives the response to the incomplete request, if there is one
   */
  afterAnswers(last: (unread: ServerResponse | undefined) => void): void {
    this.#last = last;
    this.#checkLast();
  }

  #remove(request: Unanswered): void {
    const at = this.#requests.indexOf(request);
    if (at < 0) return;
    if (at === 0) this.#requests.shift();
    else this.#requests.splice(at, 1);
    this.#end(request);
    this.#checkLast();
  }

  #end({ onEnd }: Unanswered): void {
    try {
      onEnd();
    } catch (error) {
      this.failed(error);
    }
  }

  #checkLast(): void {
    const last = this.#last;
    const first = this.#requests[0]?.outgoing;
    // Only the newest request can be incomplete.
    if (!last || first?.req.complete) return;
    this.#last = undefined;
    last(first);
  }

  #leaveWaiting(): void {
    if (this.#requests.some(({ isDelayed }) => isDelayed)) this.socket.end();
  }
}

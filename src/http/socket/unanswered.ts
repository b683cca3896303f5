/**
 * The requests of a connection that have not been answered yet, in their order, and what becomes of them when the connection ends.
 *
 * Node emits `close` only for the response that it is sending. Of the responses behind that one nothing is heard when the connection is lost.
 * @module
 */
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

interface Unanswered {
  readonly outgoing: ServerResponse;
  /** Called once: the answer has left, or the connection is lost. */
  readonly over: () => void;
  /** Whether its answer may take any time. */
  waits: boolean;
}

export class UnansweredRequests {
  readonly #requests: Unanswered[] = [];
  #clientEnded = false;
  #last: ((unread: ServerResponse | undefined) => void) | undefined;

  /** @param failed hears of an `over` that threw: no other request is to suffer from it */
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

  get size(): number {
    return this.#requests.length;
  }

  /** @param over called once: the answer has left, or the connection is lost */
  add(outgoing: ServerResponse, over: () => void): void {
    const request = { outgoing, over, waits: false };
    this.#requests.push(request);
    outgoing.on('close', () => this.#remove(request));
  }

  /**
   * The answer to this request may take any time. A client that has closed its side of the connection gets answers that are made at once (`printf … | nc -N`);
   * one that waits is taken to have gone, as node takes all of them.
   */
  waits(outgoing: ServerResponse): void {
    const request = this.#requests.find((one) => one.outgoing === outgoing);
    if (request) request.waits = true;
    if (this.#clientEnded) this.#leaveWaiting();
  }

  /**
   * Nothing more will be read from the connection.
   *
   * @param last called once, after all requests that were read to their end have been answered; gets the response to the one whose body has not been, if any
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

  #end({ over }: Unanswered): void {
    try {
      over();
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
    if (this.#requests.some(({ waits }) => waits)) this.socket.end();
  }
}

/**
 * The end of a request as all replicas see it: at its place in the log, not when the socket reports it.
 * @module
 */
import type { Departure, Port } from '../sandbox/core.js';
import type { BodyStream, StreamSink } from '../sandbox/exchange/streaming/body-stream.js';
import type { Sandbox } from '../sandbox/sandbox.js';

/** The port of a request at every replica. The log ends it. */
export class ReplicatedPort implements Port {
  lost = false;
  /** Whether the end must be in the log before the client can see the whole response. */
  endsBeforeResponse = false;
  #listeners: (() => void)[] | undefined = [];
  /** What is known of the sending of the response. */
  departure: Departure | undefined;
  /** Name of the request. */
  request = '';
  /** The sandbox that handles the request. It may have been removed since, and another one may have its name. */
  sandbox: Sandbox | undefined;
  /** The stream that answers the request, if one does. */
  relay: StreamRelay | undefined;

  track(departure: Departure, request: string): void {
    // A request that another one contains has no row of its own connection.
    this.departure ??= departure;
    this.request ||= request;
  }

  onDone(listener: () => void, beforeNext = false): void {
    if (beforeNext) this.endsBeforeResponse = true;
    if (this.#listeners) this.#listeners.push(listener);
    else listener();
  }

  takeStream(stream: BodyStream): BodyStream {
    this.relay = new StreamRelay();
    stream.start(this.relay);
    return this.relay;
  }

  /** Ends the request. @param lost whether the client was gone before it had the answer */
  end(lost: boolean): void {
    const listeners = this.#listeners;
    if (!listeners) return;
    this.#listeners = undefined;
    this.lost = lost;
    for (const listener of listeners) listener();
  }
}

/**
 * Stands between a stream, which every replica runs, and the transport, which only the replica of the client has. It takes everything at once: a slow client must not slow down
 * the stream, or replicas would differ.
 */
export class StreamRelay implements BodyStream, StreamSink {
  #sink: StreamSink | undefined;
  #parts: (string | Uint8Array)[] = [];
  #isFull = false;
  #ended: 'end' | 'breakOff' | undefined;
  /** Is called when the stream ends, before the client is told; it must call `finish` then. Default: the client is told at once. */
  beforeEnd: (() => void) | undefined;

  write(part: string | Uint8Array): boolean {
    this.#parts.push(part);
    this.#flush();
    return true;
  }

  end(): void {
    this.#ended = 'end';
    if (this.#sink) this.#finishOrAsk();
  }

  breakOff(): void {
    this.#ended = 'breakOff';
    if (this.#sink) this.#finishOrAsk();
  }

  start(sink: StreamSink): void {
    this.#sink = sink;
    this.#flush();
    if (this.#ended) this.#finishOrAsk();
  }

  resume(): void {
    this.#isFull = false;
    this.#flush();
    if (this.#ended) this.#finishOrAsk();
  }

  /** Ends the body that the client gets. */
  finish(): void {
    this.beforeEnd = undefined;
    this.#finishOrAsk();
  }

  #finishOrAsk(): void {
    if (this.#parts.length > 0) return;
    if (this.beforeEnd) this.beforeEnd();
    else if (this.#ended === 'end') this.#sink!.end();
    else this.#sink!.breakOff();
  }

  #flush(): void {
    while (this.#sink && !this.#isFull && this.#parts.length > 0)
      this.#isFull = !this.#sink.write(this.#parts.shift()!);
  }
}

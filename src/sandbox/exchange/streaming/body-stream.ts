/**
 * The interface between a stream and the transport that carries it.
 * @module
 */

/** A body that is sent in chunks on the sandbox's clock. */
export interface BodyStream {
  /** Starts the stream. The transport calls it once, when it is ready to send. Chunks that are due at once are written before it returns. */
  start(sink: StreamSink): void;
  /** Continues after `StreamSink.write` has returned false. Does nothing at any other time. */
  resume(): void;
}

/** The way of a stream to its client. */
export interface StreamSink {
  /** Sends a part of the body. @returns false if the client does not keep up; the stream then waits for `BodyStream.resume` */
  write(part: string | Uint8Array): boolean;
  /** Ends the body. */
  end(): void;
  /** Closes the connection within the body, after what has been written. */
  breakOff(): void;
}

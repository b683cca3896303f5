/**
 * The public types of a listening server. They live apart from the server, so that they depend on no Node types.
 * @module
 */

/** A server that listens on a port. */
export interface Listening {
  /** Base URL without a trailing slash: `http://127.0.0.1:4290`. */
  readonly url: string;
  /** The TCP port. */
  readonly port: number;
  /** Stops accepting connections, finishes the requests in flight and closes the server. */
  close(): Promise<void>;
}

/** The server cannot listen on the port. The message names the port and the fix. */
export class ListenError extends Error {
  override name = 'ListenError';
}

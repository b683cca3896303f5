/**
 * A server that listens, as those see it who have started one. Apart from the server, so that its types need none of node's.
 * @module
 */

export interface Listening {
  /** `http://127.0.0.1:4290`, without a slash at the end. */
  readonly url: string;
  readonly port: number;
  /** Takes no more connections, finishes what is in flight, and ends. */
  close(): Promise<void>;
}

/** A port that cannot be had; the message says which and what to do. */
export class ListenError extends Error {
  override name = 'ListenError';
}

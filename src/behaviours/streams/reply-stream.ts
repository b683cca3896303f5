/**
 * What a behaviour returns for a body that is sent in chunks.
 * @module
 */

/** A body that is sent in chunks on the sandbox's clock. */
export interface ReplyStream {
  /** Makes the chunks in order. Each call makes all of them again, equal to those before. */
  chunks(): Iterable<StreamChunk>;
  /** The body as rules read it (`response.…`) after this many chunks have been sent. A number above that of all chunks stands for all. */
  bodyAfter(chunks: number): unknown;
}

/** A part of a body. */
export interface StreamChunk {
  /** Virtual milliseconds after the chunk before it, or after the head; may have fractions. */
  readonly afterMs: number;
  readonly text: string;
}

/**
 * What a document says that cannot be used. A notice costs only what it names: the rest of the document is served.
 * @module
 */

/** A warning about a part of a document. */
export interface DocumentNotice {
  /** Stable: `openapi/dangling-ref`. */
  readonly code: `openapi/${string}`;
  /** Path of keys to the part. */
  readonly at: readonly string[];
  readonly problem: string;
  readonly fix: string;
}

/** An error because of which nothing of the document can be used, with its path of keys. */
export class DocumentError extends Error {
  override name = 'DocumentError';
  constructor(
    /** Stable: `openapi/version`. */
    readonly code: string,
    readonly at: readonly string[],
    /** The problem and the fix, separated by `; `. */
    message: string,
  ) {
    super(message);
  }
}

/**
 * A mock server that serves one document, as a process of its own.
 * @module
 */

/** A document that is being served. */
export interface Served {
  /** Where requests go; what an operation's path is appended to, with the base path of its server where `basePaths` says so. */
  readonly url: URL;
  /** From the first command that a user types to the moment at which it says that it is ready. */
  readonly readyMs: number;
  /** The end of its log, for a failure. */
  log(): string;
  stop(): Promise<void>;
}

/** A tool that serves documents. */
export interface Tool {
  readonly name: string;
  readonly version: string;
  /** Whether it serves the base paths of the document's servers. */
  readonly basePaths: boolean;
  /** Starts it for a document. @throws where it does not serve the document; the message says why */
  serve(file: string): Promise<Served>;
}

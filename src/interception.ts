/**
 * What users of `intercept()` see: its options, the interception, and the error of a request that no profile serves. Apart from the code that leads clients, so that the
 * package's types do not need those of Node.
 * @module
 */
import type { Disposal } from './runtime/disposal.js';

/** Options of `intercept()`. */
export interface InterceptOptions {
  /** Additional origins, and the profile that answers each: `{ 'https://staging.example.com': 'klinky' }`. */
  readonly origins?: Readonly<Record<string, string>>;
  /**
   * What happens to a request to any other origin: it goes out to the network (`pass`, default; `bypass` is the same), or fails with an `UnhandledFetchError` (`error`).
   * Requests to the ports of this process's mocks always pass.
   */
  readonly unhandled?: 'pass' | 'bypass' | 'error';
}

/** An active interception. With `using` it is restored at the end of the block. */
export interface Interception extends Disposal {
  /** Ends the interception. It is idempotent, and keeps interceptions that were made later. */
  restore(): void;
}

/** The error of a request to an origin that no profile serves, while `unhandled` is `error`. */
export class UnhandledFetchError extends Error {
  override name = 'UnhandledFetchError';
  /** For clients that wrap errors and keep their code. */
  readonly code = 'ERR_MOCK429_UNHANDLED';
}

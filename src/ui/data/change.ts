/**
 * A change of the sandbox, as data.
 * @module
 */

/** A call that changes something. */
export interface Change {
  readonly method: 'POST' | 'PUT' | 'DELETE';
  /** Path below `/__mock429`, encoded. */
  readonly path: string;
  readonly body?: unknown;
  /** The same as a method call on a mock: `mock.clock.advance('1s')`. */
  readonly code: string;
}

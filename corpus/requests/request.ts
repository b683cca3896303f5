/**
 * A request before and after it is written down.
 * @module
 */
import type { Json } from '../api/json.js';
import type { Content, Operation, Parameter } from '../api/operation.js';

/** Values by parameter, and a body: one of them can be changed before the request is written. */
export interface Draft {
  readonly operation: Operation;
  readonly values: ReadonlyMap<Parameter, Json>;
  readonly body: { readonly content: Content; readonly value: Json } | undefined;
}

/** As it goes onto the wire. */
export interface WireRequest {
  readonly method: string;
  /** Path and query behind the base path. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | undefined;
}

/** What one request is for. */
export type Purpose =
  | { readonly kind: 'valid' }
  | {
      readonly kind: 'invalid';
      /** What is broken: `required query parameter left out`. */
      readonly fault: string;
      /** The name that a good refusal mentions. */
      readonly field: string;
    };

/** A request that is ready to be sent, and what is expected of its answer. */
export interface Prepared {
  readonly operation: Operation;
  readonly purpose: Purpose;
  readonly request: WireRequest;
}

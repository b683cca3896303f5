/**
 * The type of an operation: something that can be done to a sandbox, declared once. The method of `Mock`, the call of the control API, its entry in the OpenAPI
 * document and the reference page are derived from it.
 *
 * This file uses no type of Hono, so that the types of `Mock` do not depend on it.
 * @module
 */
import type { FaultInput } from '../../sandbox/faults/schema.js';
import type { Sandbox } from '../../sandbox/sandbox.js';
import type { ReportOptions } from '../../sandbox/verdict/report.js';
import type { Report } from '../../verdict/report/report.js';
import type { Replicator } from '../replicator.js';

/** What an operation gets besides its arguments. */
export interface OperationContext {
  readonly sandbox: Sandbox;
  /** Checks a fault before it is added. @throws Problem where it is invalid */
  readonly checkFault: (input: FaultInput) => FaultInput;
  /** Judges the clients of a sandbox. */
  readonly reportOf: (sandbox: Sandbox, options?: ReportOptions) => Report;
  /** Performs operations that change a sandbox on all replicas; omitted where the server is alone. */
  readonly replicator?: Pick<Replicator, 'operate'> | undefined;
}

/** An operation on a sandbox. `Args` are the arguments of the method of `Mock`, and `Result` is its return value. */
export interface Operation<Args extends readonly unknown[], Result> {
  /** Performs the operation. */
  readonly run: (context: OperationContext, ...args: Args) => Result;
  readonly http: HttpForm;
}

/** An operation that changes a sandbox. */
export interface Change<Args extends readonly unknown[], Result> extends Operation<Args, Result> {
  /** Its path in the table of operations, such as `clock.advance`. The table sets it. */
  name: string;
  /** Reads what `run` needs, such as files, without a change. */
  readonly prepare?: ((context: OperationContext, ...args: Args) => Promise<void>) | undefined;
}

declare const httpForm: unique symbol;

/** The calls of the control API that run an operation: a `CallsOf` in an opaque form, because only the control API knows its types. */
export interface HttpForm {
  readonly [httpForm]: true;
}

/** The methods of a tree of operations: `{ clock: { advance: Operation } }` becomes `{ clock: { advance(by): … } }`. */
export type MethodsOf<T> = {
  readonly [Name in keyof T]: T[Name] extends Operation<infer Args, infer Result>
    ? (...args: Args) => Result
    : MethodsOf<T[Name]>;
};

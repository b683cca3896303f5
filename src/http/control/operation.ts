/**
 * What an operation is: something that can be done to a sandbox, declared once. The method of `Mock`, the call of the control API, its entry in the OpenAPI
 * document and the reference page are made from it.
 *
 * This file names no type of Hono, so that the types of `Mock` need none.
 * @module
 */
import type { FaultInput } from '../../sandbox/faults/schema.js';
import type { Sandbox } from '../../sandbox/sandbox.js';
import type { ReportOptions } from '../../sandbox/verdict/report.js';
import type { Report } from '../../verdict/report/report.js';

/** What an operation works with. */
export interface OperationContext {
  readonly sandbox: Sandbox;
  /** Checks a fault before it is added. @throws Problem */
  readonly checkFault: (input: FaultInput) => FaultInput;
  /** Judges the clients of a sandbox. */
  readonly reportOf: (sandbox: Sandbox, options?: ReportOptions) => Report;
}

/** An operation on one sandbox. `Args` are the arguments of the method of `Mock`, `Result` is what it returns. */
export interface Operation<Args extends readonly unknown[], Result> {
  readonly run: (context: OperationContext, ...args: Args) => Result;
  readonly http: HttpForm;
}

declare const httpForm: unique symbol;

/** The calls of the control API that run an operation: a `CallsOf`, whose types only the control API knows. */
export interface HttpForm {
  readonly [httpForm]: true;
}

/** A tree of operations as methods: `{ clock: { advance: Operation } }` becomes `{ clock: { advance(by): … } }`. */
export type MethodsOf<T> = {
  readonly [Name in keyof T]: T[Name] extends Operation<infer Args, infer Result>
    ? (...args: Args) => Result
    : MethodsOf<T[Name]>;
};

/**
 * How operations are declared. Routes and schemas are made when the control API is first used, so that a start loads no schema library for them.
 * @module
 */
import type { ControlCall, ControlKit } from './kit.js';
import type { HttpForm, Operation, OperationContext } from './operation.js';

/** Makes the calls of an operation, each a route with its handler. */
export type CallsOf = (kit: ControlKit) => ControlCall | readonly ControlCall[];

/** An operation that is a method of `Mock` and a call of the control API. */
export function defineOperation<Args extends readonly unknown[], Result>({
  run,
  http,
}: {
  readonly run: (context: OperationContext, ...args: Args) => Result;
  readonly http: (
    kit: ControlKit,
    run: (context: OperationContext, ...args: Args) => Result,
  ) => ControlCall | readonly ControlCall[];
}): Operation<Args, Result> {
  const calls: CallsOf = (kit) => http(kit, run);
  return { run, http: calls as unknown as HttpForm };
}

/** A call that is about the server, or streams: `Mock` has no method that takes the same. */
export function defineCall(calls: CallsOf): CallsOf {
  return calls;
}

/** For a method whose call is another operation's. */
export const NO_CALL = (): readonly ControlCall[] => [];

/** The calls of an operation. */
export function callsOf({ http }: { readonly http: HttpForm }): CallsOf {
  return http as unknown as CallsOf;
}

/** The routes of one file with their schemas: made once, by the first kit, since schemas that have a name in the OpenAPI document must be the same object everywhere. */
export function describeRoutes<Routes>(describe: (kit: ControlKit) => Routes): (kit: ControlKit) => Routes {
  let made: Routes | undefined;
  return (kit) => {
    made ??= describe(kit);
    return made;
  };
}

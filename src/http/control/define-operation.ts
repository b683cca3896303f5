/**
 * Helpers that declare operations. Routes and schemas are created when the control API is first used, so that a start loads no schema library for them.
 * @module
 */
import type { ControlCall, ControlKit } from './kit.js';
import type { Change, HttpForm, Operation, OperationContext } from './operation.js';

/** Creates the calls of an operation, each a route with its handler. */
export type CallsOf = (kit: ControlKit) => ControlCall | readonly ControlCall[];

/**
 * Declares an operation that reads: it is both a method of `Mock` and a call of the control API.
 *
 * @param run performs the operation
 * @param http creates its calls
 */
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

/**
 * Declares an operation that changes a sandbox. Where the server has replicas, its call performs it on all of them.
 *
 * @param prepare reads what `run` needs, such as files, without a change; default: nothing. Its errors are ignored, because `run` reports them
 * @param run performs the operation. Everything that it changes at once is changed before it returns, also where it returns a promise
 * @param http creates its calls. Its `run` performs the operation everywhere
 */
export function defineChange<Args extends readonly unknown[], Result>({
  run,
  prepare,
  http,
}: {
  readonly prepare?: (context: OperationContext, ...args: Args) => Promise<void>;
  readonly run: (context: OperationContext, ...args: Args) => Result;
  readonly http: (
    kit: ControlKit,
    run: (context: OperationContext, ...args: Args) => Promise<Awaited<Result>>,
  ) => ControlCall | readonly ControlCall[];
}): Change<Args, Result> {
  const operation = {
    run,
    prepare,
    name: '',
    http: ((kit) =>
      http(kit, async (context, ...args): Promise<Awaited<Result>> => {
        const { replicator } = context;
        if (!replicator) return (await run(context, ...args)) as Awaited<Result>;
        return (await replicator.operate(context.sandbox.name, operation.name, args)) as Awaited<Result>;
      })) as CallsOf as unknown as HttpForm,
  };
  return operation;
}

/** Declares a call without a method of `Mock`: it concerns the server, or it streams. */
export function defineCall(calls: CallsOf): CallsOf {
  return calls;
}

/** The `http` of an operation that is called through the route of another operation. */
export const NO_CALL = (): readonly ControlCall[] => [];

/** Returns the calls of an operation. */
export function callsOf({ http }: { readonly http: HttpForm }): CallsOf {
  return http as unknown as CallsOf;
}

/**
 * Declares the routes and schemas of a file. They are created once, by the first kit: a schema with a name in the OpenAPI document must be the same object
 * everywhere.
 */
export function describeRoutes<Routes>(describe: (kit: ControlKit) => Routes): (kit: ControlKit) => Routes {
  let routes: Routes | undefined;
  return (kit) => {
    routes ??= describe(kit);
    return routes;
  };
}

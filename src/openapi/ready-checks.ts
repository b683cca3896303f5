/**
 * Precompiled checks, which need no Ajv.
 * @module
 */
import type { Checks, ParameterPlace, SchemaCheck } from './checks.js';
import type { Operation } from './document.js';

/** The exports of a module that `writeChecks` has written. */
export interface ReadyChecks {
  /** The hash of the files that the checks were compiled from. */
  readonly of: string;
  readonly parameters: () => Readonly<Record<string, SchemaCheck>>;
  readonly bodies: () => Readonly<Record<string, SchemaCheck>>;
  /** Pointers of the schemas that may change a body. */
  readonly filling: readonly string[];
}

/** Adapts a precompiled module. Its parts are loaded lazily. */
export function readyChecks(ready: ReadyChecks): Checks {
  let parameters: Readonly<Record<string, SchemaCheck>> | undefined;
  let bodies: Readonly<Record<string, SchemaCheck>> | undefined;
  return {
    parameters(operation, place) {
      parameters ??= ready.parameters();
      return parameters[parametersName(operation, place)]!;
    },
    body(pointer) {
      bodies ??= ready.bodies();
      return bodies[pointer]!;
    },
    fills: (pointer) => ready.filling.includes(pointer),
  };
}

/** The key of the check of an operation's parameters in one place. */
export function parametersName({ id }: Operation, place: ParameterPlace): string {
  return `${place} ${id}`;
}

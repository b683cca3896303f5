/**
 * Precompiled checks, which need no Ajv.
 * @module
 */

import type { Operation } from '../document/operation.js';
import type { Checks, ParameterLocation } from './checks.js';
import type { SchemaCheck } from './schema-check.js';

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
    parameters(operation, location) {
      parameters ??= ready.parameters();
      return parameters[parametersName(operation, location)]!;
    },
    body(pointer) {
      bodies ??= ready.bodies();
      return bodies[pointer]!;
    },
    fills: (pointer) => ready.filling.includes(pointer),
  };
}

/** The key of the check of an operation's parameters in one place. */
export function parametersName({ id }: Operation, location: ParameterLocation): string {
  return `${location} ${id}`;
}

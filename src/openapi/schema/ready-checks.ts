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
  /** Fill defaults into valid bodies, for the schemas of which `bodies` does not. */
  readonly fillers: () => Readonly<Record<string, SchemaCheck>>;
}

/**
 * Adapts a precompiled module. Its parts are loaded lazily.
 *
 * @param compile compiles the checks of the document, for what no module has: parameters that must be read by their schema, large bodies, and the errors of alternatives
 */
export function readyChecks(ready: ReadyChecks, compile: () => Checks): Checks {
  let parameters: Readonly<Record<string, SchemaCheck>> | undefined;
  let bodies: Readonly<Record<string, SchemaCheck>> | undefined;
  let fillers: Readonly<Record<string, SchemaCheck>> | undefined;
  let compiled: Checks | undefined;
  const others = () => {
    compiled ??= compile();
    return compiled;
  };
  const parameterChecks = () => {
    parameters ??= ready.parameters();
    return parameters;
  };
  return {
    parameters: (operation, location) => parameterChecks()[parametersName(operation, location)]!,
    isPlain: (operation, location) => parameterChecks()[parametersName(operation, location)] !== undefined,
    body(pointer) {
      bodies ??= ready.bodies();
      return bodies[pointer]!;
    },
    fills: (pointer) => ready.filling.includes(pointer),
    filler(pointer) {
      fillers ??= ready.fillers();
      return fillers[pointer];
    },
    first: (pointer) => others().first(pointer),
    reasons: (pointer, value) => others().reasons(pointer, value),
    get values() {
      return others().values;
    },
  };
}

/** The key of the check of an operation's parameters in one place. */
export function parametersName({ id }: Operation, location: ParameterLocation): string {
  return `${location} ${id}`;
}

/**
 * Checks that were written down ahead of time, and do without Ajv.
 * @module
 */
import type { Checks, ParameterPlace, SchemaCheck } from './checks.js';
import type { Operation } from './document.js';

/** A module that `writeChecks` has written. */
export interface ReadyChecks {
  /** Whose checks these are, as the writer calls it. */
  readonly of: string;
  readonly parameters: () => Readonly<Record<string, SchemaCheck>>;
  readonly bodies: () => Readonly<Record<string, SchemaCheck>>;
  /** Pointers of those that may change a body. */
  readonly filling: readonly string[];
}

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

/** What the check of an operation's parameters is called. */
export function parametersName({ id }: Operation, place: ParameterPlace): string {
  return `${place} ${id}`;
}

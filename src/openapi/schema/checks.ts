/**
 * The checks of requests and answers: the document's schemas as functions. Those of the built-in profiles are written by the build. Others are compiled at an
 * operation's first request, so that a large document does not delay the start.
 * @module
 */

import type { OpenApiDocument } from '../document/document.js';
import type { Operation, Parameter, ParameterPlace } from '../document/operation.js';
import { SchemaCompiler } from './compiler.js';
import { fillingBy } from './fills.js';
import type { PatternCompiler } from './pattern-compiler.js';
import { isPlainParameter } from './reading/plain-parameters.js';
import { Shapes } from './reading/shapes.js';
import { TextValues } from './reading/text-values.js';
import { Reasons } from './reasons.js';
import type { OnUncheckable, SchemaCheck, SchemaFault } from './schema-check.js';
import { type JsonSchema, type Schemas, schemasOf } from './schemas.js';

/** The places of parameters that are validated as a map by name. */
export const PARAMETER_LOCATIONS = ['path', 'query', 'header', 'cookie'] as const satisfies readonly ParameterPlace[];

/** A place of parameters. */
export type ParameterLocation = (typeof PARAMETER_LOCATIONS)[number];

/** The checks of a document's schemas. */
export interface Checks {
  /** The check of all parameters in one place, as a map by name. Texts are converted to the types of the schemas. Only for places that are plain. */
  parameters(operation: Operation, location: ParameterLocation): SchemaCheck;
  /** Whether the texts of all parameters in a place can be validated as they are sent. If not, `values` must read them first. */
  isPlain(operation: Operation, location: ParameterLocation): boolean;
  /** The check of a value in a request by the schema at a pointer. Values are not converted. */
  body(pointer: string): SchemaCheck;
  /** Whether that check may change the value by filling in defaults. */
  fills(pointer: string): boolean;
  /** Fills defaults into a valid value, if `body` does not. */
  filler(pointer: string): SchemaCheck | undefined;
  /** As `body`, but without filling, and with the first error only. A large body may have more errors than there is memory for. */
  first(pointer: string): SchemaCheck;
  /** The errors of an invalid value by the schema at a pointer. Of alternatives (`oneOf`, `anyOf`), only those of the nearest one are given. */
  reasons(pointer: string, value: unknown): readonly SchemaFault[];
  /** Converts texts by the document's schemas. */
  readonly values: TextValues;
}

/** Compiles the checks of a document lazily. @param patterns compiles the patterns of schemas; default: `RegExp`, for documents whose patterns are safe */
export function compileChecks(
  document: OpenApiDocument,
  patterns?: PatternCompiler,
  onUncheckable?: OnUncheckable,
): Checks {
  const schemas = schemasOf(document);
  const compiler = (options: { converts?: boolean; fills?: boolean; explains?: boolean; onlyFirst?: boolean }) =>
    new SchemaCompiler(schemas, { ...options, patterns, onUncheckable });
  // Values of queries, paths and headers are texts, so they are converted; those of bodies are not.
  const forText = compiler({ converts: true, fills: true });
  const forJson = compiler({});
  const forFilling = compiler({ fills: true });
  const forLarge = compiler({ onlyFirst: true });
  const reasons = new Reasons(compiler({ explains: true }));
  const addressOf = (pointer: string) => schemas.addressOf(pointer, 'request');
  const filling = memoise((pointer) =>
    fillingBy(schemas, addressOf(pointer), (schema, value) => forJson.compile(schema, '#')(value)),
  );
  const values = new TextValues(new Shapes(schemas), (schema) => forJson.compile(schema, '#'));
  return {
    parameters: (operation, location) =>
      forText.compile(parametersSchema(schemas, operation, location), operation.pointer),
    isPlain: (operation, location) =>
      parametersIn(operation, location).every((parameter) =>
        isPlainParameter(parameter, schemas, (address) => forText.compileAt(address)),
      ),
    body: (pointer) => (filling(pointer) === 'at once' ? forFilling : forJson).compileAt(addressOf(pointer)),
    fills: (pointer) => filling(pointer) !== 'nothing',
    filler: (pointer) => (filling(pointer) === 'afterwards' ? forFilling.compileAt(addressOf(pointer)) : undefined),
    first: (pointer) => forLarge.compileAt(addressOf(pointer)),
    reasons: (pointer, value) => reasons.of(addressOf(pointer), value),
    values,
  };
}

function memoise<Value>(make: (key: string) => Value): (key: string) => Value {
  const known = new Map<string, Value>();
  return (key) => {
    if (!known.has(key)) known.set(key, make(key));
    return known.get(key)!;
  };
}

/** Defers reading the checks to the first request. */
export function lazyChecks(read: () => Checks): Checks {
  let checks: Checks | undefined;
  const load = () => {
    checks ??= read();
    return checks;
  };
  return {
    parameters: (operation, location) => load().parameters(operation, location),
    isPlain: (operation, location) => load().isPlain(operation, location),
    body: (pointer) => load().body(pointer),
    fills: (pointer) => load().fills(pointer),
    filler: (pointer) => load().filler(pointer),
    first: (pointer) => load().first(pointer),
    reasons: (pointer, value) => load().reasons(pointer, value),
    get values() {
      return load().values;
    },
  };
}

/** The schema of an operation's parameters in one place, as a map by name. */
export function parametersSchema(schemas: Schemas, operation: Operation, location: ParameterLocation): JsonSchema {
  const parameters = parametersIn(operation, location);
  return {
    type: 'object',
    properties: Object.fromEntries(
      parameters.map(({ name, schema }) => [
        name,
        schema === undefined ? {} : { $ref: schemas.addressOf(schema, 'request') },
      ]),
    ),
    required: parameters.filter(({ required }) => required).map(({ name }) => name),
  };
}

/** The parameters of an operation in one place. */
export function parametersIn(operation: Operation, location: ParameterPlace): readonly Parameter[] {
  return operation.parameters.filter((parameter) => parameter.in === location);
}

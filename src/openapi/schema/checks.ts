/**
 * The checks of requests and answers: the document's schemas as functions. Those of the built-in profiles are written by the build. Others are compiled at an
 * operation's first request, so that a large document does not delay the start.
 * @module
 */

import type { OpenApiDocument } from '../document/document.js';
import type { Operation, Parameter, ParameterPlace } from '../document/operation.js';
import { SchemaCompiler } from './compiler.js';
import { mayFill } from './fills.js';
import type { PatternCompiler } from './pattern-compiler.js';
import type { OnUncheckable, SchemaCheck } from './schema-check.js';
import { type JsonSchema, type Schemas, schemasOf } from './schemas.js';

/** The places of parameters that are validated as a map by name. */
export const PARAMETER_LOCATIONS = ['path', 'query', 'header', 'cookie'] as const satisfies readonly ParameterPlace[];

/** A place of parameters. */
export type ParameterLocation = (typeof PARAMETER_LOCATIONS)[number];

/** The checks of a document's schemas. */
export interface Checks {
  /** The check of all parameters in one place, as a map by name. Texts are converted to the types of the schemas. */
  parameters(operation: Operation, location: ParameterLocation): SchemaCheck;
  /** The check of a value in a request by the schema at a pointer. Values are not converted. */
  body(pointer: string): SchemaCheck;
  /** Whether that check may change the value by filling in defaults. */
  fills(pointer: string): boolean;
}

/** Compiles the checks of a document lazily. @param patterns compiles the patterns of schemas; default: `RegExp`, for documents whose patterns are safe */
export function compileChecks(
  document: OpenApiDocument,
  patterns?: PatternCompiler,
  onUncheckable?: OnUncheckable,
): Checks {
  const schemas = schemasOf(document);
  // Values of queries, paths and headers are texts, so they are converted; those of bodies are not.
  const forText = new SchemaCompiler(schemas, { converts: true, patterns, onUncheckable });
  const forJson = new SchemaCompiler(schemas, { converts: false, patterns, onUncheckable });
  return {
    parameters: (operation, location) =>
      forText.compile(parametersSchema(schemas, operation, location), operation.pointer),
    body: (pointer) => forJson.compileAt(schemas.addressOf(pointer, 'request')),
    fills: (pointer) => mayFill(schemas, schemas.addressOf(pointer, 'request')),
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
    body: (pointer) => load().body(pointer),
    fills: (pointer) => load().fills(pointer),
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

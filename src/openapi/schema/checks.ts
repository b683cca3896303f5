/**
 * The checks of requests: the document's schemas as functions. Those of the built-in profiles are written by the build. Others are compiled at an operation's
 * first request, so that a large document does not delay the start.
 * @module
 */
import { createRequire } from 'node:module';
import type { Ajv2020, CodeOptions, ValidateFunction } from 'ajv/dist/2020.js';
import type { JsonObject, OpenApiDocument, Operation, Parameter } from '../document/document.js';
import { mayFill } from './fills.js';
import { resolveLazily } from './lazy-references.js';

/** Validates a value, and fills in defaults. */
export interface SchemaCheck {
  (value: unknown): boolean;
  /** The errors of the last call. */
  errors?: readonly SchemaFault[] | null;
}

/** An error, in the form in which Ajv reports it. */
export interface SchemaFault {
  readonly instancePath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly message?: string;
}

/** The places of parameters that are validated. */
export const PARAMETER_LOCATIONS = ['path', 'query', 'header'] as const;

/** A place of parameters. */
export type ParameterLocation = (typeof PARAMETER_LOCATIONS)[number];

/** The checks of a document's schemas. */
export interface Checks {
  /** The check of all parameters in one place, as a map by name. Texts are converted to the types of the schemas. */
  parameters(operation: Operation, location: ParameterLocation): SchemaCheck;
  /** The check of a body by the schema at a pointer. Values are not converted. */
  body(pointer: string): SchemaCheck;
  /** Whether that check may change the body by filling in defaults. */
  fills(pointer: string): boolean;
}

/** The part of `RegExp` that a check uses. */
export interface RegExpLike {
  test(text: string): boolean;
  /** Must differ between different patterns. */
  toString(): string;
}

/** Compiles the patterns of schemas. `code` is what Ajv would write into a standalone module; it is never used. */
export interface PatternCompiler {
  (source: string): RegExpLike;
  code: string;
}

const require = createRequire(import.meta.url);
const DOCUMENT = 'openapi';

/** Compiles the checks of a document lazily. @param patterns compiles the patterns of schemas; default: `RegExp`, for documents whose patterns are safe */
export function compileChecks(document: OpenApiDocument, patterns?: PatternCompiler): Checks {
  // Values of queries, paths and headers are texts, so they are converted; those of bodies are not.
  let forText: Ajv2020 | undefined;
  let forJson: Ajv2020 | undefined;
  return {
    parameters(operation, location) {
      forText ??= lazyAjv(document, true, patterns);
      return forText.compile(parametersSchema(operation, location)) as ValidateFunction & SchemaCheck;
    },
    body(pointer) {
      forJson ??= lazyAjv(document, false, patterns);
      return forJson.compile(bodySchema(pointer)) as ValidateFunction & SchemaCheck;
    },
    fills: (pointer) => mayFill(document.root, pointer),
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

function lazyAjv(document: OpenApiDocument, converts: boolean, patterns: PatternCompiler | undefined): Ajv2020 {
  const ajv = createAjv(document, converts, patterns ? { regExp: patterns } : {});
  resolveLazily(ajv);
  return ajv;
}

/** Creates Ajv with the document's schemas. @param converts whether texts are converted @param code Ajv's options for generated code */
export function createAjv(document: OpenApiDocument, converts: boolean, code: CodeOptions): Ajv2020 {
  const { Ajv2020: Constructor } = require('ajv/dist/2020.js') as typeof import('ajv/dist/2020.js');
  const addFormats = require('ajv-formats') as (ajv: Ajv2020) => void;
  const ajv = new Constructor({
    strict: false,
    allErrors: true,
    coerceTypes: converts && 'array',
    useDefaults: true,
    validateSchema: false,
    logger: false,
    code,
  });
  addFormats(ajv);
  ajv.addSchema({ ...document.root, $id: DOCUMENT } as JsonObject);
  return ajv;
}

/** The schema of an operation's parameters in one place, as a map by name. */
export function parametersSchema(operation: Operation, location: ParameterLocation): object {
  const parameters = parametersIn(operation, location);
  return {
    type: 'object',
    properties: Object.fromEntries(
      parameters.map(({ name, schema }) => [name, schema === undefined ? {} : bodySchema(schema)]),
    ),
    required: parameters.filter(({ required }) => required).map(({ name }) => name),
  };
}

/** A schema that refers to the one at a pointer of the document. */
export function bodySchema(pointer: string): object {
  return { $ref: DOCUMENT + encodeURI(pointer).replaceAll('%23', '#') };
}

/** The parameters of an operation in one place. */
export function parametersIn(operation: Operation, location: ParameterLocation): readonly Parameter[] {
  return operation.parameters.filter((parameter) => parameter.in === location);
}

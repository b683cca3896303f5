/**
 * What the parts of a request are held to: the document's schemas, as functions. Those of the profiles that come with the package are written by the build; others
 * are compiled at an operation's first request, so that a large document costs nothing at start.
 * @module
 */
import { createRequire } from 'node:module';
import type { Ajv2020, CodeOptions, ValidateFunction } from 'ajv/dist/2020.js';
import type { JsonObject, OpenApiDocument, Operation, Parameter } from './document.js';
import { mayFill } from './fills.js';
import { resolveLazily } from './lazy-references.js';

/** Tells whether the value fits, and fills in the defaults. */
export interface SchemaCheck {
  (value: unknown): boolean;
  /** Of the last value. */
  errors?: readonly SchemaFault[] | null;
}

/** As Ajv tells it. */
export interface SchemaFault {
  readonly instancePath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly message?: string;
}

/** Where parameters are looked at. */
export const PLACES = ['path', 'query', 'header'] as const;

export type ParameterPlace = (typeof PLACES)[number];

export interface Checks {
  /** Of all parameters that stand there, by name. Texts are converted to what the schemas ask for. */
  parameters(operation: Operation, place: ParameterPlace): SchemaCheck;
  /** Of a body by the schema at that pointer. It is taken as it is. */
  body(pointer: string): SchemaCheck;
  /** Whether that check may change the body, by filling in defaults. */
  fills(pointer: string): boolean;
}

/** As much of a `RegExp` as a check uses. */
export interface RegExpLike {
  test(text: string): boolean;
  /** Tells it from others. */
  toString(): string;
}

/** Makes the patterns of schemas. `code` is what Ajv would write for it into a module, which nobody asks for. */
export interface PatternMaker {
  (source: string): RegExpLike;
  code: string;
}

const require = createRequire(import.meta.url);
const DOCUMENT = 'openapi';

/** Each check is compiled once, when it is first asked for. @param patterns makes the patterns of schemas; `RegExp` when left out, for documents whose patterns are known to be good */
export function compileChecks(document: OpenApiDocument, patterns?: PatternMaker): Checks {
  // Query strings, paths and headers carry text, so their values are converted; bodies are not.
  let forText: Ajv2020 | undefined;
  let forJson: Ajv2020 | undefined;
  const compiled = new Map<string, SchemaCheck>();
  const once = (name: string, compile: () => SchemaCheck): SchemaCheck => {
    const check = compiled.get(name) ?? compile();
    compiled.set(name, check);
    return check;
  };
  return {
    parameters: (operation, place) =>
      once(`${place} ${operation.id}`, () => {
        forText ??= lazyAjv(document, true, patterns);
        return forText.compile(parametersSchema(operation, place)) as ValidateFunction & SchemaCheck;
      }),
    body: (pointer) =>
      once(`body ${pointer}`, () => {
        forJson ??= lazyAjv(document, false, patterns);
        return forJson.compile(bodySchema(pointer)) as ValidateFunction & SchemaCheck;
      }),
    fills: (pointer) => mayFill(document.root, pointer),
  };
}

/** Stands for checks that need not be there before the first request. */
export function lazyChecks(read: () => Checks): Checks {
  let checks: Checks | undefined;
  const late = () => {
    checks ??= read();
    return checks;
  };
  return {
    parameters: (operation, place) => late().parameters(operation, place),
    body: (pointer) => late().body(pointer),
    fills: (pointer) => late().fills(pointer),
  };
}

function lazyAjv(document: OpenApiDocument, converts: boolean, patterns: PatternMaker | undefined): Ajv2020 {
  const ajv = createAjv(document, converts, patterns ? { regExp: patterns } : {});
  resolveLazily(ajv);
  return ajv;
}

/** @param code how validators are made: `source` for those that are to be written down */
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

export function parametersSchema(operation: Operation, place: ParameterPlace): object {
  const parameters = parametersIn(operation, place);
  return {
    type: 'object',
    properties: Object.fromEntries(
      parameters.map(({ name, schema }) => [name, schema === undefined ? {} : bodySchema(schema)]),
    ),
    required: parameters.filter(({ required }) => required).map(({ name }) => name),
  };
}

export function bodySchema(pointer: string): object {
  return { $ref: DOCUMENT + encodeURI(pointer).replaceAll('%23', '#') };
}

export function parametersIn(operation: Operation, place: ParameterPlace): readonly Parameter[] {
  return operation.parameters.filter((parameter) => parameter.in === place);
}

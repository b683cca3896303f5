/**
 * Checks requests against the document. Validators are compiled at an operation's first request, so that a large document costs nothing at start.
 * @module
 */
import { createRequire } from 'node:module';
import type { Ajv2020, ErrorObject, ValidateFunction } from 'ajv/dist/2020.js';
import type { JsonObject, OpenApiDocument, Operation, Parameter } from './document.js';
import { referLate } from './late-references.js';

/** One thing wrong with a request. */
export interface Violation {
  readonly in: 'query' | 'path' | 'header' | 'body';
  /** Where: `domain_id`, `leads[0].phoneNumber`; empty for the body as a whole. */
  readonly field: string;
  /** The JSON Schema keyword that failed; `json` for a body that does not parse. */
  readonly keyword: string;
  readonly message: string;
  /** The index within a list, if the field lies in one. */
  readonly index?: number;
}

export interface Checked {
  readonly violations: readonly Violation[];
  /** Query parameters by name, converted to the types that the document gives, with its defaults. */
  readonly query: Readonly<Record<string, unknown>>;
  readonly body: unknown;
}

export interface Incoming {
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  header(name: string): string | undefined;
  readonly body: unknown;
  /** Set when the body was not JSON: what the parser said. */
  readonly bodyError?: string | undefined;
  readonly contentType: string | undefined;
}

export type Validator = (incoming: Incoming) => Checked;

const require = createRequire(import.meta.url);
const DOCUMENT = 'openapi';

export function createValidators(document: OpenApiDocument): (operation: Operation) => Validator {
  const compiled = new Map<string, Validator>();
  // Query strings, paths and headers carry text, so their values are converted to what the schema asks for; bodies are taken as they are.
  let forText: Ajv2020 | undefined;
  let forJson: Ajv2020 | undefined;
  return (operation) => {
    const known = compiled.get(operation.id);
    if (known) return known;
    forText ??= createAjv(document, 'array');
    if (operation.body) forJson ??= createAjv(document, false);
    const validator = compile(forText, forJson, operation);
    compiled.set(operation.id, validator);
    return validator;
  };
}

function createAjv(document: OpenApiDocument, coerceTypes: 'array' | false): Ajv2020 {
  const { Ajv2020: Constructor } = require('ajv/dist/2020.js') as typeof import('ajv/dist/2020.js');
  const addFormats = require('ajv-formats') as (ajv: Ajv2020) => void;
  const ajv = new Constructor({
    strict: false,
    allErrors: true,
    coerceTypes,
    useDefaults: true,
    validateSchema: false,
    logger: false,
  });
  addFormats(ajv);
  referLate(ajv);
  ajv.addSchema({ ...document.root, $id: DOCUMENT } as JsonObject);
  return ajv;
}

function compile(forText: Ajv2020, forJson: Ajv2020 | undefined, operation: Operation): Validator {
  const places = (['path', 'query', 'header'] as const).map((place) => ({
    place,
    parameters: operation.parameters.filter((parameter) => parameter.in === place),
  }));
  const checks = places.map(({ place, parameters }) => ({
    place,
    parameters,
    validate: parameterValidator(forText, parameters),
  }));
  const bodies = Object.entries(operation.body?.schemas ?? {}).map(([type, pointer]) => ({
    type,
    validate: schemaValidator(forJson!, pointer),
  }));

  return (incoming) => {
    const violations: Violation[] = [];
    let query: Record<string, unknown> = {};
    for (const { place, parameters, validate } of checks) {
      const values = parameterValues(place, parameters, incoming);
      if (!validate(values)) violations.push(...(validate.errors ?? []).map((error) => violation(place, error)));
      if (place === 'query') query = values;
    }
    return { violations, query, body: checkBody(operation, bodies, incoming, violations) };
  };
}

function checkBody(
  operation: Operation,
  bodies: readonly { type: string; validate: ValidateFunction }[],
  incoming: Incoming,
  violations: Violation[],
): unknown {
  if (!operation.body) return incoming.body;
  if (incoming.bodyError !== undefined) {
    violations.push({ in: 'body', field: '', keyword: 'json', message: incoming.bodyError });
    return undefined;
  }
  if (incoming.body === undefined && !operation.body.required) return undefined;
  const media =
    bodies.find(({ type }) => incoming.contentType?.startsWith(type)) ??
    bodies.find(({ type }) => type.includes('json'));
  if (!media?.type.includes('json')) return incoming.body;
  // A missing body is checked as an empty object, so that the answer names the first field that is missing.
  const body = incoming.body === undefined ? {} : structuredClone(incoming.body);
  if (!media.validate(body)) violations.push(...(media.validate.errors ?? []).map((error) => violation('body', error)));
  return body;
}

function parameterValidator(ajv: Ajv2020, parameters: readonly Parameter[]): ValidateFunction {
  return ajv.compile({
    type: 'object',
    properties: Object.fromEntries(
      parameters.map(({ name, schema }) => [name, schema === undefined ? {} : reference(schema)]),
    ),
    required: parameters.filter(({ required }) => required).map(({ name }) => name),
  });
}

function schemaValidator(ajv: Ajv2020, pointer: string): ValidateFunction {
  return ajv.compile(reference(pointer));
}

function reference(pointer: string): { $ref: string } {
  return { $ref: DOCUMENT + encodeURI(pointer).replaceAll('%23', '#') };
}

function parameterValues(place: string, parameters: readonly Parameter[], incoming: Incoming): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const { name, default: otherwise } of parameters) {
    const texts =
      place === 'query'
        ? incoming.query.getAll(name)
        : [place === 'path' ? incoming.params[name] : incoming.header(name)];
    const given = texts.filter((text) => text !== undefined);
    if (given.length > 0) values[name] = given.length > 1 ? given : given[0];
    else if (otherwise !== undefined) values[name] = otherwise;
  }
  return values;
}

const FIELD = /\/([^/]+)/g;

function violation(place: Violation['in'], error: ErrorObject): Violation {
  const missing = error.keyword === 'required' ? `/${String(error.params['missingProperty'])}` : '';
  const keys = [...`${error.instancePath}${missing}`.matchAll(FIELD)].map(([, key]) =>
    key!.replaceAll('~1', '/').replaceAll('~0', '~'),
  );
  const index = keys.find((key) => /^\d+$/.test(key));
  return {
    in: place,
    field: keys.reduce(
      (path, key) => (/^\d+$/.test(key) ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`),
      '',
    ),
    keyword: error.keyword,
    message: error.message ?? 'is invalid',
    ...(index === undefined ? {} : { index: Number(index) }),
  };
}

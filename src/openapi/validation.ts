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
  // Most operations have parameters in one place or two; where there are none, nothing can be wrong.
  const checks = places
    .filter(({ parameters }) => parameters.length > 0)
    .map(({ place, parameters }) => ({ place, parameters, validate: parameterValidator(forText, parameters) }));
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
  const body = incoming.body === undefined ? {} : copy(incoming.body);
  if (!media.validate(body)) violations.push(...(media.validate.errors ?? []).map((error) => violation('body', error)));
  return body;
}

/** A copy for the defaults to be put into: the request's own body stays as it came. `structuredClone` takes ten times as long for what JSON can hold. */
function copy(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(copy);
  const made: Record<string, unknown> = {};
  for (const [key, inner] of Object.entries(value)) {
    // `__proto__` is a key like any other in JSON, and none like any other in an assignment.
    if (key === '__proto__')
      Object.defineProperty(made, key, { value: copy(inner), enumerable: true, writable: true, configurable: true });
    else made[key] = copy(inner);
  }
  return made;
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
    const given = place === 'query' ? queryValue(incoming, name) : textOf(place, incoming, name);
    if (given !== undefined) values[name] = given;
    else if (otherwise !== undefined) values[name] = otherwise;
  }
  return values;
}

function textOf(place: string, incoming: Incoming, name: string): string | undefined {
  return place === 'path' ? incoming.params[name] : incoming.header(name);
}

/** All of them, where a parameter is given more than once. */
function queryValue({ query }: Incoming, name: string): string | string[] | undefined {
  if (query.size === 0) return undefined;
  const given = query.getAll(name);
  return given.length > 1 ? given : given[0];
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

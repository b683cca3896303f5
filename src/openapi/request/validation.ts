/**
 * Validates requests against the document.
 * @module
 */
import { memoiseWeakly } from '../../runtime/memoise.js';
import type { Json } from '../document/json.js';
import type { Operation, Parameter } from '../document/operation.js';
import { type Checks, PARAMETER_LOCATIONS, parametersIn } from '../schema/checks.js';
import type { SchemaCheck, SchemaFault } from '../schema/schema-check.js';
import { expectedOf } from './expected.js';

/** One violation of the document's schemas. */
export interface Violation {
  readonly in: 'query' | 'path' | 'header' | 'cookie' | 'body';
  /** The invalid field: `domain_id`, `leads[0].phoneNumber`; empty for the body as a whole. */
  readonly field: string;
  /** The JSON Schema keyword that failed; `json` for a body that does not parse. */
  readonly keyword: string;
  readonly message: string;
  /** What the schema expects: a type, the values of an enum, a bound. */
  readonly expected?: Json | undefined;
  /** The index within a list, if the field lies in one. */
  readonly index?: number;
}

/** The result of a validation. */
export interface Checked {
  readonly violations: readonly Violation[];
  /** Query parameters by name, converted to the types of the schemas, with defaults. */
  readonly query: Readonly<Record<string, unknown>>;
  /** The body with defaults. */
  readonly body: unknown;
}

/** The parts of a request that are validated. */
export interface ValidationInput {
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  header(name: string): string | undefined;
  readonly body: unknown;
  /** The parser's message if the body is not JSON. */
  readonly bodyError?: string | undefined;
  readonly contentType: string | undefined;
  /** A copy of the body that may be changed, if there is a faster way than to copy it. */
  mutableBody?(): unknown;
}

/** Validates requests to one operation. */
export type Validator = (incoming: ValidationInput) => Checked;

/** Creates the validators of operations. Each is compiled at the operation's first request. */
export function createValidators(checks: Checks): (operation: Operation) => Validator {
  return memoiseWeakly((operation: Operation) => compile(checks, operation));
}

interface BodyCheck {
  readonly type: string;
  readonly check: SchemaCheck;
  readonly fills: boolean;
}

function compile(checks: Checks, operation: Operation): Validator {
  // Most operations have parameters in only one or two places.
  const checkedLocations = PARAMETER_LOCATIONS.map((location) => ({
    location,
    parameters: parametersIn(operation, location),
  }))
    .filter(({ parameters }) => parameters.length > 0)
    .map(({ location, parameters }) => ({ location, parameters, check: checks.parameters(operation, location) }));
  const bodies = Object.entries(operation.body?.content ?? {}).flatMap(([type, { schema }]): BodyCheck[] =>
    schema === undefined ? [] : [{ type, check: checks.body(schema), fills: checks.fills(schema) }],
  );

  return (incoming) => {
    const violations: Violation[] = [];
    let query: Record<string, unknown> = {};
    for (const { location, parameters, check } of checkedLocations) {
      const values = parameterValues(location, parameters, incoming);
      if (!check(values)) violations.push(...(check.errors ?? []).map((fault) => violation(location, fault)));
      if (location === 'query') query = values;
    }
    return { violations, query, body: checkBody(operation, bodies, incoming, violations) };
  };
}

function checkBody(
  operation: Operation,
  bodies: readonly BodyCheck[],
  incoming: ValidationInput,
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
  // A missing body is validated as an empty object, so that the violation names the first missing field.
  const body = incoming.body === undefined ? {} : media.fills ? mutableBody(incoming) : incoming.body;
  if (!media.check(body)) violations.push(...(media.check.errors ?? []).map((fault) => violation('body', fault)));
  return body;
}

function mutableBody(incoming: ValidationInput): unknown {
  return incoming.mutableBody ? incoming.mutableBody() : copy(incoming.body);
}

/** Copies JSON before defaults are filled in. `structuredClone` takes ten times as long. */
function copy(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(copy);
  const copied: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    const inner = (value as Record<string, unknown>)[key];
    // `__proto__` is an ordinary key in JSON, but not in an assignment.
    if (key === '__proto__')
      Object.defineProperty(copied, key, { value: copy(inner), enumerable: true, writable: true, configurable: true });
    else copied[key] = copy(inner);
  }
  return copied;
}

function parameterValues(
  location: string,
  parameters: readonly Parameter[],
  incoming: ValidationInput,
): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const { name, default: otherwise } of parameters) {
    const given = location === 'query' ? queryValue(incoming, name) : textOf(location, incoming, name);
    if (given !== undefined) values[name] = given;
    else if (otherwise !== undefined) values[name] = otherwise;
  }
  return values;
}

function textOf(location: string, incoming: ValidationInput, name: string): string | undefined {
  return location === 'path' ? incoming.params[name] : incoming.header(name);
}

/** The value of a query parameter; a list if it is repeated. */
function queryValue({ query }: ValidationInput, name: string): string | string[] | undefined {
  if (query.size === 0) return undefined;
  const given = query.getAll(name);
  return given.length > 1 ? given : given[0];
}

const FIELD = /\/([^/]+)/g;

function violation(location: Violation['in'], fault: SchemaFault): Violation {
  const missing = fault.keyword === 'required' ? `/${String(fault.params['missingProperty'])}` : '';
  const keys = [...`${fault.instancePath}${missing}`.matchAll(FIELD)].map(([, key]) =>
    key!.replaceAll('~1', '/').replaceAll('~0', '~'),
  );
  const expected = expectedOf(fault);
  const index = keys.find((key) => /^\d+$/.test(key));
  return {
    in: location,
    field: keys.reduce(
      (path, key) => (/^\d+$/.test(key) ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`),
      '',
    ),
    keyword: fault.keyword,
    message: fault.message ?? 'is invalid',
    ...(expected === undefined ? {} : { expected }),
    ...(index === undefined ? {} : { index: Number(index) }),
  };
}

/**
 * Validates requests against the document.
 * @module
 */
import { memoiseWeakly } from '../../runtime/memoise.js';
import { isObject } from '../document/json.js';
import { type Operation, PARAMETER_PLACES } from '../document/operation.js';
import { contentKind } from '../media-type.js';
import { type Checks, parametersIn } from '../schema/checks.js';
import type { SchemaCheck } from '../schema/schema-check.js';
import { copyJson } from './own.js';
import { compileParameters, type ParameterInput } from './parameters/parameters.js';
import type { Match } from './router.js';
import { hasAlternatives, type Violation, violationsOf } from './violations.js';

export type { Violation } from './violations.js';

/** The result of a validation. */
export interface Checked {
  readonly violations: readonly Violation[];
  /** Query parameters by name, converted to the types of the schemas, with defaults. */
  readonly query: Readonly<Record<string, unknown>>;
  /** The body with defaults. */
  readonly body: unknown;
}

/** The parts of a request that are validated. */
export interface ValidationInput extends ParameterInput {
  /** The body as it was read; `undefined`: there is none. */
  readonly body: unknown;
  /** Its length in bytes. Default: not large. */
  readonly bodySize?: number | undefined;
  /** The media type by which it was read, as the document writes it. Default: the document's first JSON type. */
  readonly bodyType?: string | undefined;
  /** What was wrong when the body was read. */
  readonly bodyViolations?: readonly Violation[] | undefined;
  /** A copy of the body that may be changed, if there is a faster way than to copy it. */
  mutableBody?(): unknown;
}

/** Validates requests to one operation. */
export type Validator = (incoming: ValidationInput) => Checked;

/** Creates the function that decides whether the parameters of a path are valid by its operation. */
export function createPathChecks(checks: Checks): (match: Match) => boolean {
  const readers = memoiseWeakly((operation: Operation) => compileParameters(checks, operation, 'path'));
  return ({ operation, params, rawParams }) => {
    const violations: Violation[] = [];
    readers(operation)({ params, rawParams, query: NO_QUERY, header: () => undefined }, violations);
    return violations.length === 0;
  };
}

const NO_QUERY = new URLSearchParams();

/** Creates the validators of operations. Each is compiled at the operation's first request. */
export function createValidators(checks: Checks): (operation: Operation) => Validator {
  return memoiseWeakly((operation: Operation) => compile(checks, operation));
}

interface BodyCheck {
  readonly type: string;
  readonly pointer: string;
  readonly check: SchemaCheck;
  readonly fills: boolean;
  readonly filler: SchemaCheck | undefined;
  /** Whether each item of the list is checked, instead of the list. */
  readonly isOfItem: boolean;
}

/** Bytes above which a body is large: of its errors, only the first is found. */
const LARGE_BODY = 256 * 1024;
/** Most errors of one body that are told. */
const MAX_TOLD = 1_000;

const NO_VIOLATIONS: readonly Violation[] = [];

function compile(checks: Checks, operation: Operation): Validator {
  // Most operations have parameters in only one or two places.
  const places = PARAMETER_PLACES.filter((place) => parametersIn(operation, place).length > 0).map((place) => ({
    place,
    read: compileParameters(checks, operation, place),
  }));
  const bodies = bodyChecks(checks, operation);

  return (incoming) => {
    const violations: Violation[] = [];
    let query: Record<string, unknown> = {};
    for (const { place, read } of places) {
      const values = read(incoming, violations);
      if (place === 'query') query = values;
      else if (place === 'querystring') query = { ...query, ...values };
    }
    return { violations, query, body: checkBody(checks, operation, bodies, incoming, violations) };
  };
}

function bodyChecks(checks: Checks, { body }: Operation): BodyCheck[] {
  return Object.entries(body?.content ?? {}).flatMap(([type, { schema, itemSchema }]): BodyCheck[] => {
    const kind = contentKind(type);
    const isSequence = kind === 'json-lines' || kind === 'json-sequence';
    const isOfItem =
      isSequence && (itemSchema !== undefined || (schema !== undefined && !isListSchema(checks, schema)));
    const pointer = isOfItem ? (itemSchema ?? schema) : schema;
    if (pointer === undefined) return [];
    if ((kind === 'binary' || kind === 'image') && !describesBytes(checks, pointer)) return [];
    const check = checks.body(pointer);
    return [{ type, pointer, check, fills: checks.fills(pointer), filler: checks.filler(pointer), isOfItem }];
  });
}

/** Formats of text that stands for bytes. */
const ENCODED = new Set<unknown>(['byte', 'base64', 'base64url']);

/**
 * Whether bytes can be checked by a schema, as a text of them. A schema of an object is about what the bytes mean, and one with `format: byte` about their form within
 * JSON: no bytes would be valid by them.
 */
function describesBytes(checks: Checks, pointer: string): boolean {
  const { shapes } = checks.values;
  const schema = shapes.schemas.at(shapes.schemas.addressOf(pointer, 'request')) ?? true;
  return (shapes.types(schema)?.has('string') ?? true) && !(isObject(schema) && ENCODED.has(schema['format']));
}

function isListSchema(checks: Checks, pointer: string): boolean {
  const { shapes } = checks.values;
  return shapes.types(shapes.schemas.at(shapes.schemas.addressOf(pointer, 'request')) ?? true)?.has('array') ?? false;
}

function checkBody(
  checks: Checks,
  operation: Operation,
  bodies: readonly BodyCheck[],
  incoming: ValidationInput,
  violations: Violation[],
): unknown {
  const { bodyType, bodyViolations = NO_VIOLATIONS } = incoming;
  if (!operation.body) return incoming.body;
  if (bodyViolations.length > 0) {
    violations.push(...bodyViolations);
    return undefined;
  }
  // The server does not read the body of these requests.
  if (operation.method === 'GET' || operation.method === 'HEAD') return undefined;
  const media =
    bodyType === undefined
      ? (bodies.find(({ type }) => contentKind(type) === 'json') ?? bodies[0])
      : bodies.find(({ type }) => type === bodyType);
  if (incoming.body === undefined) {
    if (operation.body.required) violations.push(...missingBody(media));
    return undefined;
  }
  if (media === undefined) return incoming.body;
  if ((incoming.bodySize ?? 0) > LARGE_BODY && !media.isOfItem) {
    const first = checks.first(media.pointer);
    if (!first(incoming.body)) {
      violations.push(...violationsOf('body', first.errors ?? []));
      return undefined;
    }
    if (!media.fills) return incoming.body;
  }
  const body = media.fills ? mutableBody(incoming) : incoming.body;
  if (media.isOfItem && Array.isArray(body)) {
    for (let i = 0; i < body.length && violations.length < MAX_TOLD; i++)
      check(checks, media, body[i], `[${i}]`, violations);
  } else check(checks, media, body, '', violations);
  return body;
}

function check(checks: Checks, media: BodyCheck, value: unknown, prefix: string, violations: Violation[]): void {
  if (media.check(value)) {
    media.filler?.(value);
    return;
  }
  const faults = media.check.errors ?? [];
  const told = hasAlternatives(faults) ? checks.reasons(media.pointer, value) : faults;
  violations.push(...violationsOf('body', (told.length === 0 ? faults : told).slice(0, MAX_TOLD), prefix));
}

/** A missing body is validated as an empty object, so that the violation names the first missing field. */
function missingBody(media: BodyCheck | undefined): Violation[] {
  const faults = media === undefined || media.isOfItem || media.check({}) ? [] : (media.check.errors ?? []);
  const isObjectAsked =
    faults.length > 0 && !faults.some(({ keyword, instancePath }) => keyword === 'type' && instancePath === '');
  if (isObjectAsked) return violationsOf('body', faults);
  return [{ in: 'body', field: '', keyword: 'required', message: 'must have a body' }];
}

function mutableBody(incoming: ValidationInput): unknown {
  return incoming.mutableBody ? incoming.mutableBody() : copyJson(incoming.body);
}

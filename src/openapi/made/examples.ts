/**
 * The examples and defaults that a document gives within its schemas.
 * @module
 */
import { isObject, type Json, type JsonObject } from '../document/json.js';
import type { JsonSchema, Schemas } from '../schema/schemas.js';

/** Values of lists that are looked through for properties that are only written. */
const MAX_ITEMS = 10_000;

/** The examples and defaults of some schemas, in the order in which they should be used. Whether they are valid is not checked. @param ordinal which of several examples */
export function* exampleCandidates(schemas: Schemas, parts: readonly JsonObject[], ordinal: number): Generator<Json> {
  for (const part of parts) {
    const source = schemas.sourceOf(part);
    if (source === undefined) continue;
    const { example, examples } = source;
    if (ordinal === 0 && example !== undefined) yield* alike(withoutWriteOnly(schemas, part, example), part);
    const list = Array.isArray(examples) ? examples : [];
    if (list[ordinal] !== undefined) yield* alike(withoutWriteOnly(schemas, part, list[ordinal]), part);
  }
  if (ordinal > 0) return;
  for (const part of parts) if (part['default'] !== undefined) yield part['default'];
}

/** A value, and what it is probably meant to be: documents often write numbers as texts, and texts as numbers. */
function* alike(value: Json, { type }: JsonObject): Generator<Json> {
  yield value;
  const types = Array.isArray(type) ? type : [type];
  if (typeof value === 'number' || typeof value === 'boolean') {
    if (types.includes('string')) yield String(value);
  } else if (typeof value === 'string') {
    if ((types.includes('integer') || types.includes('number')) && value.trim() !== '') yield Number(value);
    if (types.includes('boolean') && (value === 'true' || value === 'false')) yield value === 'true';
  }
}

/** A copy of a value without the properties that a schema does not allow at all, as it does for properties that are only written. The value itself if it has none. */
export function withoutWriteOnly(schemas: Schemas, schema: JsonSchema, value: Json, depth = 0): Json {
  if (typeof schema === 'boolean' || value === null || typeof value !== 'object' || depth > 100) return value;
  let result: Json = value;
  for (const one of composing(schemas, schema)) result = withoutWriteOnly(schemas, one, result, depth + 1);
  if (Array.isArray(result)) {
    const { items } = schema;
    if (!isObject(items) || result.length > MAX_ITEMS) return result;
    const stripped = result.map((one) => withoutWriteOnly(schemas, items, one, depth + 1));
    return stripped.every((one, i) => one === (result as Json[])[i]) ? result : stripped;
  }
  const { properties, additionalProperties } = schema;
  let copy: JsonObject | undefined;
  for (const [name, one] of Object.entries(result as unknown as JsonObject)) {
    const own = isObject(properties) && Object.hasOwn(properties, name);
    const of = own ? properties[name] : isObject(additionalProperties) ? additionalProperties : true;
    const inner = own && of === false ? undefined : withoutWriteOnly(schemas, of as JsonSchema, one, depth + 1);
    if (inner === one) continue;
    copy ??= { ...(result as JsonObject) };
    if (inner === undefined) delete copy[name];
    else copy[name] = inner;
  }
  return copy ?? result;
}

function composing(schemas: Schemas, schema: JsonObject): JsonSchema[] {
  const { $ref, allOf, anyOf, oneOf, then: consequence } = schema;
  const target = typeof $ref === 'string' ? schemas.at($ref) : undefined;
  const lists = [allOf, anyOf, oneOf].flatMap((list) => (Array.isArray(list) ? (list as JsonSchema[]) : []));
  return [
    ...(target === undefined ? [] : [target]),
    ...lists,
    ...(consequence === undefined ? [] : [consequence as JsonSchema]),
  ];
}

/**
 * A schema without references and `allOf`, with one alternative of `oneOf` and `anyOf` chosen: what a value is made from.
 * @module
 */
import { canonical, isObject, type Json, type JsonObject, listOf, objectOf } from '../api/json.js';
import type { Source } from '../api/source.js';

/** A schema without composition. */
export interface Flat {
  readonly schema: JsonObject;
  /** Values that a discriminator asks for, by property. */
  readonly fixed: JsonObject;
}

/** Chooses one of several alternatives: by its position. */
export type Choose = (alternatives: readonly Json[]) => number;

const MAX_STEPS = 64;

/** Merges the parts of a composed schema. @param choose selects among alternatives */
export function flatten(source: Source, given: Json | undefined, choose: Choose): Flat {
  const fixed: Record<string, Json> = {};
  let steps = 0;
  const walk = (one: Json | undefined): JsonObject => {
    if (!isObject(one) || steps++ > MAX_STEPS) return one === false ? { not: {} } : {};
    const { $ref: reference, allOf, oneOf, anyOf, ...rest } = one;
    if (typeof reference === 'string') {
      const target = walk(source.at(reference));
      return source.dialect === '3.1' ? merge(target, walk(withoutKey(one, '$ref'))) : target;
    }
    let flat: JsonObject = rest;
    for (const part of listOf(allOf)) flat = merge(flat, walk(part));
    for (const alternatives of [listOf(oneOf), listOf(anyOf)]) {
      if (alternatives.length === 0) continue;
      const chosen = alternatives[choose(alternatives)]!;
      flat = merge(flat, walk(chosen));
      const { propertyName } = objectOf(one['discriminator']);
      if (typeof propertyName !== 'string') continue;
      const value = discriminatorValue(objectOf(one['discriminator']), chosen);
      if (value !== undefined) fixed[propertyName] = value;
    }
    return flat;
  };
  return { schema: walk(given), fixed };
}

function withoutKey(object: JsonObject, key: string): JsonObject {
  const { [key]: _left, ...rest } = object;
  return rest;
}

function discriminatorValue(discriminator: JsonObject, chosen: Json): string | undefined {
  const reference = objectOf(chosen)['$ref'];
  if (typeof reference !== 'string') return undefined;
  const name = reference.split('/').at(-1)!;
  const mapped = Object.entries(objectOf(discriminator['mapping'])).find(
    ([, target]) => target === reference || target === name,
  );
  return mapped ? mapped[0] : name;
}

/** Both schemas at once, as well as one schema can say it. The check of the value decides. */
export function merge(a: JsonObject, b: JsonObject): JsonObject {
  const out: Record<string, Json | undefined> = { ...a, ...b };
  const both = (key: string) => a[key] !== undefined && b[key] !== undefined;
  if (isObject(a['properties']) && isObject(b['properties'])) {
    const properties: Record<string, Json | undefined> = { ...a['properties'], ...b['properties'] };
    for (const name of Object.keys(a['properties']))
      if (Object.hasOwn(b['properties'], name))
        properties[name] = { allOf: [a['properties'][name]!, b['properties'][name]!] };
    out['properties'] = properties;
  }
  if (both('required')) out['required'] = [...new Set([...listOf(a['required']), ...listOf(b['required'])])];
  if (both('enum')) {
    const other = new Set(listOf(b['enum']).map(canonical));
    out['enum'] = listOf(a['enum']).filter((one) => other.has(canonical(one)));
  }
  if (both('type')) {
    const [left, right] = [[a['type']!].flat(), [b['type']!].flat()];
    const common = left.filter((type) => right.includes(type));
    if (common.length > 0) out['type'] = common;
    else out['type'] = left.includes('integer') ? 'integer' : (b['type'] as Json);
  }
  for (const key of ['minimum', 'minLength', 'minItems', 'minProperties'])
    if (both(key)) out[key] = Math.max(Number(a[key]), Number(b[key]));
  for (const key of ['maximum', 'maxLength', 'maxItems', 'maxProperties'])
    if (both(key)) out[key] = Math.min(Number(a[key]), Number(b[key]));
  if (both('items')) out['items'] = { allOf: [a['items']!, b['items']!] };
  return out as JsonObject;
}

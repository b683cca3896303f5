/**
 * What a schema says about the structure of values: types, properties and items, through references and compositions. Texts (of parameters, forms and XML) are
 * converted by it before they are validated.
 * @module
 */
import { memoiseWeakly } from '../../../runtime/memoise.js';
import { isObject, type Json, type JsonObject } from '../../document/json.js';
import type { JsonSchema, Schemas } from '../schemas.js';

/** A type of JSON Schema. */
export type JsonType = 'null' | 'boolean' | 'object' | 'array' | 'number' | 'integer' | 'string';

/** The types that a value may have; `undefined`: any. */
export type Types = ReadonlySet<JsonType> | undefined;

/** Most schemas that one schema is composed of. */
const MAX_PARTS = 1_000;

const KEYWORDS_OF_TYPES: readonly (readonly [type: JsonType, keywords: readonly string[]])[] = [
  ['object', ['properties', 'additionalProperties', 'patternProperties', 'required', 'minProperties']],
  ['array', ['items', 'prefixItems', 'minItems', 'maxItems', 'uniqueItems']],
  ['number', ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf']],
  ['string', ['pattern', 'minLength', 'maxLength', 'format']],
];

/** Answers questions about the schemas of a document. All results are remembered. */
export class Shapes {
  constructor(readonly schemas: Schemas) {}

  /** The schema itself and all schemas that it is composed of: those of references, `allOf`, `anyOf`, `oneOf`, `then` and `else`. */
  readonly parts = memoiseWeakly((schema: JsonObject): readonly JsonObject[] => {
    const found = new Set<JsonObject>([schema]);
    for (const part of found) {
      if (found.size > MAX_PARTS) break;
      for (const inner of this.#composed(part)) if (isObject(inner)) found.add(inner);
    }
    return [...found];
  });

  /** The types that a value of the schema may have. */
  types(schema: JsonSchema): Types {
    return isObject(schema) ? this.#types(schema).types : undefined;
  }

  /** The schema of a property; `{}` if nothing is said about it. */
  property(schema: JsonSchema, name: string): JsonSchema {
    return isObject(schema) ? (this.#listed(schema).get(name) ?? this.#other(schema)) : ANY;
  }

  /** Names of the properties that the schema lists. */
  propertyNames(schema: JsonSchema): readonly string[] {
    return isObject(schema) ? this.#names(schema) : [];
  }

  /** The schema of an item of an array. */
  item(schema: JsonSchema, index: number): JsonSchema {
    if (!isObject(schema)) return ANY;
    const tuple = this.parts(schema).flatMap(({ prefixItems: items }) =>
      Array.isArray(items) && items[index] !== undefined ? [items[index] as JsonSchema] : [],
    );
    return tuple.length > 0 ? union(tuple) : this.#item(schema);
  }

  /** The values of `enum` and `const`. */
  readonly values = memoiseWeakly((schema: JsonObject): readonly Json[] =>
    this.parts(schema).flatMap((part) => [
      ...(Array.isArray(part['enum']) ? part['enum'] : []),
      ...('const' in part ? [part['const']!] : []),
    ]),
  );

  /** The value of a keyword in the first part that has it. */
  keyword(schema: JsonSchema, name: string): Json | undefined {
    return isObject(schema) ? this.parts(schema).find((part) => part[name] !== undefined)?.[name] : undefined;
  }

  /** The schemas of the properties that are listed. */
  readonly #listed = memoiseWeakly((schema: JsonObject): ReadonlyMap<string, JsonSchema> => {
    const parts = this.parts(schema);
    return new Map(this.#names(schema).map((name) => [name, union(parts.flatMap((part) => propertyIn(part, name)))]));
  });

  /** The schema of all other properties. */
  readonly #other = memoiseWeakly(
    (schema: JsonObject): JsonObject => asObject(union(this.parts(schema).flatMap((part) => othersIn(part)))),
  );

  readonly #names = memoiseWeakly((schema: JsonObject): readonly string[] => [
    ...new Set(this.parts(schema).flatMap(({ properties }) => (isObject(properties) ? Object.keys(properties) : []))),
  ]);

  readonly #item = memoiseWeakly(
    (schema: JsonObject): JsonObject =>
      asObject(union(this.parts(schema).flatMap(({ items }) => (isObject(items) ? [items] : [])))),
  );

  readonly #types = memoiseWeakly((schema: JsonObject): { readonly types: Types } => {
    const stated = this.#stated(schema, new Set());
    if (stated !== undefined) return { types: stated };
    const parts = this.parts(schema);
    const implied = KEYWORDS_OF_TYPES.filter(([, keywords]) =>
      parts.some((part) => keywords.some((keyword) => part[keyword] !== undefined)),
    ).map(([type]) => type);
    return { types: implied.length === 0 ? undefined : new Set(implied) };
  });

  /** The types that `type`, `enum` and `const` allow. @param within the schemas that contain it, which may contain themselves */
  #stated(schema: JsonSchema, within: ReadonlySet<JsonObject>): Types {
    if (!isObject(schema) || within.has(schema) || within.size > 100) return undefined;
    const inner = new Set([...within, schema]);
    let types: Types;
    const restrict = (more: Types) => {
      types = intersection(types, more);
    };
    const { type, $ref: reference, allOf } = schema;
    if (type !== undefined) restrict(new Set((Array.isArray(type) ? type : [type]) as JsonType[]));
    const values = Array.isArray(schema['enum']) ? schema['enum'] : 'const' in schema ? [schema['const']!] : [];
    if (values.length > 0) restrict(new Set(values.map(typeOf)));
    if (typeof reference === 'string') restrict(this.#stated(this.schemas.at(reference) ?? true, inner));
    for (const part of Array.isArray(allOf) ? allOf : []) restrict(this.#stated(part as JsonSchema, inner));
    for (const alternatives of [schema['anyOf'], schema['oneOf']]) {
      if (!Array.isArray(alternatives)) continue;
      const all = alternatives.map((one) => this.#stated(one as JsonSchema, inner));
      restrict(all.some((one) => one === undefined) ? undefined : new Set(all.flatMap((one) => [...one!])));
    }
    return types;
  }

  #composed(schema: JsonObject): (JsonSchema | undefined)[] {
    const { $ref: reference } = schema;
    return [
      ...(typeof reference === 'string' ? [this.schemas.at(reference)] : []),
      ...['allOf', 'anyOf', 'oneOf'].flatMap((key) => {
        const list = schema[key];
        return Array.isArray(list) ? (list as JsonSchema[]) : [];
      }),
      schema['then'] as JsonSchema | undefined,
      schema['else'] as JsonSchema | undefined,
    ];
  }
}

/** The schema that any value is valid by. */
export const ANY: JsonObject = {};

const unions = new WeakMap<JsonObject, Map<string, JsonObject>>();
let unionIds = 0;
const idOf = memoiseWeakly((_schema: JsonObject) => ({ id: ++unionIds }));

/** A schema that stands for several; the same object for the same ones. */
function union(schemas: readonly JsonSchema[]): JsonSchema {
  const objects = [...new Set(schemas)].filter(isObject);
  if (objects.length < 2) return objects[0] ?? ANY;
  const first = objects[0]!;
  const known = unions.get(first) ?? new Map<string, JsonObject>();
  unions.set(first, known);
  const key = objects.map((one) => idOf(one).id).join();
  let found = known.get(key);
  if (found === undefined) {
    found = { anyOf: objects };
    known.set(key, found);
  }
  return found;
}

function asObject(schema: JsonSchema): JsonObject {
  return isObject(schema) ? schema : ANY;
}

/** What a part says about a property: by its name, else by `additionalProperties`. */
function propertyIn(part: JsonObject, name: string): JsonSchema[] {
  const { properties } = part;
  return isObject(properties) && Object.hasOwn(properties, name) ? [properties[name] as JsonSchema] : othersIn(part);
}

function othersIn({ additionalProperties: others }: JsonObject): JsonSchema[] {
  return isObject(others) ? [others] : [];
}

function intersection(one: Types, other: Types): Types {
  if (one === undefined || other === undefined) return one ?? other;
  const common = new Set<JsonType>();
  for (const type of one) {
    if (other.has(type) || (type === 'integer' && other.has('number'))) common.add(type);
    else if (type === 'number' && other.has('integer')) common.add('integer');
  }
  return common;
}

/** The type of a JSON value. */
export function typeOf(value: Json): JsonType {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value as 'boolean' | 'object' | 'string';
}

/**
 * The schemas of a document as JSON Schema 2020-12. Each is converted when it is first used; references between them stay references.
 * @module
 */

import { memoiseWeakly } from '../../runtime/memoise.js';
import type { OpenApiDocument } from '../document/document.js';
import { isObject, type Json, type JsonObject, pointerOf } from '../document/json.js';
import { alternativesByDiscriminator, extensionsByDiscriminator, valuesOfExtension } from './discriminator.js';
import { isUsed, LIST_OF_SCHEMAS, MAP_OF_SCHEMAS, ONE_SCHEMA, usable } from './keywords.js';

/** A JSON Schema 2020-12. References are the addresses of `Schemas.addressOf`. */
export type JsonSchema = boolean | JsonObject;

/** Whether values of a schema are sent to the provider or answered by it: `readOnly` and `writeOnly` depend on it. */
export type Direction = 'request' | 'response';

/** Keywords that the conversion replaces. */
const REPLACED = new Set(['$ref', 'nullable', 'additionalItems', 'readOnly', 'writeOnly']);

/** Dynamic anchors in force, by name: pointers of the schemas that set them. */
type DynamicScope = Readonly<Record<string, string>>;

interface Converted {
  readonly pointer: string;
  readonly direction: Direction;
  readonly scope: DynamicScope;
  schema: JsonSchema | undefined;
  /** Names that the schema around this one, of which it is a part by `allOf`, does not ask for. */
  readonly excused?: ReadonlySet<string>;
  /** Whether another schema extends it by `allOf`, so that its discriminator does not select an extension again. */
  readonly isBase?: boolean;
}

const NO_SCOPE: DynamicScope = {};

/** The schemas of a document. */
export class Schemas {
  readonly #byKey = new Map<string, string>();
  readonly #converted: Converted[] = [];
  readonly #sources = new WeakMap<JsonObject, JsonObject>();

  constructor(readonly document: OpenApiDocument) {}

  /** The address of the schema at a canonical pointer, for `$ref`: `schema:17`. */
  addressOf(pointer: string, direction: Direction): string {
    return this.#address(pointer, direction, NO_SCOPE);
  }

  /** The schema at an address. Its references are addresses. @returns `undefined` if this is no address */
  at(address: string): JsonSchema | undefined {
    const entry = this.#converted[Number(/^schema:(\d+)$/.exec(address)?.[1] ?? -1)];
    if (entry === undefined) return undefined;
    entry.schema ??= this.#convert(this.document.plain(entry.pointer), entry);
    return entry.schema;
  }

  /** The pointer of the schema at an address. */
  pointerAt(address: string): string | undefined {
    return this.#converted[Number(address.slice('schema:'.length))]?.pointer;
  }

  /** The schema of the document that a converted one was made from, for what the conversion drops: examples, `xml`, `discriminator`. */
  sourceOf(schema: JsonObject): JsonObject | undefined {
    return this.#sources.get(schema);
  }

  /** The addresses that are reachable from some, with themselves. */
  reachable(addresses: readonly string[]): string[] {
    const found = new Set(addresses);
    for (const address of found) {
      const schema = this.at(address);
      if (schema !== undefined) for (const reference of referencesIn(schema)) found.add(reference);
    }
    return [...found];
  }

  #address(pointer: string, direction: Direction, scope: DynamicScope, isBase = false): string {
    const target = this.#withoutAliases(pointer) ?? pointer;
    const names = Object.keys(scope);
    const key = `${direction}${isBase ? ' base' : ''} ${target}${names.length === 0 ? '' : ` ${JSON.stringify(scope)}`}`;
    let address = this.#byKey.get(key);
    if (address === undefined) {
      address = `schema:${this.#converted.length}`;
      this.#byKey.set(key, address);
      this.#converted.push({ pointer: target, direction, scope, isBase, schema: undefined });
    }
    return address;
  }

  /** The pointer of the schema that stands at the end of references without other keywords; `undefined` if they lead nowhere or in a circle. */
  #withoutAliases(pointer: string): string | undefined {
    const { document } = this;
    const isOld = document.dialect === 'openapi-3.0';
    const seen = new Set<string>();
    for (let at = pointer; !seen.has(at); ) {
      seen.add(at);
      const value = document.plain(at);
      if (value === undefined) return undefined;
      if (!isObject(value) || typeof value['$ref'] !== 'string') return at;
      const reference = value['$ref'];
      const isAlias = isOld ? value['nullable'] === undefined : Object.keys(value).length === 1;
      if (!isAlias) return at;
      if (!reference.startsWith('#')) return undefined;
      at = document.canonical(reference);
    }
    return undefined;
  }

  /** Converts a schema of the document. What cannot be read is `true`: it has its notice. */
  #convert(value: Json | undefined, within: Converted): JsonSchema {
    if (typeof value === 'boolean') return value;
    if (!isObject(value)) return true;
    const scope = this.#scopeOf(value, within);
    const context: Converted = scope === within.scope ? within : { ...within, scope };
    const isOld = this.document.dialect === 'openapi-3.0';
    const reference = this.#reference(value, context);
    // In OpenAPI 3.0 a reference stands for all of the schema, but many documents put `nullable` beside it.
    const schema: JsonObject = isOld && reference !== undefined ? {} : this.#keywords(value, context);
    if (reference !== undefined) schema['$ref'] = reference;
    const isNullable = value['nullable'] === true || value['nullable'] === 'true';
    const converted = isNullable ? nullable(schema) : schema;
    this.#sources.set(converted, value);
    if (converted !== schema) this.#sources.set(schema, value);
    return converted;
  }

  #keywords(value: JsonObject, context: Converted): JsonObject {
    const schema: JsonObject = {};
    const { excused: _, isBase: _base, ...around } = context;
    const inner = (one: Json) => this.#convert(one, around);
    for (const [key, given] of Object.entries(value)) {
      if (REPLACED.has(key) || !isUsed(key)) continue;
      const used = usable(key, given);
      if (used === undefined) continue;
      if (key === 'items' && Array.isArray(used)) schema['prefixItems'] = used.map(inner);
      else if (ONE_SCHEMA.has(key)) schema[key] = inner(used);
      else if (key === 'allOf') schema[key] = this.#parts(value, used as Json[], context);
      else if (LIST_OF_SCHEMAS.has(key)) schema[key] = (used as Json[]).map(inner);
      else if (MAP_OF_SCHEMAS.has(key)) {
        schema[key] = Object.fromEntries(Object.entries(used as JsonObject).map(([name, one]) => [name, inner(one)]));
      } else schema[key] = used;
    }
    if (Array.isArray(value['items'])) {
      const rest = value['additionalItems'];
      if (typeof rest === 'boolean' || isObject(rest)) schema['items'] = inner(rest);
    }
    exclusive(schema, 'exclusiveMinimum', 'minimum');
    exclusive(schema, 'exclusiveMaximum', 'maximum');
    const alternatives = alternativesByDiscriminator(value, this.document);
    if (alternatives) {
      const { keyword, property, mapping } = alternatives;
      delete schema[keyword];
      schema['allOf'] = [
        ...(Array.isArray(schema['allOf']) ? schema['allOf'] : []),
        { required: [property], properties: { [property]: { enum: Object.keys(mapping) } } },
        ...Object.entries(mapping).map(([name, pointer]) => ({
          if: { required: [property], properties: { [property]: { const: name } } },
          // biome-ignore lint/suspicious/noThenProperty: the keyword of JSON Schema.
          then: { $ref: this.#address(pointer, context.direction, context.scope) },
        })),
      ];
    }
    const inherited = this.document.plain(context.pointer) === value ? this.#inheritance(value, context) : [];
    if (inherited.length > 0)
      schema['allOf'] = [...(Array.isArray(schema['allOf']) ? schema['allOf'] : []), ...inherited];
    this.#applyDirection(value, schema, context);
    return schema;
  }

  /** The parts of `allOf`. They may ask for properties that another part describes. */
  #parts(value: JsonObject, parts: readonly Json[], context: Converted): JsonSchema[] {
    const excused = this.#marked(value, context.direction === 'request' ? 'readOnly' : 'writeOnly', new Set());
    for (const name of context.excused ?? []) excused.add(name);
    return parts.map((part) => {
      const base = this.#baseOf(part, context);
      return base === undefined ? this.#convert(part, { ...context, excused }) : { $ref: base };
    });
  }

  /** The address of a part of `allOf` that is a reference to a schema with a discriminator, as a base. */
  #baseOf(part: Json, { direction, scope }: Converted): string | undefined {
    if (!isObject(part) || typeof part['$ref'] !== 'string' || !part['$ref'].startsWith('#')) return undefined;
    if (Object.keys(part).length > 1 && this.document.dialect !== 'openapi-3.0') return undefined;
    const pointer = this.document.target(this.document.canonical(part['$ref']));
    const base = this.document.plain(pointer);
    return isObject(base) && extensionsByDiscriminator(base, pointer, this.document) !== undefined
      ? this.#address(pointer, direction, scope, true)
      : undefined;
  }

  /** What the discriminator of a base asks: of the base, to be valid by the extension that a value names; of an extension, to have a value that names it. */
  #inheritance(value: JsonObject, { pointer, direction, scope, isBase = false }: Converted): JsonSchema[] {
    const asked: JsonSchema[] = [];
    const extensions = isBase ? undefined : extensionsByDiscriminator(value, pointer, this.document);
    for (const [name, extension] of extensions?.mapping ?? []) {
      asked.push({
        if: { required: [extensions!.property], properties: { [extensions!.property]: { const: name } } },
        // biome-ignore lint/suspicious/noThenProperty: the keyword of JSON Schema.
        then: { $ref: this.#address(extension, direction, scope) },
      });
    }
    if (isBase) return asked;
    for (const part of Array.isArray(value['allOf']) ? value['allOf'] : []) {
      if (!isObject(part) || typeof part['$ref'] !== 'string' || !part['$ref'].startsWith('#')) continue;
      const own = valuesOfExtension(
        this.document.target(this.document.canonical(part['$ref'])),
        pointer,
        this.document,
      );
      // Extensions of this schema have values of their own.
      if (own !== undefined && extensionsByDiscriminator(value, pointer, this.document) === undefined)
        asked.push({ properties: { [own.property]: { enum: [...own.mapping.keys()] } } });
    }
    return asked;
  }

  #reference(value: JsonObject, context: Converted): string | undefined {
    const { $ref: reference, $dynamicRef: dynamic } = value;
    if (typeof reference === 'string') return this.#addressOfReference(reference, context);
    if (typeof dynamic !== 'string') return undefined;
    const target = this.document.plain(this.document.canonical(dynamic));
    const anchor = isObject(target) ? target['$dynamicAnchor'] : undefined;
    const outermost = typeof anchor === 'string' ? context.scope[anchor] : undefined;
    return this.#addressOfReference(outermost ?? dynamic, context);
  }

  /** The address of a reference; `undefined` if it leads nowhere, which has its notice. */
  #addressOfReference(reference: string, { direction, scope }: Converted): string | undefined {
    if (!reference.startsWith('#')) return undefined;
    const pointer = this.document.canonical(reference);
    if (this.document.plain(pointer) === undefined || this.#withoutAliases(pointer) === undefined) return undefined;
    return this.#address(pointer, direction, scope);
  }

  /** The dynamic scope inside of a schema. Anchors of outer schemas win. */
  #scopeOf(value: JsonObject, { scope, pointer }: Converted): DynamicScope {
    if (this.document.dialect === 'openapi-3.0') return scope;
    const own: Record<string, string> = {};
    if (typeof value['$dynamicAnchor'] === 'string') own[value['$dynamicAnchor']] = pointer;
    for (const [name, inner] of isObject(value['$defs']) ? Object.entries(value['$defs']) : []) {
      if (isObject(inner) && typeof inner['$dynamicAnchor'] === 'string')
        own[inner['$dynamicAnchor']] = `${pointer}${pointerOf(['$defs', name]).slice(1)}`;
    }
    return Object.keys(own).some((name) => !Object.hasOwn(scope, name)) ? { ...own, ...scope } : scope;
  }

  /** A request need not have what is only read, and a response must not have what is only written. */
  #applyDirection(value: JsonObject, schema: JsonObject, { direction, excused: outer }: Converted): void {
    const required = schema['required'];
    const marked = direction === 'request' ? 'readOnly' : 'writeOnly';
    if (Array.isArray(required)) {
      const excused = this.#marked(value, marked, new Set());
      for (const name of outer ?? []) excused.add(name);
      if (excused.size > 0) schema['required'] = required.filter((name) => !excused.has(String(name)));
    }
    const properties = schema['properties'];
    if (direction === 'response' && isObject(properties)) {
      // The property may have no value at all.
      for (const name of this.#marked({ properties: value['properties'] ?? {} }, marked, new Set()))
        properties[name] = false;
    }
  }

  /** Names of the properties of a schema that are marked, those of composed schemas included. */
  #marked(schema: Json | undefined, mark: 'readOnly' | 'writeOnly', seen: Set<Json>): Set<string> {
    const names = new Set<string>();
    const target = this.document.follow(schema);
    if (!isObject(target) || seen.has(target) || seen.size > 1_000) return names;
    seen.add(target);
    const properties = isObject(target['properties']) ? Object.entries(target['properties']) : [];
    for (const [name, one] of properties) {
      const property = this.document.follow(one);
      if ((isObject(one) && one[mark] === true) || (isObject(property) && property[mark] === true)) names.add(name);
    }
    for (const part of Array.isArray(target['allOf']) ? target['allOf'] : []) {
      for (const name of this.#marked(part, mark, seen)) names.add(name);
    }
    return names;
  }
}

/** The schemas of a document; the same object for the same document. */
export const schemasOf = memoiseWeakly((document: OpenApiDocument) => new Schemas(document));

/** A schema that also accepts `null`. */
function nullable(schema: JsonObject): JsonObject {
  const { type } = schema;
  const composed = ['$ref', 'allOf', 'anyOf', 'oneOf', 'not', 'enum', 'const', 'if'].some((key) => key in schema);
  if (composed) return { anyOf: [{ type: 'null' }, schema] };
  if (type === undefined) return schema;
  const types = Array.isArray(type) ? type : [type];
  return types.includes('null') ? schema : { ...schema, type: [...types, 'null'] };
}

/** Replaces the boolean form of OpenAPI 3.0 by the number. */
function exclusive(
  schema: JsonObject,
  flag: 'exclusiveMinimum' | 'exclusiveMaximum',
  bound: 'minimum' | 'maximum',
): void {
  const value = schema[flag];
  if (typeof value !== 'boolean') return;
  delete schema[flag];
  if (!value || schema[bound] === undefined) return;
  schema[flag] = schema[bound]!;
  delete schema[bound];
}

/** The addresses that a converted schema refers to. */
export function* referencesIn(schema: JsonSchema): Generator<string> {
  const stack: Json[] = [schema];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    if (!isObject(next)) continue;
    for (const [key, value] of Object.entries(next)) {
      if (key === '$ref' && typeof value === 'string') yield value;
      else if (ONE_SCHEMA.has(key)) stack.push(value);
      else if (LIST_OF_SCHEMAS.has(key) && Array.isArray(value)) stack.push(...value);
      else if (MAP_OF_SCHEMAS.has(key) && isObject(value)) stack.push(...Object.values(value));
    }
  }
}

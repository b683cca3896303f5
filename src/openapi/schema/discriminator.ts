/**
 * Discriminators (OpenAPI, "Discriminator Object"): the property whose value names the alternative that a value must be valid by.
 * @module
 */
import { memoiseWeakly } from '../../runtime/memoise.js';
import type { OpenApiDocument } from '../document/document.js';
import { isObject, type JsonObject, pointerKeys, pointerOf } from '../document/json.js';

/** The alternatives of a schema, by the value of its discriminator. */
export interface Alternatives {
  readonly keyword: 'oneOf' | 'anyOf';
  readonly property: string;
  /** Pointers of schemas by the value of the property. */
  readonly mapping: Readonly<Record<string, string>>;
}

/** Reads the discriminator of a schema. @returns `undefined` if it has none, or if it does not select among all alternatives, so that they must all be tried */
export function alternativesByDiscriminator(schema: JsonObject, document: OpenApiDocument): Alternatives | undefined {
  const { discriminator } = schema;
  const property = isObject(discriminator) ? discriminator['propertyName'] : undefined;
  const keyword = (['oneOf', 'anyOf'] as const).find((one) => Array.isArray(schema[one]));
  if (typeof property !== 'string' || keyword === undefined) return undefined;
  const given = isObject(discriminator) && isObject(discriminator['mapping']) ? discriminator['mapping'] : {};
  const targets = new Map<string, string[]>();
  for (const alternative of schema[keyword] as JsonObject[]) {
    const reference = isObject(alternative) ? alternative['$ref'] : undefined;
    if (typeof reference !== 'string' || !reference.startsWith('#')) return undefined;
    targets.set(document.target(document.canonical(reference)), []);
  }
  for (const [value, target] of Object.entries(given)) {
    if (typeof target !== 'string') continue;
    targets.get(targetOf(target, document))?.push(value);
  }
  const mapped = new Set([...targets.values()].flat());
  const mapping: Record<string, string> = {};
  for (const [pointer, values] of targets) {
    for (const value of [...values, ...implicitValues(pointer, mapped, values.length > 0)]) mapping[value] = pointer;
  }
  return { keyword, property, mapping };
}

/** Schemas that extend others by `allOf`: the pointer of the extended schema → those of the schemas that name it. */
const extensionsOf = memoiseWeakly((document: OpenApiDocument) => {
  const extensions = new Map<string, string[]>();
  const schemas = document.plain('#/components/schemas');
  for (const [name, schema] of isObject(schemas) ? Object.entries(schemas) : []) {
    const parts = isObject(schema) && Array.isArray(schema['allOf']) ? schema['allOf'] : [];
    for (const part of parts) {
      const reference = isObject(part) ? part['$ref'] : undefined;
      if (typeof reference !== 'string' || !reference.startsWith('#')) continue;
      const base = document.target(document.canonical(reference));
      const known = extensions.get(base) ?? [];
      known.push(pointerOf(['components', 'schemas', name]));
      extensions.set(base, known);
    }
  }
  return extensions;
});

/** How many extensions of one schema are told apart. A base of most schemas of a large document has hundreds. */
const MAX_EXTENSIONS = 64;

/** Schemas that extend one with a discriminator. */
export interface Extensions {
  readonly property: string;
  /** Pointers of schemas by the value of the property. */
  readonly mapping: ReadonlyMap<string, string>;
}

/**
 * The schemas that extend a schema with a discriminator by `allOf`, directly or not (OpenAPI, "Composition and Inheritance").
 *
 * @param pointer canonical pointer of the schema
 * @returns `undefined` if it has no discriminator, alternatives of its own, or no such schemas
 */
export function extensionsByDiscriminator(
  schema: JsonObject,
  pointer: string,
  document: OpenApiDocument,
): Extensions | undefined {
  const { discriminator } = schema;
  const property = isObject(discriminator) ? discriminator['propertyName'] : undefined;
  if (typeof property !== 'string' || Array.isArray(schema['oneOf']) || Array.isArray(schema['anyOf']))
    return undefined;
  const all = extensionsOf(document);
  const found = new Set(all.get(pointer));
  for (const one of found) for (const further of all.get(one) ?? []) found.add(further);
  found.delete(pointer);
  if (found.size === 0 || found.size > MAX_EXTENSIONS) return undefined;
  const mapping = new Map<string, string>();
  const given = isObject(discriminator) && isObject(discriminator['mapping']) ? discriminator['mapping'] : {};
  for (const [value, target] of Object.entries(given)) {
    if (typeof target !== 'string') continue;
    const at = targetOf(target, document);
    if (found.has(at)) mapping.set(value, at);
  }
  const mapped = new Set(mapping.values());
  const values = new Set(mapping.keys());
  for (const one of found) for (const value of implicitValues(one, values, mapped.has(one))) mapping.set(value, one);
  return { property, mapping };
}

/** The values that the discriminator of a base maps to an extension, and its property; `undefined` if it maps none. */
export function valuesOfExtension(base: string, extension: string, document: OpenApiDocument): Extensions | undefined {
  const schema = document.plain(base);
  const { discriminator } = isObject(schema) ? schema : {};
  const property = isObject(discriminator) ? discriminator['propertyName'] : undefined;
  const given = isObject(discriminator) && isObject(discriminator['mapping']) ? discriminator['mapping'] : {};
  const values = Object.entries(given).filter(
    ([, target]) => typeof target === 'string' && targetOf(target, document) === extension,
  );
  if (typeof property !== 'string' || values.length === 0) return undefined;
  const names = [...values.map(([value]) => value), ...implicitValues(extension, new Set(Object.keys(given)), true)];
  return { property, mapping: new Map(names.map((value) => [value, extension])) };
}

/** The schema that a value of a mapping names: a reference, or the name of a component. */
function targetOf(target: string, document: OpenApiDocument): string {
  const reference = target.startsWith('#') ? target : pointerOf(['components', 'schemas', target]);
  return document.target(document.canonical(reference));
}

/**
 * The values that name a schema without a mapping: its name, unless the mapping has the same value (OpenAPI 3.1.1, "Options for Mapping Values to Schemas").
 *
 * @param mapped the values of the mapping
 * @param isMapped whether the mapping names the schema; a schema that is no component then has no other name
 */
function implicitValues(pointer: string, mapped: ReadonlySet<string>, isMapped: boolean): string[] {
  const keys = pointerKeys(pointer);
  const name = keys.at(-1)!;
  const isComponent = keys.length === 3 && keys[0] === 'components' && keys[1] === 'schemas';
  return mapped.has(name) || (isMapped && !isComponent) ? [] : [name];
}

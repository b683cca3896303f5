/**
 * Discriminators (OpenAPI, "Discriminator Object"): the property whose value names the alternative that a value must be valid by.
 * @module
 */
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
    const reference = target.startsWith('#') ? target : pointerOf(['components', 'schemas', target]);
    targets.get(document.target(document.canonical(reference)))?.push(value);
  }
  const mapping: Record<string, string> = {};
  for (const [pointer, values] of targets) {
    // An alternative without a mapping goes by the name of its schema.
    const names = values.length > 0 ? values : [pointerKeys(pointer).at(-1)!];
    for (const value of names) mapping[value] = pointer;
  }
  return { keyword, property, mapping };
}

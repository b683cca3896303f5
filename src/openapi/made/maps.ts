/**
 * Makes objects.
 * @module
 */
import { matchingText, TEXT_VARIANTS } from '../../patterns/matching-text.js';
import { isObject, type Json, type JsonObject } from '../document/json.js';
import type { JsonSchema } from '../schema/schemas.js';
import { alternativesOf } from './conjunction.js';
import type { Facets } from './facets.js';
import { FAILED, isScalar, type Made, type PartMaker, type Place } from './place.js';

/** Properties that are made only because the schema asks for a number of them. */
const MAX_ADDED = 1_000;
/** Names of one source that cannot be added, after which the next source is tried. */
const MAX_FAILURES = 100;
/** Attempts in a row that make no new name, after which there are no more. */
const MAX_MISSES = 32;

/** Makes an object for which all schemas hold, except for choices, which are made already. */
export function makeMap(maker: PartMaker, parts: readonly JsonObject[], facets: Facets, place: Place): Made {
  const builder = new Builder(maker, parts, facets, place);
  return builder.build();
}

class Builder {
  readonly #known: readonly string[];
  readonly #made = new Map<string, Json>();
  readonly #share: number;

  constructor(
    readonly maker: PartMaker,
    readonly parts: readonly JsonObject[],
    readonly facets: Facets,
    readonly place: Place,
  ) {
    this.#known = [
      ...new Set(parts.flatMap(({ properties }) => (isObject(properties) ? Object.keys(properties) : []))),
    ];
    const nested = this.#known.filter((name) => !this.schemasOf(name).every((one) => isScalar(maker.schemas, one)));
    this.#share = 1 / Math.max(1, nested.length);
  }

  build(): Made {
    const { required, minProperties, maxProperties } = this.facets;
    const { lenient } = this.maker.options;
    for (const name of this.#withDependents(required)) {
      if (this.#add(name) || lenient) continue;
      return FAILED;
    }
    if (this.place.allowance >= 1 && this.place.variant % 2 === 0) this.#addOptional();
    if (this.place.variant >= 4) this.#addStrange();
    if (this.#made.size < minProperties) this.#fill(minProperties);
    if ((this.#made.size < minProperties || this.#made.size > maxProperties) && !lenient) return FAILED;
    return this.#inOrder();
  }

  /** The schemas that hold for a property: `[false]` if it may not be there. */
  schemasOf(name: string): JsonSchema[] {
    const found = this.parts.map((part) => this.maker.evaluator.schemasOfProperty(part, name));
    const isEvaluated = found.some((own) => own.length > 0);
    const rest = isEvaluated
      ? []
      : this.parts.flatMap(({ unevaluatedProperties: one }) => (one === undefined ? [] : [one as JsonSchema]));
    const all = [...found.flat(), ...rest];
    return all.includes(false) ? [false] : all;
  }

  #addOptional(): void {
    const { maxProperties } = this.facets;
    for (const name of this.#known) if (this.#made.size < maxProperties) this.#addWithDependents(name);
    // A map by free names is shown with one entry.
    if (this.#known.length === 0 && this.#made.size === 0 && maxProperties > 0 && this.#isMap()) this.#fill(1);
  }

  #isMap(): boolean {
    return this.parts.some(
      ({ additionalProperties, patternProperties, propertyNames }) =>
        (isObject(additionalProperties) && Object.keys(additionalProperties).length > 0) ||
        isObject(patternProperties) ||
        isObject(propertyNames),
    );
  }

  /** Adds an optional property with those that it depends on; if one of them is not possible, none. */
  #addWithDependents(name: string): void {
    const names = [...this.#withDependents([name])].filter((one) => !this.#made.has(one));
    if (this.#made.size + names.length > this.facets.maxProperties) return;
    if (names.every((one) => this.#add(one, true))) return;
    for (const one of names) this.#made.delete(one);
  }

  /** Names with all that `dependentRequired` asks for because of them. */
  #withDependents(names: Iterable<string>): Set<string> {
    const all = new Set(names);
    for (const name of all) {
      for (const { dependentRequired } of this.parts) {
        const others =
          isObject(dependentRequired) && Object.hasOwn(dependentRequired, name) ? dependentRequired[name] : [];
        if (Array.isArray(others)) for (const other of others) all.add(String(other));
      }
    }
    return all;
  }

  #add(name: string, isOptional = false): boolean {
    if (this.#made.has(name)) return true;
    const schemas = this.schemasOf(name);
    if (schemas[0] === false && this.maker.options.lenient && this.#ownSchemasOf(name).length > 0)
      schemas.splice(0, 1, ...this.#ownSchemasOf(name));
    if (schemas[0] === false || !this.#mayBeNamed(name)) return false;
    const value = this.maker.make(schemas, this.maker.below(this.place, name, this.#share));
    if (value === FAILED) return false;
    if (value === null && isOptional && schemas.some(isNullableReference)) return false;
    this.#made.set(name, value);
    return true;
  }

  /** The schemas under `properties` alone. Documents close objects without thinking of the properties that other schemas of an `allOf` require. */
  #ownSchemasOf(name: string): JsonSchema[] {
    return this.parts.flatMap(({ properties }) =>
      isObject(properties) && Object.hasOwn(properties, name) ? [properties[name] as JsonSchema] : [],
    );
  }

  #mayBeNamed(name: string): boolean {
    return this.parts.every(
      ({ propertyNames }) =>
        propertyNames === undefined || this.maker.evaluator.isValid(propertyNames as JsonSchema, name),
    );
  }

  /** Adds properties until there are as many as are asked for: optional ones first, then with names that the schemas allow. */
  #fill(count: number): void {
    for (const name of this.#known) if (this.#made.size < count) this.#addWithDependents(name);
    const most = Math.min(count, MAX_ADDED);
    for (const names of this.#freeNames()) {
      let failures = 0;
      for (const name of names) {
        if (this.#made.size >= most) return;
        if (failures > MAX_FAILURES) break;
        if (!this.#made.has(name) && !this.#add(name)) failures += 1;
      }
    }
  }

  /** Names that may be free, from each source of names. */
  *#freeNames(): Generator<Iterable<string>> {
    const named = this.parts.flatMap(({ propertyNames }) =>
      propertyNames === undefined ? [] : [propertyNames as JsonSchema],
    );
    const patterns = this.parts.flatMap(({ patternProperties }) =>
      isObject(patternProperties) ? Object.keys(patternProperties) : [],
    );
    if (named.length > 0) {
      yield this.#namesBy([...named, { type: 'string' }]);
      // Other names than those of a pattern may not have a value.
      for (const pattern of patterns) yield this.#namesBy([...named, { type: 'string', pattern }]);
    }
    for (const source of patterns) yield this.#namesByPattern(source);
    for (const source of patterns) yield this.#numberedNames(source);
    if (named.length === 0) for (const pattern of patterns) yield this.#namesBy([{ type: 'string', pattern }]);
    yield Array.from({ length: MAX_ADDED }, (_, i) => `property${i + 1}`);
  }

  /** Names that are valid by schemas, each of them new. */
  *#namesBy(schemas: readonly JsonSchema[]): Generator<string> {
    const tried = new Set<Json>();
    let failures = 0;
    const isNew = (name: Json) => !tried.has(name) && !this.#made.has(String(name));
    for (let i = 0; i < 2 * MAX_ADDED && failures <= MAX_MISSES; i++) {
      const place = { ...this.maker.below(this.place, 'key', 0, i), isNew };
      const name = this.maker.make(schemas, place);
      if (typeof name !== 'string' || !isNew(name)) {
        failures += 1;
        continue;
      }
      failures = 0;
      tried.add(name);
      yield name;
    }
  }

  *#namesByPattern(source: string): Generator<string> {
    for (let i = 0; i < TEXT_VARIANTS * 4; i++) {
      // Longer names differ from each other in more ways.
      const name = matchingText(source, this.maker.unicode, 1 + Math.floor(i / TEXT_VARIANTS), i);
      if (name === undefined) break;
      yield name;
    }
  }

  *#numberedNames(source: string): Generator<string> {
    const name = matchingText(source, this.maker.unicode, 1, 0) ?? '';
    for (let i = 1; i <= 40; i++) yield `${name}${i}`;
  }

  /** Adds properties that make the object invalid by alternatives that must not hold: their properties, with values that they do not allow. */
  #addStrange(): void {
    for (const part of this.parts) {
      const { oneOf, not, if: condition } = part;
      const alternatives = Array.isArray(oneOf) ? oneOf : alternativesOf(this.maker.schemas, part);
      const others = [...alternatives, not, condition];
      for (const other of others)
        for (const [name, schema] of this.#propertiesOf(other)) this.#addInvalid(name, schema);
    }
  }

  #propertiesOf(schema: Json | undefined): [name: string, schema: JsonSchema][] {
    const target =
      isObject(schema) && typeof schema['$ref'] === 'string' ? this.maker.schemas.at(schema['$ref']) : schema;
    if (!isObject(target) || !isObject(target['properties'])) return [];
    return Object.entries(target['properties']) as [string, JsonSchema][];
  }

  #addInvalid(name: string, schema: JsonSchema): void {
    if (this.#known.includes(name) || this.#made.size >= this.facets.maxProperties || !this.#mayBeNamed(name)) return;
    const allowed = this.schemasOf(name);
    if (allowed[0] === false) return;
    const { evaluator } = this.maker;
    const values: Json[] = ['', 0, true, null, 'string', -1.5, {}, []];
    const value = values.find(
      (one) => !evaluator.isValid(schema, one) && allowed.every((root) => evaluator.isValid(root, one)),
    );
    if (value !== undefined) this.#made.set(name, value);
  }

  /** The object with its properties in the order of the document. */
  #inOrder(): JsonObject {
    const result: JsonObject = {};
    const names = new Set([...this.#known, ...this.#made.keys()]);
    // Defined, not set: a property may be called __proto__.
    for (const name of names)
      if (this.#made.has(name))
        Object.defineProperty(result, name, {
          value: this.#made.get(name),
          enumerable: true,
          configurable: true,
          writable: true,
        });
    return result;
  }
}

/**
 * Whether a schema is a reference with `nullable` beside it. By OpenAPI 3.0 what stands beside a reference is ignored, so a client that follows it to the letter
 * does not expect null: where the object can be without the property, it is.
 */
function isNullableReference(schema: JsonSchema): boolean {
  if (!isObject(schema) || !Array.isArray(schema['anyOf']) || schema['anyOf'].length !== 2) return false;
  const [none, target] = schema['anyOf'];
  return isObject(none) && none['type'] === 'null' && isObject(target) && typeof target['$ref'] === 'string';
}

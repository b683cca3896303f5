/**
 * Evaluates converted schemas on values without compiling them.
 *
 * Made data is put together from many small parts, and each part of a schema is evaluated on a few values only, so compiling it would take longer than all of its
 * evaluations. The whole of what was made is checked by Ajv afterwards.
 * @module
 */
import { isObject, type Json, type JsonObject } from '../document/json.js';
import { hasFormat } from '../schema/formats.js';
import type { RegExpLike } from '../schema/pattern-compiler.js';
import { safePatterns } from '../schema/patterns.js';
import type { JsonSchema, Schemas } from '../schema/schemas.js';

/** Evaluations of schemas within each other. Deeper values count as valid. */
const MAX_DEPTH = 200;

/** Evaluates the schemas of a document. `unevaluatedProperties` and `unevaluatedItems` are left to Ajv. */
export class Evaluator {
  readonly #patterns = new Map<string, RegExpLike>();
  /** Evaluations that are left. Once there are none, every value counts as valid: schemas that refer to each other twice may take exponential time. */
  #left: number;
  /** Whether a schema had a keyword that is not evaluated, so that a valid value may be invalid. */
  isPartial = false;

  /** @param budget how many evaluations of one schema on one value there may be altogether */
  constructor(
    readonly schemas: Schemas,
    budget: number,
  ) {
    this.#left = budget;
  }

  /** How many evaluations are left. */
  get left(): number {
    return this.#left;
  }

  /** Whether the evaluations have been used up, so that results are not certain. */
  get isExhausted(): boolean {
    return this.#left <= 0;
  }

  /** Whether a value is valid. */
  isValid(schema: JsonSchema, value: Json, depth = 0): boolean {
    if (typeof schema === 'boolean') return schema;
    this.#left -= 1;
    if (depth > MAX_DEPTH || this.#left <= 0) return true;
    const { $ref } = schema;
    this.isPartial ||= schema['unevaluatedProperties'] !== undefined || schema['unevaluatedItems'] !== undefined;
    if (typeof $ref === 'string' && !this.isValid(this.schemas.at($ref) ?? true, value, depth + 1)) return false;
    return (
      this.#isOfType(schema, value) &&
      this.#isValidByType(schema, value, depth) &&
      this.#isComposed(schema, value, depth)
    );
  }

  /** Whether a text matches a pattern of a schema. */
  matches(source: string, text: string): boolean {
    let pattern = this.#patterns.get(source);
    if (pattern === undefined) {
      pattern = safePatterns(this.schemas.document.dialect)(source);
      this.#patterns.set(source, pattern);
    }
    return pattern.test(text);
  }

  #isOfType({ type, enum: listed, const: constant }: JsonObject, value: Json): boolean {
    if (type !== undefined && !(Array.isArray(type) ? type : [type]).some((one) => hasType(value, String(one))))
      return false;
    if (Array.isArray(listed) && !listed.some((one) => isEqual(one, value))) return false;
    return constant === undefined || isEqual(constant, value);
  }

  #isValidByType(schema: JsonObject, value: Json, depth: number): boolean {
    if (typeof value === 'string') return this.#isValidText(schema, value);
    if (typeof value === 'number') return isValidNumber(schema, value);
    if (Array.isArray(value)) return this.#isValidList(schema, value, depth);
    return isObject(value) ? this.#isValidMap(schema, value, depth) : true;
  }

  #isValidText({ minLength, maxLength, pattern, format }: JsonObject, value: string): boolean {
    if (typeof minLength === 'number' && (value.length < minLength || textLength(value) < minLength)) return false;
    if (typeof maxLength === 'number' && value.length > maxLength && textLength(value) > maxLength) return false;
    if (typeof format === 'string' && !hasFormat(format, value)) return false;
    return typeof pattern !== 'string' || this.matches(pattern, value);
  }

  #isValidList(schema: JsonObject, value: readonly Json[], depth: number): boolean {
    const { minItems, maxItems, uniqueItems, prefixItems, items, contains } = schema;
    if (typeof minItems === 'number' && value.length < minItems) return false;
    if (typeof maxItems === 'number' && value.length > maxItems) return false;
    if (uniqueItems === true && !areUnique(value)) return false;
    const first = Array.isArray(prefixItems) ? (prefixItems as JsonSchema[]) : [];
    for (const [i, one] of value.entries()) {
      const schemaOfItem = first[i] ?? (items as JsonSchema | undefined);
      if (schemaOfItem !== undefined && !this.isValid(schemaOfItem, one, depth + 1)) return false;
    }
    if (contains === undefined) return true;
    const found = value.filter((one) => this.isValid(contains as JsonSchema, one, depth + 1)).length;
    const least = typeof schema['minContains'] === 'number' ? schema['minContains'] : 1;
    return found >= least && (typeof schema['maxContains'] !== 'number' || found <= schema['maxContains']);
  }

  #isValidMap(schema: JsonObject, value: JsonObject, depth: number): boolean {
    const { required, minProperties, maxProperties, propertyNames, dependentRequired, dependentSchemas } = schema;
    const names = Object.keys(value);
    const has = (name: Json) => Object.hasOwn(value, String(name));
    if (Array.isArray(required) && !required.every(has)) return false;
    if (typeof minProperties === 'number' && names.length < minProperties) return false;
    if (typeof maxProperties === 'number' && names.length > maxProperties) return false;
    for (const [name, others] of isObject(dependentRequired) ? Object.entries(dependentRequired) : [])
      if (has(name) && Array.isArray(others) && !others.every(has)) return false;
    for (const [name, one] of isObject(dependentSchemas) ? Object.entries(dependentSchemas) : [])
      if (has(name) && !this.isValid(one as JsonSchema, value, depth + 1)) return false;
    for (const name of names) {
      if (propertyNames !== undefined && !this.isValid(propertyNames as JsonSchema, name, depth + 1)) return false;
      for (const one of this.schemasOfProperty(schema, name))
        if (!this.isValid(one, value[name]!, depth + 1)) return false;
    }
    return true;
  }

  /** The schemas that `properties`, `patternProperties` and `additionalProperties` of a schema say for a property. */
  schemasOfProperty(schema: JsonObject, name: string): JsonSchema[] {
    const { properties, patternProperties, additionalProperties } = schema;
    const found: JsonSchema[] = [];
    if (isObject(properties) && Object.hasOwn(properties, name)) found.push(properties[name] as JsonSchema);
    for (const [source, one] of isObject(patternProperties) ? Object.entries(patternProperties) : [])
      if (this.matches(source, name)) found.push(one as JsonSchema);
    if (found.length === 0 && additionalProperties !== undefined) found.push(additionalProperties as JsonSchema);
    return found;
  }

  #isComposed(schema: JsonObject, value: Json, depth: number): boolean {
    const { allOf, anyOf, oneOf, not, if: condition } = schema;
    const holds = (one: Json) => this.isValid(one as JsonSchema, value, depth + 1);
    if (Array.isArray(allOf) && !allOf.every(holds)) return false;
    // All alternatives are evaluated, as Ajv does, so that the budget covers its work as well.
    if (Array.isArray(anyOf) && anyOf.filter(holds).length === 0) return false;
    if (Array.isArray(oneOf) && oneOf.filter(holds).length !== 1) return false;
    if (not !== undefined && holds(not)) return false;
    if (condition === undefined) return true;
    const consequence = holds(condition) ? schema['then'] : schema['else'];
    return consequence === undefined || holds(consequence);
  }
}

function isValidNumber(schema: JsonObject, value: number): boolean {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf, format } = schema;
  if (typeof minimum === 'number' && value < minimum) return false;
  if (typeof maximum === 'number' && value > maximum) return false;
  if (typeof exclusiveMinimum === 'number' && value <= exclusiveMinimum) return false;
  if (typeof exclusiveMaximum === 'number' && value >= exclusiveMaximum) return false;
  if (typeof multipleOf === 'number' && !isMultiple(value, multipleOf)) return false;
  return typeof format !== 'string' || hasFormat(format, value);
}

/** Whether a number is a multiple of another in decimal: 19.99 is a multiple of 0.01, although it is not in binary. */
export function isMultiple(value: number, of: number): boolean {
  const quotient = value / of;
  return Math.abs(Math.round(quotient) - quotient) < 1e-9;
}

/** Whether a value is of a JSON Schema type. */
export function hasType(value: Json, type: string): boolean {
  switch (type) {
    case 'null':
      return value === null;
    case 'array':
      return Array.isArray(value);
    case 'object':
      return isObject(value);
    case 'integer':
      return typeof value === 'number' && Number.isInteger(value);
    default:
      return typeof value === type;
  }
}

/** Whether two values are equal, as JSON Schema compares them. */
export function isEqual(a: Json, b: Json): boolean {
  if (a === b) return true;
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((one, i) => isEqual(one, b[i]!));
  if (!isObject(a) || !isObject(b)) return false;
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && isEqual(a[name]!, b[name]!))
  );
}

/** Whether no two values of a list are equal. */
export function areUnique(list: readonly Json[]): boolean {
  return new Set(list.map(canonicalText)).size === list.length;
}

/** A text that two values have in common only if they are equal. */
export function canonicalText(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const names = Object.keys(value).sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonicalText(value[name]!)}`).join(',')}}`;
}

/** The length of a text as JSON Schema counts it: in characters, not in UTF-16 code units. */
export function textLength(text: string): number {
  let length = text.length;
  for (let i = 0; i + 1 < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0xd800 || code > 0xdbff) continue;
    const next = text.charCodeAt(i + 1);
    if (next >= 0xdc00 && next <= 0xdfff) {
      length -= 1;
      i += 1;
    }
  }
  return length;
}

/**
 * Schemas of a document as JSON Schema 2020-12, which Ajv checks.
 * @module
 */
import { isObject, type Json, type JsonObject, listOf, objectOf } from '../api/json.js';
import type { Source } from '../api/source.js';

/** Requests have no `readOnly` properties, and answers no `writeOnly` ones: neither is asked for. */
export type Direction = 'request' | 'answer';

const TYPES = new Set(['null', 'boolean', 'object', 'array', 'number', 'string', 'integer']);
const COUNTS = ['minLength', 'maxLength', 'minItems', 'maxItems', 'minProperties', 'maxProperties'];
const NUMBERS = ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'];
/** Examples stay, so that an error can be traced to an example of the document. */
const COPIED = ['format', 'example', 'examples', 'default', 'uniqueItems'];
const NEWER_COPIED = ['const', 'minContains', 'maxContains', 'dependentRequired'];
const NEWER_SCHEMAS = ['if', 'then', 'else', 'contains', 'propertyNames', 'unevaluatedItems', 'unevaluatedProperties'];

/** Converts schemas of any version to JSON Schema 2020-12. */
export class Converter {
  constructor(
    readonly source: Source,
    readonly direction: Direction,
    /** Says under which name the schema of a reference is kept. */
    readonly nameOf: (reference: string) => string,
  ) {}

  convert(given: Json | undefined): JsonObject | boolean {
    if (typeof given === 'boolean') return given;
    if (!isObject(given)) return true;
    const { $ref: reference } = given;
    const newer = this.source.dialect === '3.1';
    if (typeof reference === 'string') {
      // A reference that leads out of the document, or to nothing, cannot be checked.
      const target = this.source.at(reference) === undefined ? {} : { $ref: this.nameOf(reference) };
      if (newer) return { ...target, ...this.#keywords(given) };
      // Ignored beside a reference in OAS 3.0, but written to mean null: null is neither sent nor counted as a fault.
      return isNullable(given) ? { anyOf: [{ type: 'null' }, target] } : target;
    }
    const converted = this.#keywords(given);
    // "nullable" without "type" says nothing in OAS 3.0.3, but is written to mean null.
    return !newer && isNullable(given) ? { anyOf: [{ type: 'null' }, converted] } : converted;
  }

  #keywords(given: JsonObject): JsonObject {
    const out: Record<string, Json> = {};
    const newer = this.source.dialect === '3.1';
    const copy = (keys: readonly string[], fits: (value: Json) => boolean) => {
      for (const key of keys) {
        const value = given[key];
        if (value !== undefined && fits(value)) out[key] = value;
      }
    };
    const types = [given['type'] ?? []].flat().filter((type) => TYPES.has(String(type)));
    if (types.length > 0) out['type'] = types.length === 1 ? types[0]! : types;
    if (Array.isArray(given['enum']) && given['enum'].length > 0) out['enum'] = unique(given['enum']);
    // No answer could fit: the type is wrong, and the values are what the document means.
    if (
      this.direction === 'answer' &&
      out['enum'] !== undefined &&
      !listOf(out['enum']).some((one) => isOfType(one, types))
    )
      delete out['type'];
    copy(COUNTS, (value) => Number.isInteger(value) && Number(value) >= 0);
    copy(NUMBERS, (value) => typeof value === 'number');
    copy(COPIED, () => true);
    copy(['pattern'], (value) => typeof value === 'string');
    if (Number(out['multipleOf']) <= 0) delete out['multipleOf'];
    if (newer) copy(NEWER_COPIED, () => true);
    else olderBounds(given, out);
    this.#subschemas(given, out, newer);
    return out;
  }

  #subschemas(given: JsonObject, out: Record<string, Json>, newer: boolean): void {
    for (const key of ['allOf', 'anyOf', 'oneOf', ...(newer ? ['prefixItems'] : [])]) {
      const list = listOf(given[key]);
      if (list.length > 0) out[key] = list.map((one) => this.convert(one));
    }
    for (const key of ['not', 'additionalProperties', ...(newer ? NEWER_SCHEMAS : [])])
      if (given[key] !== undefined) out[key] = this.convert(given[key]);
    if (isObject(given['items']) || typeof given['items'] === 'boolean') out['items'] = this.convert(given['items']);
    for (const key of ['properties', ...(newer ? ['patternProperties', 'dependentSchemas'] : [])])
      if (isObject(given[key]))
        out[key] = Object.fromEntries(Object.entries(given[key]).map(([name, one]) => [name, this.convert(one)]));
    const required = listOf(given['required']).filter((name) => typeof name === 'string');
    const asked = required.filter((name) => !this.isOneWay(objectOf(given['properties'])[name]));
    if (asked.length > 0) out['required'] = [...new Set(asked)];
  }

  /** Whether a property belongs to the other direction only. */
  isOneWay(property: Json | undefined): boolean {
    const key = this.direction === 'request' ? 'readOnly' : 'writeOnly';
    return isObject(property) && (property[key] === true || this.source.follow(property)?.[key] === true);
  }
}

function isNullable(given: JsonObject): boolean {
  return given['nullable'] === true || given['x-nullable'] === true;
}

/** In Swagger 2.0 and OpenAPI 3.0, `exclusiveMinimum` is a flag of `minimum`. */
function olderBounds(given: JsonObject, out: Record<string, Json>): void {
  for (const [flag, bound] of [
    ['exclusiveMinimum', 'minimum'],
    ['exclusiveMaximum', 'maximum'],
  ] as const) {
    delete out[flag];
    if (given[flag] !== true || typeof out[bound] !== 'number') continue;
    out[flag] = out[bound];
    delete out[bound];
  }
}

function isOfType(value: Json, types: readonly Json[]): boolean {
  return types.some((type) => {
    if (type === 'null') return value === null;
    if (type === 'array') return Array.isArray(value);
    if (type === 'object') return isObject(value);
    return type === 'integer' ? Number.isInteger(value) : typeof value === type;
  });
}

function unique(values: readonly Json[]): Json[] {
  return [...new Map(values.map((one) => [JSON.stringify(one), one])).values()];
}

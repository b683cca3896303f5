/**
 * The bounds that several schemas set together.
 * @module
 */
import type { JsonObject } from '../document/json.js';

/** Bounds of numbers, texts, lists and maps. A bound that no schema sets is infinite. */
export interface Facets {
  readonly minimum: number;
  readonly maximum: number;
  readonly exclusiveMinimum: number;
  readonly exclusiveMaximum: number;
  readonly multiples: readonly number[];
  readonly minLength: number;
  readonly maxLength: number;
  readonly patterns: readonly string[];
  readonly formats: readonly string[];
  readonly minItems: number;
  readonly maxItems: number;
  readonly isUnique: boolean;
  readonly minProperties: number;
  readonly maxProperties: number;
  readonly required: ReadonlySet<string>;
}

/** Reads the bounds of all schemas. */
export function facetsOf(parts: readonly JsonObject[]): Facets {
  const numbers = (key: string) => parts.map((part) => part[key]).filter((value) => typeof value === 'number');
  const texts = (key: string) => [
    ...new Set(parts.map((part) => part[key]).filter((value) => typeof value === 'string')),
  ];
  const lowest = (key: string) => Math.min(...numbers(key));
  const highest = (key: string) => Math.max(...numbers(key));
  return {
    minimum: highest('minimum'),
    maximum: lowest('maximum'),
    exclusiveMinimum: highest('exclusiveMinimum'),
    exclusiveMaximum: lowest('exclusiveMaximum'),
    multiples: numbers('multipleOf'),
    minLength: Math.max(0, highest('minLength')),
    maxLength: lowest('maxLength'),
    patterns: texts('pattern'),
    formats: texts('format'),
    minItems: Math.max(0, highest('minItems')),
    maxItems: lowest('maxItems'),
    isUnique: parts.some(({ uniqueItems }) => uniqueItems === true),
    minProperties: Math.max(0, highest('minProperties')),
    maxProperties: lowest('maxProperties'),
    required: new Set(parts.flatMap(({ required }) => (Array.isArray(required) ? required.map(String) : []))),
  };
}

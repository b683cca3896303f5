/**
 * What the parts of a maker share: the place of a value, and how a part of it is made.
 * @module
 */
import { isObject, type Json } from '../document/json.js';
import type { JsonSchema, Schemas } from '../schema/schemas.js';
import type { Evaluator } from './evaluate.js';

/** The result where no valid value was found. */
export const FAILED = Symbol('failed');
/** A made value. */
export type Made = Json | typeof FAILED;

/** Where a value is made, and which of the possible values is wanted. */
export interface Place {
  /** Name of the property. Items of lists have the name of their list. */
  readonly name: string;
  /** Different numbers make different values, where the schema allows it. */
  readonly ordinal: number;
  /** 0: the most natural value. Other variants differ in kind: without optional properties, with shorter or longer texts, with other numbers. */
  readonly variant: number;
  /** How often each reference has been entered on the way to this place. */
  readonly path: ReadonlyMap<string, number>;
  /** About how many values may still be made below this place. Below 1, only what is required is made. */
  readonly allowance: number;
  readonly depth: number;
  /** Whether a value differs from those that it must differ from, such as the names that an object has already. Default: every value does. Parts of the value are not asked. */
  readonly isNew?: ((value: Json) => boolean) | undefined;
}

/** Bounds and purpose of a maker. */
export interface MakerOptions {
  /** How often a reference may be entered within itself. 0 cuts recursion at the first place that allows it. */
  readonly repeats: number;
  /** Whether to make the nearest value where no valid one is found, instead of failing. */
  readonly lenient: boolean;
}

/** The maker, as the code for lists and objects sees it. */
export interface PartMaker {
  readonly schemas: Schemas;
  readonly options: MakerOptions;
  readonly evaluator: Evaluator;
  /** Whether patterns have the `u` flag. */
  readonly unicode: boolean;
  /** Makes a value for which all schemas hold. */
  make(roots: readonly JsonSchema[], place: Place): Made;
  /** The place of a part of a value. @param share of what may still be made */
  below(place: Place, name: string, share: number, ordinal?: number): Place;
}

/** Whether the schemas are for scalars only, as far as can be seen at once. */
export function isScalar(schemas: Schemas, schema: JsonSchema): boolean {
  const plain =
    isObject(schema) && typeof schema['$ref'] === 'string' ? (schemas.at(schema['$ref']) ?? schema) : schema;
  if (!isObject(plain)) return true;
  const { type } = plain;
  const types = Array.isArray(type) ? type : [type];
  return plain['enum'] !== undefined || types.every((one) => one !== undefined && one !== 'object' && one !== 'array');
}

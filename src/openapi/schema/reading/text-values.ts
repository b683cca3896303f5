/**
 * Converts texts to the types of a schema. Where several types are possible, the first conversion that is valid by the schema is taken.
 * @module
 */
import { isObject, type Json } from '../../document/json.js';
import type { SchemaCheck } from '../schema-check.js';
import type { JsonSchema } from '../schemas.js';
import type { JsonType, Shapes } from './shapes.js';

/** A number as clients write it. */
const NUMBER = /^-?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?$/;

/** Converts texts by the schemas of a document. */
export class TextValues {
  constructor(
    readonly shapes: Shapes,
    /** The check of a schema, without conversion. */
    readonly checkOf: (schema: JsonSchema) => SchemaCheck,
  ) {}

  /** The value of a text. A text that fits no type of the schema is returned as it is, and is invalid. */
  read(text: string, schema: JsonSchema): unknown {
    const types = this.shapes.types(schema);
    if (types === undefined || !isObject(schema)) return text;
    const constants = this.shapes
      .values(schema)
      .filter((value) => typeof value !== 'string' && value !== null && String(value) === text);
    const candidates: Json[] = [...constants, ...scalars(text, types)];
    return candidates.length === 0 ? text : this.choose(candidates, schema);
  }

  /** The first of several values that is valid by a schema; the first of all if none is. */
  choose(candidates: readonly unknown[], schema: JsonSchema): unknown {
    if (candidates.length === 1) return candidates[0];
    const check = this.checkOf(schema);
    const valid = candidates.findIndex((one) => check(one));
    return candidates[Math.max(valid, 0)];
  }

  /** Whether a value of the schema may be of a type. @param otherwise the answer if the schema says nothing about types */
  allows(schema: JsonSchema, type: JsonType, otherwise = false): boolean {
    return this.shapes.types(schema)?.has(type) ?? otherwise;
  }
}

function scalars(text: string, types: ReadonlySet<JsonType>): Json[] {
  const values: Json[] = [];
  if ((types.has('integer') || types.has('number')) && NUMBER.test(text)) values.push(Number(text));
  if (types.has('boolean') && (text === 'true' || text === 'false')) values.push(text === 'true');
  if (types.has('string')) values.push(text);
  if (types.has('null') && (text === '' || text === 'null')) values.push(null);
  return values;
}

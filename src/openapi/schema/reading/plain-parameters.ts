/**
 * Tells parameters that can be validated as they are sent from those that must be read by their style and schema first.
 * @module
 */
import { isObject, type JsonObject } from '../../document/json.js';
import type { Parameter } from '../../document/operation.js';
import type { SchemaCheck } from '../schema-check.js';
import type { Schemas } from '../schemas.js';

/** Keywords that depend on the type that a text is converted to. */
const COMPOSING = ['$ref', 'allOf', 'anyOf', 'oneOf', 'not', 'if', 'const'];

/** Types of which a text is converted without doubt. */
const SCALARS = new Set(['string', 'integer', 'number', 'boolean']);

/** Whether a parameter is one text in the default style of its place, of one simple type. @param checkAt the check of a schema by its address, which converts texts */
export function isPlainParameter(
  { name, in: place, style, mediaType, allowEmptyValue, schema, default: otherwise, required }: Parameter,
  schemas: Schemas,
  checkAt: (address: string) => SchemaCheck,
): boolean {
  // Ajv skips a property of this name.
  if (name === '__proto__') return false;
  if (place === 'cookie' || place === 'querystring' || mediaType !== undefined || allowEmptyValue) return false;
  if (style !== 'simple' && style !== 'form') return false;
  if (schema === undefined) return true;
  const address = schemas.addressOf(schema, 'request');
  const plain = schemas.at(address);
  if (plain === true) return true;
  if (!isObject(plain) || !isFlat(plain)) return false;
  // A required parameter has no default; a default that is invalid must not make requests invalid.
  return otherwise === undefined || (!required && otherwise !== null && checkAt(address)(otherwise));
}

function isFlat(schema: JsonObject): boolean {
  if (COMPOSING.some((keyword) => keyword in schema)) return false;
  const { type } = schema;
  if (type === undefined) return Object.keys(schema).every((keyword) => keyword === 'default');
  if (Array.isArray(type)) return type.length === 2 && type.includes('string') && type.includes('null');
  return SCALARS.has(type as string);
}

/**
 * What a schema expects in place of a value that violates it.
 * @module
 */
import type { Json } from '../document/json.js';
import type { SchemaFault } from '../schema/schema-check.js';

/** The parameter of each keyword that says what is expected. */
const PARAMETERS: Readonly<Record<string, string>> = {
  type: 'type',
  enum: 'allowedValues',
  const: 'allowedValue',
  pattern: 'pattern',
  format: 'format',
  minimum: 'limit',
  maximum: 'limit',
  exclusiveMinimum: 'limit',
  exclusiveMaximum: 'limit',
  minLength: 'limit',
  maxLength: 'limit',
  minItems: 'limit',
  maxItems: 'limit',
  minProperties: 'limit',
  maxProperties: 'limit',
  multipleOf: 'multipleOf',
};

/** The expected type, values, pattern, format or bound; `undefined` for keywords that expect nothing that is one value. */
export function expectedOf({ keyword, params }: Pick<SchemaFault, 'keyword' | 'params'>): Json | undefined {
  const name = Object.hasOwn(PARAMETERS, keyword) ? PARAMETERS[keyword] : undefined;
  return name === undefined ? undefined : (params[name] as Json | undefined);
}

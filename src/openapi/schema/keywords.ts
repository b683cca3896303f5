/**
 * The keywords of schemas: what their values must be, and which hold further schemas. A keyword with another value is ignored with a notice, so that the rest of
 * its schema can be used.
 * @module
 */
import { isObject, type Json } from '../document/json.js';

/** Keywords whose value is one schema. */
export const ONE_SCHEMA = new Set([
  'not',
  'if',
  'then',
  'else',
  'contains',
  'propertyNames',
  'additionalProperties',
  'unevaluatedProperties',
  'unevaluatedItems',
  'items',
  'additionalItems',
  'contentSchema',
]);
/** Keywords whose value is a list of schemas. */
export const LIST_OF_SCHEMAS = new Set(['allOf', 'anyOf', 'oneOf', 'prefixItems']);
/** Keywords whose value is a map of schemas. */
export const MAP_OF_SCHEMAS = new Set(['properties', 'patternProperties', 'dependentSchemas']);

const TYPES = new Set(['null', 'boolean', 'object', 'array', 'number', 'integer', 'string']);

const isNumber = (value: Json) => typeof value === 'number' && Number.isFinite(value);
const isCount = (value: Json) => Number.isSafeInteger(value) && (value as number) >= 0;
const isText = (value: Json) => typeof value === 'string';
const isFlag = (value: Json) => typeof value === 'boolean';
const isNames = (value: Json) => Array.isArray(value) && value.every(isText);
const isSchema = (value: Json) => typeof value === 'boolean' || isObject(value);
const isSchemas = (value: Json) => Array.isArray(value) && value.length > 0 && value.every(isSchema);
const isSchemaMap = (value: Json) => isObject(value) && Object.values(value).every(isSchema);
const isType = (value: Json) => typeof value === 'string' && TYPES.has(value);

type Rule = readonly [test: (value: Json) => boolean, expected: string];

const NUMBER: Rule = [isNumber, 'a number'];
const COUNT: Rule = [isCount, 'an integer that is not negative'];
const FLAG: Rule = [isFlag, 'true or false'];
const SCHEMA: Rule = [isSchema, 'a schema'];
const SCHEMAS: Rule = [isSchemas, 'a list of schemas'];
const SCHEMA_MAP: Rule = [isSchemaMap, 'a map of schemas'];

const RULES: Readonly<Record<string, Rule>> = {
  type: [
    (value) => isType(value) || (Array.isArray(value) && value.length > 0 && value.every(isType)),
    `one of ${[...TYPES].join(', ')}, or a list of them`,
  ],
  enum: [(value) => Array.isArray(value) && value.length > 0, 'a list of at least one value'],
  multipleOf: [(value) => isNumber(value) && (value as number) > 0, 'a number above 0'],
  maximum: NUMBER,
  minimum: NUMBER,
  exclusiveMaximum: [(value) => isNumber(value) || isFlag(value), 'a number (in OpenAPI 3.0 true or false)'],
  exclusiveMinimum: [(value) => isNumber(value) || isFlag(value), 'a number (in OpenAPI 3.0 true or false)'],
  maxLength: COUNT,
  minLength: COUNT,
  pattern: [isText, 'a text'],
  contentMediaType: [isText, 'a text'],
  contentSchema: SCHEMA,
  maxItems: COUNT,
  minItems: COUNT,
  uniqueItems: FLAG,
  maxContains: COUNT,
  minContains: COUNT,
  maxProperties: COUNT,
  minProperties: COUNT,
  required: [isNames, 'a list of names'],
  dependentRequired: [(value) => isObject(value) && Object.values(value).every(isNames), 'a map of lists of names'],
  format: [isText, 'a text'],
  nullable: FLAG,
  readOnly: FLAG,
  writeOnly: FLAG,
  $ref: [isText, 'a text'],
  items: [(value) => isSchema(value) || isSchemas(value), 'a schema'],
  ...Object.fromEntries([...ONE_SCHEMA].filter((key) => key !== 'items').map((key) => [key, SCHEMA])),
  ...Object.fromEntries([...LIST_OF_SCHEMAS].map((key) => [key, SCHEMAS])),
  ...Object.fromEntries([...MAP_OF_SCHEMAS].map((key) => [key, SCHEMA_MAP])),
};

/** Keywords that any value fits. */
const ANY_VALUE = new Set(['const', 'default', 'xml']);

/** Whether a keyword takes part in validation, or in reading (`xml`). All others are left out of converted schemas: data in them must not be taken for schemas. */
export function isUsed(keyword: string): boolean {
  return Object.hasOwn(RULES, keyword) || ANY_VALUE.has(keyword);
}

/** What the value of a keyword should be; `undefined` if it is right, or if the keyword is not one that is used. */
export function expectedOf(keyword: string, value: Json): string | undefined {
  const rule = Object.hasOwn(RULES, keyword) ? RULES[keyword]! : undefined;
  return rule === undefined || rule[0](value) ? undefined : rule[1];
}

/** The value of a keyword as it is used: numbers and flags that are written as texts count. `undefined` if it must be ignored. */
export function usable(keyword: string, value: Json): Json | undefined {
  if (expectedOf(keyword, value) === undefined) return value;
  // Values inside of a map or a list that are no schema are ignored one by one.
  if (MAP_OF_SCHEMAS.has(keyword) && isObject(value))
    return Object.fromEntries(Object.entries(value).filter(([, one]) => isSchema(one)));
  if (LIST_OF_SCHEMAS.has(keyword) && Array.isArray(value)) {
    const schemas = value.filter(isSchema);
    return schemas.length === 0 ? undefined : schemas;
  }
  if (keyword === 'required' && Array.isArray(value)) return value.filter(isText);
  if (keyword === 'type' && Array.isArray(value)) {
    const types = value.filter(isType);
    return types.length === 0 ? undefined : types;
  }
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  const read = value === 'true' ? true : value === 'false' ? false : Number(value);
  return expectedOf(keyword, read) === undefined ? read : undefined;
}

/**
 * Decides how defaults are filled into a value. A schema fills in defaults if there is one anywhere in the schemas that are reachable.
 * @module
 */
import { isObject, type Json, type JsonObject } from '../document/json.js';
import { Shapes, typeOf } from './reading/shapes.js';
import { type JsonSchema, referencesIn, type Schemas } from './schemas.js';

/**
 * `at once`: validation fills in defaults. `afterwards`: a valid value is filled, because a default that is filled in earlier could change the result: one of
 * an alternative that does not apply, or one of a property that is required.
 */
export type Filling = 'nothing' | 'at once' | 'afterwards';

/** Whether a value is valid by a schema. */
export type Accepts = (schema: JsonSchema, value: Json) => boolean;

/** Keywords whose schemas may not apply to a value. The validator ignores defaults in them, but not those of schemas that they refer to. */
const CONDITIONAL = ['anyOf', 'oneOf', 'not', 'if', 'contains', 'propertyNames'];

/** Keywords other than types and values by which a default may be invalid. */
const BOUNDS = [
  ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf', 'minLength', 'maxLength', 'pattern'],
  ...['format', 'minItems', 'maxItems', 'uniqueItems', 'items', 'properties', 'required', 'not'],
];

/** How the schema at an address fills in defaults. @param accepts whether a value is valid by a schema */
export function fillingBy(schemas: Schemas, address: string, accepts: Accepts): Filling {
  const shapes = new Shapes(schemas);
  const conditional: string[] = [];
  let fills = false;
  let isOdd = false;
  for (const one of schemas.reachable([address])) {
    eachSchema(schemas.at(one) ?? true, (schema) => {
      fills ||= schema['default'] !== undefined;
      isOdd ||= requiresDefault(schema) || hasOddDefault(schema, shapes, accepts);
      for (const keyword of CONDITIONAL) {
        const held = schema[keyword];
        if (held !== undefined)
          for (const inner of Array.isArray(held) ? held : [held])
            conditional.push(...referencesIn(inner as JsonSchema));
      }
    });
  }
  if (!fills) return 'nothing';
  if (isOdd) return 'afterwards';
  const isAmbiguous = schemas.reachable(conditional).some((one) => {
    let found = false;
    eachSchema(schemas.at(one) ?? true, (schema) => {
      found ||= schema['default'] !== undefined;
    });
    return found;
  });
  return isAmbiguous ? 'afterwards' : 'at once';
}

/** Visits a schema and all maps in it. Uses a stack instead of recursion, because schemas may be nested deeply. */
function eachSchema(schema: Json, visit: (schema: JsonObject) => void): void {
  const stack: Json[] = [schema];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    if (next === null || typeof next !== 'object') continue;
    if (isObject(next)) visit(next);
    stack.push(...Object.values(next));
  }
}

/** Whether a schema has a default that is, or may be, invalid by itself. It must not make requests invalid. */
function hasOddDefault(schema: JsonObject, shapes: Shapes, accepts: Accepts): boolean {
  const { default: value } = schema;
  if (value === undefined) return false;
  const values = shapes.values(schema);
  if (values.length > 0 && !values.some((one) => one === value)) return true;
  const types = shapes.types(schema);
  const own = typeOf(value);
  if (types !== undefined && !types.has(own) && !(own === 'integer' && types.has('number'))) return true;
  const hasBounds = shapes.parts(schema).some((part) => BOUNDS.some((keyword) => part[keyword] !== undefined));
  return hasBounds && !accepts(schema, value);
}

function requiresDefault({ required, properties }: { [key: string]: Json }): boolean {
  if (!Array.isArray(required) || !isObject(properties)) return false;
  return required.some((name) => {
    const property = typeof name === 'string' && Object.hasOwn(properties, name) ? properties[name] : undefined;
    return isObject(property) && Object.hasOwn(property, 'default');
  });
}

/**
 * Decides whether validation by a schema may change a value. It may if there is a default anywhere in the schemas that are reachable.
 * @module
 */
import { isObject, type Json } from '../document/json.js';
import type { Schemas } from './schemas.js';

/** Whether the schema at an address may fill in defaults. */
export function mayFill(schemas: Schemas, address: string): boolean {
  return schemas.reachable([address]).some((one) => hasDefault(schemas.at(one) ?? true));
}

function hasDefault(schema: Json): boolean {
  // A stack instead of recursion, because schemas may be nested deeply.
  const stack: Json[] = [schema];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    if (next === null || typeof next !== 'object') continue;
    if (isObject(next) && Object.hasOwn(next, 'default')) return true;
    stack.push(...Object.values(next));
  }
  return false;
}

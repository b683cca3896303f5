/**
 * Decides whether validation by a schema may change a value. It may if there is a default anywhere in the schemas that are reachable.
 * @module
 */
import type { JsonObject } from '../document/document.js';

/** Whether the schema may fill in defaults. @param pointer pointer of the schema: `#/components/schemas/Link` */
export function mayFill(root: JsonObject, pointer: string): boolean {
  const seen = new Set<string>();
  const stack: unknown[] = [{ $ref: pointer }];
  // A stack instead of recursion, because schemas may be nested deeply.
  for (let schema = stack.pop(); schema !== undefined; schema = stack.pop()) {
    if (schema === null || typeof schema !== 'object') continue;
    if (Object.hasOwn(schema, 'default')) return true;
    const { $ref: reference } = schema as { $ref?: unknown };
    if (typeof reference === 'string' && !seen.has(reference)) {
      seen.add(reference);
      const target = targetOf(root, reference);
      // A reference that cannot be resolved may lead to a default.
      if (target === undefined) return true;
      stack.push(target);
    }
    for (const inner of Object.values(schema)) stack.push(inner);
  }
  return false;
}

function targetOf(root: JsonObject, reference: string): unknown {
  if (!reference.startsWith('#/')) return undefined;
  let target: unknown = root;
  for (const part of reference.slice(2).split('/')) {
    const key = decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');
    if (target === null || typeof target !== 'object' || !Object.hasOwn(target, key)) return undefined;
    target = (target as JsonObject)[key];
  }
  return target;
}

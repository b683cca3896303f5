/**
 * Whether holding a value to a schema may change it: where there is a default anywhere in what the schema reaches, it may be filled in.
 * @module
 */
import type { JsonObject } from './document.js';

/** @param pointer of the schema in the document: `#/components/schemas/Link` */
export function mayFill(root: JsonObject, pointer: string): boolean {
  const seen = new Set<string>();
  const waiting: unknown[] = [{ $ref: pointer }];
  // A list of what waits, in place of a call within a call: schemas may lie very deep in one another.
  for (let schema = waiting.pop(); schema !== undefined; schema = waiting.pop()) {
    if (schema === null || typeof schema !== 'object') continue;
    if (Object.hasOwn(schema, 'default')) return true;
    const { $ref: reference } = schema as { $ref?: unknown };
    if (typeof reference === 'string' && !seen.has(reference)) {
      seen.add(reference);
      const target = targetOf(root, reference);
      // Whatever cannot be followed may do anything.
      if (target === undefined) return true;
      waiting.push(target);
    }
    for (const inner of Object.values(schema)) waiting.push(inner);
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

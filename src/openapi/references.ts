/**
 * Checks that every reference in a document leads somewhere, so that a broken one is told when the document is loaded and not when it is first needed.
 * @module
 */
import { isObject, type Json, type OpenApiDocument } from './document.js';

/** Keys whose values are data: what looks like a reference in there is none. */
const DATA = new Set(['example', 'default', 'enum', 'const', 'value']);
/** Maps whose keys are names that somebody chose, `example` and the like included. */
const NAMES = new Set(['properties', 'patternProperties', 'schemas', '$defs', 'definitions']);

/** @throws DocumentError */
export function checkReferences(document: OpenApiDocument): void {
  walk(document, document.root, []);
}

function walk(document: OpenApiDocument, value: Json, path: readonly string[]): void {
  if (Array.isArray(value)) {
    // As JSON Schema has them: a list of values.
    if (path.at(-1) === 'examples') return;
    for (const [i, item] of value.entries()) if (isNested(item)) walk(document, item, [...path, String(i)]);
    return;
  }
  if (!isObject(value)) return;
  if (typeof value['$ref'] === 'string') document.follow(value, [], path);
  const named = NAMES.has(path.at(-1) ?? '');
  for (const [key, inner] of Object.entries(value)) {
    if (!isNested(inner) || (DATA.has(key) && !named) || key.startsWith('x-')) continue;
    walk(document, inner, [...path, key]);
  }
}

function isNested(value: Json): boolean {
  return value !== null && typeof value === 'object';
}

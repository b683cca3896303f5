/**
 * Walks through the description in a document, skipping example data.
 * @module
 */
import { isObject, type Json, type JsonObject } from './json.js';

/** The path of a value, as a linked list from the innermost key outwards. */
export interface DocumentPath {
  readonly key: string;
  readonly within: DocumentPath | undefined;
}

/** Key of the root under which referenced files are put. */
export const FILES_KEY = 'x-mock429-files';

/** Keys whose values are data: references and schemas in them have no meaning. */
const DATA = new Set(['example', 'default', 'enum', 'const', 'value']);
/** Maps whose keys are free names, which may be `example` and the like. */
const NAMES = new Set(['properties', 'patternProperties', 'dependentSchemas', 'schemas', '$defs', 'definitions']);

/** Calls `visit` for every map of the document. Uses a stack instead of recursion, because schemas may be nested deeply. */
export function walkDocument(
  root: JsonObject,
  visit: (map: JsonObject, location: DocumentPath | undefined) => void,
): void {
  const stack: { value: Json; location: DocumentPath | undefined }[] = [{ value: root, location: undefined }];
  for (let next = stack.pop(); next; next = stack.pop()) {
    const { value, location } = next;
    const key = location?.key ?? '';
    // JSON Schema's lists of examples.
    if (Array.isArray(value) && key === 'examples') continue;
    if (isObject(value)) visit(value, location);
    const isNames = isObject(value) && NAMES.has(key);
    const inner: typeof stack = [];
    for (const [name, one] of Object.entries(value as object) as [string, Json][]) {
      if (one === null || typeof one !== 'object') continue;
      if (isObject(value) && !isNames && (DATA.has(name) || (name.startsWith('x-') && name !== FILES_KEY))) continue;
      inner.push({ value: one, location: { key: name, within: location } });
    }
    // The first must be on top of the stack, so that the walk follows the order of the document.
    stack.push(...inner.reverse());
  }
}

/** The keys from the root to a value. */
export function pathOf(location: DocumentPath | undefined): string[] {
  const path: string[] = [];
  for (let at = location; at; at = at.within) path.push(at.key);
  return path.reverse();
}

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
    const skipsData = isObject(value) && !isNames;
    const keys = Object.keys(value as object);
    // The first must be on top of the stack, so that the walk follows the order of the document.
    for (let i = keys.length - 1; i >= 0; i--) {
      const name = keys[i]!;
      const one = (value as JsonObject)[name]!;
      if (one === null || typeof one !== 'object') continue;
      if (skipsData && (DATA.has(name) || (name.startsWith('x-') && name !== FILES_KEY))) continue;
      stack.push({ value: one, location: { key: name, within: location } });
    }
  }
}

/** The keys from the root to a value. */
export function pathOf(location: DocumentPath | undefined): string[] {
  const path: string[] = [];
  for (let at = location; at; at = at.within) path.push(at.key);
  return path.reverse();
}

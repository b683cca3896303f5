/**
 * Goes through everything in a document that is part of its description, and not data that it shows.
 * @module
 */
import { isObject, type Json, type JsonObject } from './document.js';

/** Where a value stands: its key, within what holds it. */
export interface DocumentPath {
  readonly key: string;
  readonly within: DocumentPath | undefined;
}

/** Keys whose values are data: what looks like a reference or a schema in there is none. */
const DATA = new Set(['example', 'default', 'enum', 'const', 'value']);
/** Maps whose keys are names that somebody chose, `example` and the like included. */
const NAMES = new Set(['properties', 'patternProperties', 'schemas', '$defs', 'definitions']);

/** Calls `visit` for every map of the document, each once. A list of what waits in place of recursion: schemas may lie deep in one another. */
export function walkDocument(
  root: JsonObject,
  visit: (map: JsonObject, place: DocumentPath | undefined) => void,
): void {
  const waiting: { value: Json; place: DocumentPath | undefined }[] = [{ value: root, place: undefined }];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { value, place } = next;
    const key = place?.key ?? '';
    // Lists of examples, as JSON Schema has them.
    if (Array.isArray(value) && key === 'examples') continue;
    if (isObject(value)) visit(value, place);
    const isNames = isObject(value) && NAMES.has(key);
    const inner: typeof waiting = [];
    for (const [name, one] of Object.entries(value as object) as [string, Json][]) {
      if (one === null || typeof one !== 'object') continue;
      if (isObject(value) && !isNames && (DATA.has(name) || name.startsWith('x-'))) continue;
      inner.push({ value: one, place: { key: name, within: place } });
    }
    // The first is to come next, so that what is wrong is told in the order of the document.
    waiting.push(...inner.reverse());
  }
}

/** The keys that lead to a place. */
export function pathOf(place: DocumentPath | undefined): string[] {
  const path: string[] = [];
  for (let at = place; at; at = at.within) path.push(at.key);
  return path.reverse();
}

/**
 * Checks that every reference in a document leads somewhere, so that a broken one is told when the document is loaded and not when it is first needed.
 * @module
 */
import type { OpenApiDocument } from './document.js';
import { pathOf, walkDocument } from './walk.js';

/** @throws DocumentError */
export function checkReferences(document: OpenApiDocument): void {
  walkDocument(document.root, (map, place) => {
    if (typeof map['$ref'] === 'string') document.follow(map, [], pathOf(place));
  });
}

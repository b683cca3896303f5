/**
 * Checks that every reference in a document resolves, so that a broken one is reported when the document is loaded.
 * @module
 */
import type { OpenApiDocument } from './document.js';
import { pathOf, walkDocument } from './walk.js';

/** Resolves every reference. @throws DocumentError */
export function checkReferences(document: OpenApiDocument): void {
  walkDocument(document.root, (map, location) => {
    if (typeof map['$ref'] === 'string') document.follow(map, [], pathOf(location));
  });
}

/**
 * Reads a document in any of its forms: Swagger 2.0, OpenAPI 3.0, 3.1 and 3.2, in one file or several.
 * @module
 */
import { schemaNotices } from '../schema/schema-notices.js';
import { OpenApiDocument } from './document.js';
import { isObject, type Json } from './json.js';
import { type LinkOptions, linkDocument } from './link.js';
import { DocumentError } from './notice.js';
import { securityNotices } from './security.js';
import { convertSwagger, isSwagger } from './swagger.js';

/** Reads a parsed document. What cannot be used is in `notices`. @throws DocumentError if this is no OpenAPI document */
export function readDocument(value: Json | undefined, options: LinkOptions): OpenApiDocument {
  if (!isObject(value)) {
    throw new DocumentError(
      'openapi/version',
      [],
      'this is not an OpenAPI document: it is not a map; give the path of an OpenAPI document',
    );
  }
  const swagger = isSwagger(value);
  // References to other files are followed first: the converter does not know them.
  const linked = linkDocument(value, options);
  const document = new OpenApiDocument(swagger ? convertSwagger(linked.root) : linked.root);
  document.files = linked.files;
  document.notices.unshift(...linked.notices);
  document.notices.push(...securityNotices(document), ...schemaNotices(document));
  return document;
}

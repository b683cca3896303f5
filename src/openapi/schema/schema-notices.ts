/**
 * Notices about keywords of schemas that cannot be used, such as `type: date` or a text for a number.
 * @module
 */
import type { OpenApiDocument } from '../document/document.js';
import { isObject, type Json } from '../document/json.js';
import type { DocumentNotice } from '../document/notice.js';
import { type DocumentPath, pathOf, walkDocument } from '../document/walk.js';
import { expectedOf, LIST_OF_SCHEMAS, MAP_OF_SCHEMAS, ONE_SCHEMA } from './keywords.js';

/** Notices about all schemas, in the order of the document. */
export function schemaNotices({ root }: OpenApiDocument): DocumentNotice[] {
  const notices: DocumentNotice[] = [];
  walkDocument(root, (map, location) => {
    if (!isSchemaPlace(location)) return;
    for (const [keyword, value] of Object.entries(map)) {
      const expected = expectedOf(keyword, value);
      if (expected === undefined) continue;
      const problem = `${keyword} is ${display(value)}, so it is ignored`;
      notices.push({
        code: 'openapi/keyword',
        at: [...pathOf(location), keyword],
        problem,
        fix: `write ${expected}`,
      });
    }
  });
  return notices;
}

/** Whether a map at a place is a schema. */
function isSchemaPlace(location: DocumentPath | undefined): boolean {
  if (location === undefined) return false;
  const { key, within } = location;
  const holder = within?.key ?? '';
  const isName = isNameMap(within);
  if (isName) return true;
  if (key === 'schema' || key === 'itemSchema') return true;
  if (ONE_SCHEMA.has(key)) return isSchemaPlace(within);
  return LIST_OF_SCHEMAS.has(holder) && /^\d+$/.test(key) && isSchemaPlace(within?.within);
}

/** Whether the keys of a map are names of schemas: `properties`, `components.schemas` … */
function isNameMap(location: DocumentPath | undefined): boolean {
  if (location === undefined) return false;
  const { key, within } = location;
  if (key === 'schemas') return within?.key === 'components' && within.within === undefined;
  return (MAP_OF_SCHEMAS.has(key) || key === '$defs' || key === 'definitions') && isSchemaPlace(within);
}

function display(value: Json): string {
  const text = isObject(value) ? 'a map' : Array.isArray(value) && value.length > 3 ? 'a list' : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

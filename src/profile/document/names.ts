/**
 * Ids and titles from documents.
 * @module
 */
import type { OpenApiDocument } from '../../openapi/document/document.js';
import { isObject } from '../../openapi/document/json.js';
import { firstServer } from '../../openapi/document/servers.js';

/** Converts a name to kebab case: `ApiKeyAuth` to `api-key-auth`. Empty where no character remains. */
export function kebab(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+|-+$/g, '');
}

/** The title of a document; `undefined` if it has none. */
export function titleOf({ root }: OpenApiDocument): string | undefined {
  const { info } = root;
  const title = isObject(info) ? info['title'] : undefined;
  return typeof title === 'string' && title.trim() !== '' ? title.trim() : undefined;
}

/** The id of a document that is served alone: its title in kebab case, else the name of its file. */
export function documentId(document: OpenApiDocument, fileName: string | undefined): string {
  return kebab(titleOf(document) ?? '') || kebab(fileName ?? '') || 'my-api';
}

/** Origin of the first server of the document; `undefined` where it names none. */
export function originOf({ root }: OpenApiDocument): string | undefined {
  const url = firstServer(root['servers']);
  return url !== undefined && /^https?:\/\//i.test(url) && URL.canParse(url) ? new URL(url).origin : undefined;
}

/**
 * Encodings of the properties of a form or a multipart body (OpenAPI, "Encoding Object").
 * @module
 */
import type { OpenApiDocument } from '../../document/document.js';
import { isObject, type Json } from '../../document/json.js';
import type { ParameterStyle } from '../../document/operation.js';

/** How a property is encoded. */
export interface Encoding {
  /** Media types, separated by commas. */
  readonly contentType: string | undefined;
  readonly style: ParameterStyle | undefined;
  readonly explode: boolean;
  /** Names of headers that the part must have, in lower case. */
  readonly requiredHeaders: readonly string[];
}

const STYLES: readonly string[] = ['form', 'spaceDelimited', 'pipeDelimited', 'deepObject'];

/** Reads the encodings of a media type object. */
export function readEncodings(document: OpenApiDocument, pointer: string): ReadonlyMap<string, Encoding> {
  const media = document.plain(pointer);
  const given = isObject(media) ? document.follow(media['encoding']) : undefined;
  const encodings = new Map<string, Encoding>();
  for (const [name, value] of isObject(given) ? Object.entries(given) : []) {
    const one = document.follow(value);
    if (!isObject(one)) continue;
    const { contentType, style, explode, headers } = one;
    const known = STYLES.includes(style as string) ? (style as ParameterStyle) : undefined;
    encodings.set(name, {
      contentType: typeof contentType === 'string' ? contentType : undefined,
      style: known,
      explode: typeof explode === 'boolean' ? explode : known === undefined || known === 'form',
      requiredHeaders: requiredIn(document, headers),
    });
  }
  return encodings;
}

function requiredIn(document: OpenApiDocument, headers: Json | undefined): string[] {
  return Object.entries(isObject(headers) ? headers : {}).flatMap(([name, header]) => {
    const one = document.follow(header);
    return isObject(one) && one['required'] === true && name.toLowerCase() !== 'content-type'
      ? [name.toLowerCase()]
      : [];
  });
}

/**
 * Decodes the text of a body by the charset of its Content-Type.
 * @module
 */
import { mediaTypeParameter } from '../../media-type.js';
import type { ReceivedBody } from './received.js';

/** The text of a body; `undefined` if its charset is unknown. */
export function textOf(body: ReceivedBody, contentType: string | undefined): string | undefined {
  const charset = contentType?.includes('charset') ? mediaTypeParameter(contentType, 'charset') : undefined;
  if (charset === undefined || /^(?:utf-?8|us-ascii)?$/i.test(charset)) return body.text;
  try {
    return new TextDecoder(charset).decode(body.bytes);
  } catch {
    return undefined;
  }
}

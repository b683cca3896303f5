/**
 * The text of header fields (RFC 9110 §5.1 and §5.5): names are tokens, values are one line of ASCII. Latin-1 is legal as well, but some clients decode it as UTF-8.
 * @module
 */

/** Header fields by name. Several values of one name are sent as separate lines. */
export type HeaderFields = Record<string, string | readonly string[]>;

/** A field name. */
export const HEADER_NAME = /^[\w!#$%&'*+.^`|~-]+$/;

/** A field value that all clients decode alike. */
export const HEADER_TEXT = /^[\t\x20-\x7e]*$/;

const UNSENDABLE = /[^\t\x20-\x7e]/gu;

/** Makes any text a valid field value: control characters become spaces, other characters outside ASCII become percent-encoded UTF-8. */
export function headerText(text: string): string {
  return HEADER_TEXT.test(text) ? text : text.replace(UNSENDABLE, sendable);
}

function sendable(character: string): string {
  if (character < ' ' || character === '\x7f') return ' ';
  // A lone surrogate has no UTF-8 encoding.
  return encodeURIComponent(character.isWellFormed() ? character : '\ufffd');
}

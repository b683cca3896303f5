/**
 * What can stand in a header field (RFC 9110 §5.1 and §5.5): names are tokens, values are one line of ASCII. Latin-1 is legal as well, but is read as UTF-8 by some
 * and as Latin-1 by others.
 * @module
 */

/** A field name. */
export const HEADER_NAME = /^[\w!#$%&'*+.^`|~-]+$/;

/** A field value that everybody reads alike. */
export const HEADER_TEXT = /^[\t\x20-\x7e]*$/;

const UNSENDABLE = /[^\t\x20-\x7e]/gu;

/** A value that is made of data, so that it can be sent: a control character becomes a space, what is not in ASCII percent-encoded UTF-8. */
export function headerText(text: string): string {
  return HEADER_TEXT.test(text) ? text : text.replace(UNSENDABLE, sendable);
}

function sendable(character: string): string {
  if (character < ' ' || character === '\x7f') return ' ';
  // Half of a surrogate pair has no encoding.
  return encodeURIComponent(character.isWellFormed() ? character : '\ufffd');
}

/**
 * Encodes and decodes single words of a URL.
 * @module
 */

/** Where a word is: only in a query does `+` stand for a space. */
export type Encoded = 'path' | 'query';

/** Decodes a word up to three times, because a reader may do so as well. */
export function decodeWord(text: string, encoded: Encoded): string {
  let plain = encoded === 'query' ? text.replaceAll('+', ' ') : text;
  for (let i = 0; i < 3 && plain.includes('%'); i++) {
    // Invalid UTF-8 decodes to replacement characters. A stray % stays.
    plain = plain.replace(/(?:%[0-9a-f]{2})+/gi, (bytes) =>
      Buffer.from(bytes.replaceAll('%', ''), 'hex').toString('utf8'),
    );
  }
  return plain;
}

/** Encodes a word for a path or a query, but leaves the ellipsis legible. */
export function encodeWord(plain: string): string {
  return encodeURI(plain.toWellFormed())
    .replaceAll(encodeURI('…'), '…')
    .replace(/[?#&+]/g, encodeURIComponent);
}

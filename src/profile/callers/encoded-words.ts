/**
 * Words of a URL, percent-encoded or not.
 * @module
 */

/** Where a word stands: a `+` is a blank in a query only. */
export type Encoded = 'path' | 'query';

/** As a reader would decode it, who may do so more than once. */
export function decodeWord(text: string, encoded: Encoded): string {
  let plain = encoded === 'query' ? text.replaceAll('+', ' ') : text;
  for (let i = 0; i < 3 && plain.includes('%'); i++) {
    // Bytes that are no UTF-8 are shown as such; a stray % is one.
    plain = plain.replace(/(?:%[0-9a-f]{2})+/gi, (bytes) =>
      Buffer.from(bytes.replaceAll('%', ''), 'hex').toString('utf8'),
    );
  }
  return plain;
}

/** Fit for a path or a query, and as legible as can be. */
export function encodeWord(plain: string): string {
  return encodeURI(plain.toWellFormed())
    .replaceAll(encodeURI('…'), '…')
    .replace(/[?#&+]/g, encodeURIComponent);
}

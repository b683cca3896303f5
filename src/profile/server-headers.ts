/**
 * The header fields that only the server may write, because they describe the connection or the length of the answer (RFC 9110 section 7.6.1, RFC 9112 section 6).
 * @module
 */

const SERVER_HEADERS = new Set([
  ...['connection', 'content-length', 'keep-alive', 'proxy-connection'],
  ...['te', 'trailer', 'transfer-encoding', 'upgrade'],
]);

/** Whether the server writes the header itself, so that neither a profile nor a fault may set it. */
export function isServerHeader(name: string): boolean {
  return SERVER_HEADERS.has(name.toLowerCase());
}

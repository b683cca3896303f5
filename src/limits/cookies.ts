/**
 * Cookies of a request.
 * @module
 */

/** The value of a cookie in a `Cookie` header (RFC 6265), without quotation marks; `undefined` if there is none with this name. */
export function cookieValue(header: string | undefined, name: string): string | undefined {
  if (header === undefined) return undefined;
  for (const pair of header.split(';')) {
    const equals = pair.indexOf('=');
    if (equals >= 0 && pair.slice(0, equals).trim() === name)
      return pair
        .slice(equals + 1)
        .trim()
        .replace(/^"(.*)"$/s, '$1');
  }
  return undefined;
}

/**
 * Reads a header of a request on a socket by the web's rules: names are case-insensitive, and several fields of one name are joined.
 * @module
 */

/**
 * Returns the value of a header; `undefined` where the request has none. It scans the few fields of a request, which is faster than building a table of them:
 * most
 * requested headers are absent.
 *
 * @param raw names and values alternating, as in `IncomingMessage.rawHeaders`
 */
export function rawHeader(raw: readonly string[], name: string): string | undefined {
  let found: string | undefined;
  for (let i = 0; i < raw.length; i += 2) {
    const candidate = raw[i]!;
    if (candidate.length !== name.length || (candidate !== name && candidate.toLowerCase() !== name.toLowerCase()))
      continue;
    const value = raw[i + 1]!;
    found = found === undefined ? value : `${found}${name.toLowerCase() === 'cookie' ? '; ' : ', '}${value}`;
  }
  return found;
}

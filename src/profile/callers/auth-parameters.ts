/**
 * The parameters of an `Authorization` header: `OAuth oauth_token="..", ..`, `Digest username="..", ..`, and user and password of `Basic`.
 * @module
 */

/** Reads the parameters of a header by name; `undefined` if it has another scheme or cannot be read. */
export type ReadParameters = (raw: string) => ReadonlyMap<string, string> | undefined;

/** Names of the parts of `user:password` of the scheme Basic. */
export const BASIC_PARAMETERS = ['user', 'password'] as const;

/** Whether a scheme is Basic (RFC 7617). RFC 9110: names of schemes are case-insensitive. */
export function isBasic(scheme: string | undefined): boolean {
  return scheme?.toLowerCase() === 'basic';
}

/** Compiles the reading of the parameters of a scheme. Without a scheme, the whole header is a list of parameters. */
export function compileParameters(scheme: string | undefined): ReadParameters {
  const decode = scheme?.toLowerCase() === 'oauth' ? percentDecoded : (text: string) => text;
  return (raw) => {
    const text = scheme === undefined ? raw.trim() : afterScheme(raw, scheme);
    if (text === undefined) return undefined;
    if (isBasic(scheme)) return basicParts(text);
    const parameters = new Map<string, string>();
    for (const [, name, quoted, plain] of text.matchAll(PARAMETER)) {
      const value = quoted === undefined ? plain! : quoted.replace(/\\(.)/gs, '$1');
      if (!parameters.has(name!)) parameters.set(name!, decode(value));
    }
    return parameters;
  };
}

/** One parameter of RFC 9110, section 11.2. A value without quotation marks may have more characters than a token there: AWS writes slashes and semicolons. */
const PARAMETER = /(?:^|[\s,])([\w!#$%&'*+.^`|~-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s",]+))/gs;

/** The text after the name of a scheme, which is case-insensitive; `undefined` if the header has another scheme or nothing after it. */
export function afterScheme(raw: string, scheme: string): string | undefined {
  const text = raw.trim();
  const end = scheme.length;
  if (text.slice(0, end).toLowerCase() !== scheme.toLowerCase() || !/^\s/.test(text.slice(end))) return undefined;
  return text.slice(end).trim();
}

/** User and password of `user:password` in Base64 (RFC 7617); `undefined` if the text is not that. */
export function basicParts(encoded: string): ReadonlyMap<string, string> | undefined {
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(encoded)) return undefined;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 0) return undefined;
  return new Map([
    ['user', text.slice(0, colon)],
    ['password', text.slice(colon + 1)],
  ]);
}

/** OAuth 1.0a encodes the values of parameters (RFC 5849, section 3.5.1). */
function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * CORS headers for answers of providers, so that a page in a browser can call the mock. The control API never sends them.
 * @module
 */
import { httpDate } from '../../limits/render/formats.js';
import type { HeaderFields } from '../../limits/render/header-text.js';
import type { Provider } from '../../profile/compiled/provider.js';
import type { Answer } from '../../sandbox/exchange/answer.js';
import type { Arrival } from '../../sandbox/exchange/request.js';

/** Headers that scripts may read in any case (https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name), and headers that they must not read. */
const NOT_TO_EXPOSE = new Set([
  ...['cache-control', 'content-language', 'content-length', 'content-type', 'expires', 'last-modified', 'pragma'],
  ...['set-cookie', 'set-cookie2', 'access-control-allow-origin', 'access-control-expose-headers'],
]);

const declaredNames = new WeakMap<Provider, readonly string[]>();

/** The answer to a preflight request; `undefined` for any other request. It does not check whether the path exists: the request itself does. */
export function answerPreflight(arrival: Pick<Arrival, 'method' | 'header'>, now: () => number): Answer | undefined {
  const requestedMethod = arrival.method === 'OPTIONS' ? arrival.header('access-control-request-method') : undefined;
  if (requestedMethod === undefined) return undefined;
  const names = arrival.header('access-control-request-headers');
  const headers = {
    Date: httpDate(now()),
    'Access-Control-Allow-Origin': '*',
    'Access-Control-Allow-Methods': requestedMethod,
    // Listed by name: a `*` would not cover Authorization.
    ...(names === undefined ? {} : { 'Access-Control-Allow-Headers': names }),
    Vary: 'Access-Control-Request-Method, Access-Control-Request-Headers',
  };
  return { status: 204, headers, body: null };
}

/** Adds the CORS headers that let any page read the answer. Headers that a fault sets stay as they are. */
export function withCors(headers: Readonly<HeaderFields>, provider: Provider): HeaderFields {
  const present = new Set(Object.keys(headers).map((name) => name.toLowerCase()));
  const added: Record<string, string> = {
    'Access-Control-Allow-Origin': '*',
    'Access-Control-Expose-Headers': exposedHeaders(provider, Object.keys(headers)),
  };
  const missing = Object.entries(added).filter(([name]) => !present.has(name.toLowerCase()));
  return { ...headers, ...Object.fromEntries(missing) };
}

function exposedHeaders(provider: Provider, sent: readonly string[]): string {
  const names = new Map([...declaredHeaders(provider), ...sent].map((name) => [name.toLowerCase(), name]));
  return [...names.entries()]
    .filter(([key]) => !NOT_TO_EXPOSE.has(key))
    .map(([, name]) => name)
    .join(', ');
}

/** Header names that the provider may send, whether or not this answer has them. */
function declaredHeaders(provider: Provider): readonly string[] {
  const cached = declaredNames.get(provider);
  if (cached) return cached;
  const { headers, errors, requestId, cache, etag } = provider.profile;
  const names = [
    ...Object.keys(headers),
    'Retry-After',
    requestId?.header,
    cache?.header,
    etag && 'ETag',
    ...Object.values(errors).flatMap((error) => Object.keys(error.headers ?? {})),
  ].filter((name) => name !== undefined);
  declaredNames.set(provider, names);
  return names;
}

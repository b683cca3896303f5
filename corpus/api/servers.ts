/**
 * The base path of a server URL.
 * @module
 */
import { isObject, type Json, type JsonObject, objectOf } from './json.js';

/** The path of the first server: variables by their defaults, without a slash at the end. An empty string for none. */
export function basePathOf(servers: readonly Json[]): string {
  const [first] = servers;
  if (!isObject(first)) return '';
  const url = withDefaults(String(first['url'] ?? ''), objectOf(first['variables']));
  // With a scheme, protocol-relative, or without a scheme but with a host: host.example/path.
  const path = url
    .replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '')
    .replace(/^\/\/[^/?#]*/, '')
    .replace(/^[^/?#]*\.[^/?#]*/, '')
    .replace(/[?#].*$/, '');
  const rooted = path === '' || path.startsWith('/') ? path : `/${path}`;
  return rooted.replace(/\/+$/, '');
}

function withDefaults(url: string, variables: JsonObject): string {
  return url.replaceAll(/\{([^}]*)\}/g, (whole, name: string) => {
    const variable = variables[name];
    return isObject(variable) && variable['default'] !== undefined ? String(variable['default']) : whole;
  });
}

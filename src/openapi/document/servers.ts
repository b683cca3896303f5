/**
 * The base paths at which a document's operations are served: the paths of its server URLs, with the values of their variables.
 * @module
 */
import { isObject, type Json, type JsonObject } from './json.js';

/** Base paths of one list of servers. A server with variables in its path may have many. */
const MAX_PATHS = 32;

/** An origin for URLs that have none. */
const NOWHERE = 'http://server.invalid/';

/**
 * The base paths of a list of servers, without a trailing slash, each once, in the order of the list. A variable in the path stands for its default first, then
 * for the other values of its `enum`.
 *
 * @returns `['']` if the list is empty or is no list
 */
export function serverPaths(servers: Json | undefined): string[] {
  const paths = new Set<string>();
  for (const server of Array.isArray(servers) ? servers : []) {
    if (!isObject(server) || typeof server['url'] !== 'string') continue;
    for (const url of expand(server['url'], server['variables'])) {
      if (paths.size < MAX_PATHS) paths.add(pathOf(url));
    }
  }
  return paths.size === 0 ? [''] : [...paths];
}

/** The first server's URL with the defaults of its variables; `undefined` if the list names none. */
export function firstServer(servers: Json | undefined): string | undefined {
  const [server] = Array.isArray(servers) ? servers : [];
  if (!isObject(server) || typeof server['url'] !== 'string') return undefined;
  return expand(server['url'], server['variables'])[0];
}

const VARIABLE = /\{([^{}]+)\}/g;

/** The URLs that a template stands for. Only variables in the path are expanded to all of their values. */
function expand(template: string, variables: Json | undefined): string[] {
  const given: JsonObject = isObject(variables) ? variables : {};
  let urls = [''];
  let last = 0;
  for (const match of template.matchAll(VARIABLE)) {
    const before = template.slice(last, match.index);
    const values = valuesOf(given[match[1]!], match[0]);
    urls = urls.flatMap((url) => values.map((value) => url + before + value)).slice(0, MAX_PATHS);
    last = match.index + match[0].length;
  }
  return urls.map((url) => url + template.slice(last));
}

function valuesOf(variable: Json | undefined, placeholder: string): string[] {
  if (!isObject(variable)) return [placeholder];
  const listed = Array.isArray(variable['enum']) ? variable['enum'] : [];
  const values = [variable['default'], ...listed].filter((value) => isPrimitive(value)).map(String);
  return values.length === 0 ? [placeholder] : [...new Set(values)];
}

function isPrimitive(value: Json | undefined): boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

/** The path of a server URL in any form: absolute, relative, protocol-relative, without scheme (`api.example.com/v1`), with a query. */
function pathOf(url: string): string {
  const trimmed = url.trim();
  const absolute = /^[a-z][a-z0-9+.-]*:\/\//i.test(trimmed) || !looksLikeHost(trimmed) ? trimmed : `//${trimmed}`;
  const path = URL.canParse(absolute, NOWHERE)
    ? new URL(absolute, NOWHERE).pathname
    : absolute
        .replace(/^[a-z][a-z0-9+.-]*:/i, '')
        .replace(/^\/\/[^/]*/, '')
        .replace(/[?#].*$/s, '');
  // The URL parser escapes the braces of a variable without a value, which would hide it from the router.
  return path.replaceAll('%7B', '{').replaceAll('%7D', '}').replace(/\/+$/, '');
}

/** Whether a URL without a scheme starts with a host: a name with a dot, `localhost`, or a name with a port. A relative path such as `v2` does not. */
function looksLikeHost(url: string): boolean {
  const [first = ''] = url.split(/[/?#]/);
  return /^(?:localhost|[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z][a-z0-9-]*|\d+(?:\.\d+){3})(?::\d*)?$|^[a-z0-9.-]+:\d+$/i.test(
    first,
  );
}

/**
 * The facts that rules can read: the request, its caller and, once it is known, its outcome.
 * @module
 */

/** The caller of a request, as its credential identifies it. `kind` is the credential's name in the profile; `facts` are what policies can partition by. */
export interface Caller {
  readonly kind: string;
  readonly facts: Readonly<Record<string, string>>;
  readonly account: string;
  readonly plan: string;
}

/** What rules can read of a request. */
export interface RequestFacts {
  readonly method: string;
  readonly path: string;
  /** operationId of the OpenAPI document; `undefined` for a path that no operation has. */
  readonly operation: string | undefined;
  readonly tags: readonly string[];
  /** `undefined` before the caller is known, and where none is needed. */
  readonly caller: Caller | undefined;
  readonly ip: string;
  readonly params: Readonly<Record<string, string>>;
  /** The parsed query; computed when a rule reads it. */
  readonly query: URLSearchParams;
  header(name: string): string | undefined;
  readonly body: unknown;
}

/** What rules can read of a response. */
export interface Outcome {
  readonly status: number;
  /** The profile's name of the error that answered, if one did. */
  readonly error?: string | undefined;
  /** The response's body before it is written, for costs known only at the end. */
  readonly body?: unknown;
}

/** A value found along a dotted path such as `body.predictions`, `params.model`, `caller.key`, `header.x-team`, `item.model`. */
export function readFact(
  facts: RequestFacts,
  path: readonly string[],
  extra?: Readonly<Record<string, unknown>>,
): unknown {
  const root = path[0];
  switch (root) {
    case 'caller':
      return callerFact(facts.caller, path[1]);
    case 'header':
      return facts.header(nameIn(path));
    case 'query':
      return facts.query.get(nameIn(path)) ?? undefined;
    case 'params':
      return facts.params[nameIn(path)];
    case 'cookie':
      return cookieValue(facts.header('cookie'), nameIn(path));
    case 'body':
      return dig(facts.body, path, 1);
    case 'ip':
    case 'method':
    case 'path':
    case 'operation':
      return facts[root];
    default:
      return extra && root !== undefined ? dig(extra[root], path, 1) : undefined;
  }
}

/** The name after the root of a path. Most paths have two parts; a name that contains dots has more. */
export function nameIn(path: readonly string[]): string {
  return path.length === 2 ? path[1]! : path.slice(1).join('.');
}

/** As `readFact`, for paths in which `*` matches every item of a list. Returns all values; there may be none. */
export function readFacts(facts: RequestFacts, path: readonly string[]): readonly unknown[] {
  const star = path.indexOf('*');
  if (star < 0) return [readFact(facts, path)];
  return eachOf(readFact(facts, path.slice(0, star)), path.slice(star));
}

function eachOf(value: unknown, path: readonly string[]): readonly unknown[] {
  const star = path.indexOf('*');
  if (star < 0) return [dig(value, path)];
  const list = dig(value, path.slice(0, star));
  return Array.isArray(list) ? list.flatMap((item) => eachOf(item, path.slice(star + 1))) : [];
}

/** The roots that `readFact` knows, for checks at load time. */
export const FACT_ROOTS = [
  'caller',
  'header',
  'cookie',
  'query',
  'params',
  'body',
  'ip',
  'method',
  'path',
  'operation',
] as const;

/** A fact of the caller by name: `kind`, `plan`, or one of its credential's facts. */
export function callerFact(caller: Caller | undefined, name: string | undefined): string | undefined {
  if (!caller || name === undefined) return undefined;
  if (name === 'kind') return caller.kind;
  if (name === 'plan') return caller.plan;
  return caller.facts[name];
}

/** The value at a path in plain data; `undefined` if a part of the path is missing. @param from the index of the first part to follow */
export function dig(value: unknown, path: readonly string[], from = 0): unknown {
  let at = value;
  for (let i = from; i < path.length; i++) {
    const key = path[i]!;
    if (at === null || typeof at !== 'object') return undefined;
    at = Array.isArray(at)
      ? at[Number(key)]
      : Object.hasOwn(at, key)
        ? (at as Record<string, unknown>)[key]
        : undefined;
  }
  return at;
}

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

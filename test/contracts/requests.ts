/**
 * Plain requests to any provider, made from nothing but its profile and its document: every operation with its documented example, and keys of every kind.
 * @module
 */
import fc from 'fast-check';
import { isObject, type Json } from '../../src/openapi/document/json.js';
import { type Operation, usesCredentials } from '../../src/openapi/document/operation.js';
import { schemaExample } from '../../src/openapi/response/examples.js';
import type { Provider } from '../../src/profile/compiled/provider.js';
import { memoiseWeakly } from '../../src/runtime/memoise.js';

/** A request that an operation accepts, without a credential. */
export interface Plain {
  /** Id of the operation. */
  readonly operation: string;
  readonly method: string;
  readonly path: string;
  /** Without the question mark. */
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON, or nothing. */
  readonly body: string;
  /** Credentials that will do; none where none is needed. */
  readonly families: readonly (KeyFamily | undefined)[];
}

/** Keys of one kind that differ in nothing but being other keys. */
export interface KeyFamily {
  readonly kind: string;
  /** The first two are of the default account; the third is free to be given to another. */
  readonly keys: readonly [string, string, string];
}

/** One request an operation, those that only read first. */
export const plainRequests = memoiseWeakly((provider: Provider): Plain[] => {
  const families = keyFamilies(provider);
  const order = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];
  return provider.document.operations
    .map((operation) => plainRequest(provider, operation, families))
    .sort((a, b) => order.indexOf(a.method) - order.indexOf(b.method));
});

function plainRequest(provider: Provider, operation: Operation, families: readonly KeyFamily[]): Plain {
  const { credentials } = provider.profile.callers;
  const query = new URLSearchParams();
  const headers: Record<string, string> = {};
  let { path } = operation;
  for (const parameter of operation.parameters) {
    const value = String(parameterExample(provider, parameter.schema) ?? 'x');
    if (parameter.in === 'path') path = path.replace(`{${parameter.name}}`, encodeURIComponent(value));
    else if (parameter.in === 'query' && parameter.required) query.set(parameter.name, value);
    else if (parameter.in === 'header' && parameter.required) headers[parameter.name.toLowerCase()] = value;
  }
  const fits = ({ kind }: KeyFamily) => {
    const { security } = credentials[kind]!;
    return security === undefined || operation.security.flat().includes(security);
  };
  const body = bodyExample(provider, operation);
  return {
    operation: operation.id,
    method: operation.method,
    path,
    query: query.toString(),
    headers: body === undefined ? headers : { ...headers, 'content-type': 'application/json' },
    body: body === undefined ? '' : JSON.stringify(body),
    families: !usesCredentials(operation) ? [undefined] : families.filter(fits),
  };
}

function parameterExample({ document }: Provider, schema: string | undefined): Json | undefined {
  if (schema === undefined) return undefined;
  const parameter = document.at(schema.replace(/\/schema$/, ''));
  const named = isObject(parameter) ? document.follow(parameter['examples']) : undefined;
  const first = isObject(named) ? document.follow(Object.values(named)[0]) : undefined;
  if (isObject(first) && first['value'] !== undefined) return first['value'];
  if (isObject(parameter) && parameter['example'] !== undefined) return parameter['example'];
  return schemaExample(document, schema);
}

function bodyExample({ document }: Provider, operation: Operation): Json | undefined {
  const type = Object.keys(operation.body?.content ?? {}).find((one) => one.includes('json'));
  if (type === undefined) return undefined;
  const request = document.at(`${operation.pointer}/requestBody`);
  const content = isObject(request) ? document.follow(request['content']) : undefined;
  const media = isObject(content) ? document.follow(content[type]) : undefined;
  if (!isObject(media)) return undefined;
  const named = document.follow(media['examples']);
  const first = isObject(named) ? document.follow(Object.values(named)[0]) : undefined;
  if (isObject(first) && first['value'] !== undefined) return first['value'];
  const { schema } = operation.body!.content[type]!;
  return media['example'] ?? (schema === undefined ? undefined : schemaExample(document, schema));
}

/** Made-up keys of every kind; those that a fixture speaks of are left out, and so are those that say the same of themselves twice. */
function keyFamilies(provider: Provider): KeyFamily[] {
  const { credentials } = provider.profile.callers;
  return Object.entries(credentials).flatMap(([kind, { pattern }]) => {
    const regExp = new RegExp(pattern);
    const made = fc.sample(
      fc.stringMatching(regExp).filter((key) => /^[\w.-]{4,80}$/.test(key) && !isFixture(provider, kind, key)),
      { numRuns: 40, seed: 1 },
    );
    const alike = new Map<string, Set<string>>();
    for (const key of made) {
      const groups = JSON.stringify({ ...regExp.exec(key)?.groups });
      alike.set(groups, (alike.get(groups) ?? new Set()).add(key));
    }
    return [...alike.values()]
      .filter(({ size }) => size >= 3)
      .map((keys): KeyFamily => ({ kind, keys: [...keys].slice(0, 3) as [string, string, string] }));
  });
}

function isFixture({ profile }: Provider, kind: string, key: string): boolean {
  return profile.fixtures.some(
    (fixture) =>
      fixture.credential === kind &&
      (fixture.key === key || (fixture.pattern !== undefined && new RegExp(`^(?:${fixture.pattern})$`).test(key))),
  );
}

/** How the key is shown: a header, or a part of the query. */
export function credential(
  provider: Provider,
  kind: string,
  key: string,
): { header?: [string, string]; query?: [string, string] } {
  const { header, query, scheme } = provider.profile.callers.credentials[kind]!;
  if (header === undefined) return { query: [query!, key] };
  return { header: [header.toLowerCase(), scheme === undefined ? key : `${scheme} ${key}`] };
}

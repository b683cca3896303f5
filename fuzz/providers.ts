/**
 * What the fuzzer knows of the providers: their operations, and credentials that they take.
 * @module
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Document, Schema } from './shapes.js';

/** Path of the repository. */
export const ROOT = join(import.meta.dirname, '..');

/** An operation of a document, as far as requests are made from it. */
export interface Operation {
  /** In upper case. */
  readonly method: string;
  /** With `{parameters}`. */
  readonly path: string;
  readonly query: readonly Parameter[];
  /** Names of the header parameters. */
  readonly headers: readonly string[];
  /** Schema of the first media type of the body, which may be a `$ref`. */
  readonly body: Schema | undefined;
}

/** A query parameter of an operation. */
export interface Parameter {
  readonly name: string;
  readonly required: boolean;
  /** With the parameter’s example added, where it has one. */
  readonly schema: Schema | undefined;
}

/** A shipped provider, read from its profile and its OpenAPI document. */
export interface Provider {
  readonly id: string;
  readonly document: Document;
  readonly operations: readonly Operation[];
  /** Header lines with a credential: some that will do, and the fixtures. */
  readonly credentials: readonly string[];
}

interface Credential {
  readonly header: string;
  readonly scheme?: string;
  readonly pattern: string;
}

/** Reads all profiles in `profiles/`, sorted by file name. References are resolved for parameters and bodies, not for schemas. */
export function readProviders(): Provider[] {
  const folder = join(ROOT, 'profiles');
  const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
  return files.sort().map((name) => {
    const profile = parse(readFileSync(join(folder, name), 'utf8'), { maxAliasCount: -1 });
    const document = parse(readFileSync(join(folder, profile.openapi), 'utf8'), { maxAliasCount: -1 });
    return { id: profile.id, document, operations: operationsOf(document), credentials: credentialsOf(profile) };
  });
}

function credentialsOf(profile: {
  callers: { credentials: Record<string, Credential> };
  fixtures?: { key: string; credential: string }[];
}): string[] {
  const { credentials } = profile.callers;
  const line = ({ header, scheme }: Credential, key: string) => `${header}: ${scheme ? `${scheme} ` : ''}${key}`;
  const valid = Object.values(credentials).flatMap((one) =>
    ['a', 'b', 'c'].map((tail) => line(one, exampleOf(one.pattern, tail))),
  );
  return [...valid, ...(profile.fixtures ?? []).map(({ key, credential }) => line(credentials[credential]!, key))];
}

/** A text that the pattern takes, for the few kinds of pattern that profiles have. */
function exampleOf(pattern: string, tail: string): string {
  return pattern
    .replace(/^\^|\$$/g, '')
    .replace(/\((?:\?:|\?<\w+>)?(\w+)\|[^)]*\)/g, '$1')
    .replaceAll('\\.', '.')
    .replace(/\[[^\]]*\]\+|\.\+/g, `fuzz${tail}`);
}

function operationsOf(document: Document): Operation[] {
  const at = (value: unknown): Record<string, unknown> => {
    const { $ref } = value as { $ref?: string };
    if ($ref === undefined) return value as Record<string, unknown>;
    return at(
      $ref
        .slice(2)
        .split('/')
        .reduce<unknown>((found, key) => (found as Record<string, unknown>)[key], document),
    );
  };
  const [server] = document['servers'] as { url: string }[];
  const base = new URL(server!.url, 'http://localhost').pathname.replace(/\/$/, '');
  return Object.entries(document['paths'] as Record<string, Record<string, unknown>>).flatMap(([path, item]) =>
    Object.entries(item)
      .filter(([method]) => ['get', 'put', 'post', 'delete', 'patch'].includes(method))
      .map(([method, raw]) => {
        const operation = raw as { parameters?: unknown[]; requestBody?: unknown };
        const parameters = [...((item['parameters'] as unknown[]) ?? []), ...(operation.parameters ?? [])].map(at);
        const named = (where: string) =>
          parameters.filter((one) => one['in'] === where).map((one) => String(one['name']));
        const body =
          operation.requestBody && (at(operation.requestBody)['content'] as Record<string, { schema?: Schema }>);
        return {
          method: method.toUpperCase(),
          path: base + path,
          query: parameters
            .filter((one) => one['in'] === 'query')
            .map(({ name, required = false, schema, example }) => ({
              name: String(name),
              required: required === true,
              schema: (example === undefined ? schema : { ...(schema as Schema), example }) as Schema | undefined,
            })),
          headers: named('header'),
          body: body ? Object.values(body)[0]?.schema : undefined,
        };
      }),
  );
}

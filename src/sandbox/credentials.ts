/**
 * Credentials in what is written down: told apart by a short hash, masked where they were sent in the query.
 * @module
 */
import { hash } from 'node:crypto';
import { maskCredential } from '../profile/callers.js';
import type { Provider } from '../profile/provider.js';
import type { World } from './world.js';

/** The same for the same text (a credential, a body), which nobody can read from it. */
export function shortHash(text: string): string {
  return hash('sha256', text, 'base64url').slice(0, 12);
}

/** The same hash as numbers, two of them, where many are kept. */
export function writeHash(text: string, numbers: Float64Array, place: number): void {
  const bytes = hash('sha256', text, 'binary');
  numbers[place] = bytesAt(bytes, 0) * 0x1000000 + bytesAt(bytes, 3);
  numbers[place + 1] = bytesAt(bytes, 6);
}

function bytesAt(bytes: string, i: number): number {
  return (bytes.charCodeAt(i) << 16) | (bytes.charCodeAt(i + 1) << 8) | bytes.charCodeAt(i + 2);
}

/** The hash that stands there. */
export function readHash(numbers: Float64Array, place: number): string {
  const bytes = Buffer.alloc(9);
  bytes.writeUIntBE(numbers[place]!, 0, 6);
  bytes.writeUIntBE(numbers[place + 1]!, 6, 3);
  return bytes.toString('base64url');
}

/** Parameters that are taken for a secret whatever the provider calls its own. */
const SECRET_NAMES = new Set([
  'access_token',
  'api-key',
  'api_key',
  'apikey',
  'auth',
  'authorization',
  'key',
  'password',
  'secret',
  'token',
  'x-api-key',
]);

/** What tells a credential of the provider from other values: where it is sent, and how it begins. */
interface Signs {
  readonly names: ReadonlySet<string>;
  readonly patterns: readonly RegExp[];
}

const signs = new WeakMap<Provider, Signs>();

function signsOf(provider: Provider): Signs {
  const known = signs.get(provider);
  if (known) return known;
  const specs = Object.values(provider.profile.callers.credentials);
  const made: Signs = {
    names: new Set([...SECRET_NAMES, ...specs.flatMap(({ query }) => query?.toLowerCase() ?? [])]),
    // Without a prefix (`^[\w-]+$`) a pattern fits anything.
    patterns: specs
      .filter(({ pattern }) => /^\^[A-Za-z0-9]+[_-]/.test(pattern))
      .map(({ pattern }) => new RegExp(pattern)),
  };
  signs.set(provider, made);
  return made;
}

/**
 * A query with the credentials in it masked; the rest stays as it came. A client that sends its credential in the wrong place has shown it all the same.
 *
 * @param credential what was found in the request
 */
export function maskQuery(world: World, query: string, credential: string | undefined): string {
  if (query === '') return query;
  const { names, patterns } = signsOf(world.provider);
  const isCredential = (value: string) =>
    value !== '' &&
    (value === credential ||
      world.accounts.ownerOf(value) !== undefined ||
      world.resources.credentials.has(value) ||
      patterns.some((pattern) => pattern.test(value)));
  return query
    .split('&')
    .map((pair) => {
      const equals = pair.indexOf('=');
      const [name, value] = parse(pair, equals);
      if (isCredential(name)) return maskCredential(name);
      const start = pair.slice(0, equals + 1);
      if (isCredential(value)) return start + maskCredential(value);
      return names.has(name.toLowerCase()) && value !== '' ? `${start}…` : pair;
    })
    .join('&');
}

/** Name and value as the provider reads them. */
function parse(pair: string, equals: number): readonly [name: string, value: string] {
  // Without anything encoded, which is the rule, they are what stands there.
  if (!/[%+]/.test(pair)) return equals < 0 ? [pair, ''] : [pair.slice(0, equals), pair.slice(equals + 1)];
  return [...new URLSearchParams(pair)][0] ?? ['', ''];
}

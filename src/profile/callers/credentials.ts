/**
 * Reads one kind of credential from requests.
 * @module
 */
import { type Caller, cookieValue } from '../../limits/facts.js';
import type { Matcher } from '../../patterns/compile.js';
import { memoiseText } from '../../runtime/memoise.js';
import type { Profile } from '../schema/schema.js';

/** Compiles a regular expression. */
export type PatternCompiler = (source: string) => Matcher;

/** The part of a request in which credentials are searched. */
export interface Envelope {
  header(name: string): string | undefined;
  readonly query: URLSearchParams;
}

/** A kind of credential, as the profile describes it. */
export type CredentialSpec = Profile['callers']['credentials'][string];

/** A credential with a meaning of its own. */
export type Fixture = Profile['fixtures'][number];

/** The text that a request sent where the credential belongs, parsed. Cached by the text, because a client sends the same with every request. */
export interface ParsedCredential {
  readonly key: string | undefined;
  /** The credential, if the text is one. */
  readonly known:
    | {
        readonly kind: string;
        readonly key: string;
        readonly facts: Readonly<Record<string, string>> | undefined;
        readonly fixture: Fixture | undefined;
      }
    | undefined;
  /** The last result for this text. The same object is returned until the account or its plan changes. */
  last: { readonly caller: Caller; readonly key: string } | undefined;
}

/** Reads one kind of credential; `undefined` if the request has none. */
export type ReadCredential = (envelope: Envelope) => ParsedCredential | undefined;

/** Bounds of the cache of credentials as requests send them. A longer text is hardly a credential. */
const CACHE_BOUNDS = { max: 1_000, maxLength: 1_000 };

/** Compiles the reading of one kind of credential. @param fixtures finds the fixture of a kind and key */
export function compileRead(
  kind: string,
  { header, query, cookie, scheme, pattern: source }: CredentialSpec,
  fixtures: (kind: string, key: string) => Fixture | undefined,
  patterns: PatternCompiler,
): ReadCredential {
  const pattern = patterns(source);
  const isBasic = scheme !== undefined && /^basic$/i.test(scheme);

  const parse = memoiseText((raw: string): ParsedCredential | undefined => {
    if (raw.trim() === '') return undefined;
    const value = scheme === undefined ? raw.trim() : schemeValue(raw, scheme);
    const key = isBasic && value !== undefined ? basicUser(value) : value;
    const match = key === undefined ? null : pattern.exec(key);
    const known = match ? { kind, key: key!, facts: match.groups, fixture: fixtures(kind, key!) } : undefined;
    return { key, known, last: undefined };
  }, CACHE_BOUNDS);

  const find: (envelope: Envelope) => string | undefined =
    header !== undefined
      ? (envelope) => envelope.header(header)
      : cookie !== undefined
        ? (envelope) => cookieValue(envelope.header('cookie'), cookie)
        : (envelope) => envelope.query.get(query ?? '') ?? undefined;
  return (envelope) => {
    const raw = find(envelope);
    return raw === undefined ? undefined : parse(raw);
  };
}

/** The word after the scheme. RFC 9110: the name of the scheme is case-insensitive. */
function schemeValue(raw: string, scheme: string): string | undefined {
  const [word, ...rest] = raw.trim().split(/\s+/);
  return word!.toLowerCase() === scheme.toLowerCase() && rest.length === 1 ? rest[0] : undefined;
}

/** The user of `user:password` in Base64 (RFC 7617); `undefined` if the text is not that. */
function basicUser(encoded: string): string | undefined {
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(encoded)) return undefined;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 0 ? undefined : text.slice(0, colon);
}

/** Compiles the look-up of fixtures by kind of credential and key. */
export function compileFixtures(
  profile: Profile,
  patterns: PatternCompiler,
): (kind: string, key: string) => Fixture | undefined {
  const exact = new Map(profile.fixtures.map((fixture) => [`${fixture.credential} ${fixture.key}`, fixture]));
  const patterned = profile.fixtures
    .filter(({ pattern }) => pattern !== undefined)
    .map((fixture) => ({ fixture, pattern: patterns(wholeText(fixture.pattern!)) }));
  return (kind, key) =>
    exact.get(`${kind} ${key}`) ??
    patterned.find(({ fixture, pattern }) => fixture.credential === kind && pattern.test(key))?.fixture;
}

/** Anchors the pattern of a fixture, which must match the whole key. */
export function wholeText(pattern: string): string {
  return `^(?:${pattern})$`;
}

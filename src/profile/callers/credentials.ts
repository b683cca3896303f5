/**
 * Reads one kind of credential from requests.
 * @module
 */
import type { Caller, RequestFacts } from '../../limits/facts.js';
import type { Matcher } from '../../patterns/compile.js';
import { memoiseText } from '../../runtime/memoise.js';
import type { Profile } from '../schema/schema.js';
import { afterScheme, BASIC_PARAMETERS, basicParts, compileParameters, isBasic } from './auth-parameters.js';
import { compilePlace } from './places.js';

/** Compiles a regular expression. */
export type PatternCompiler = (source: string) => Matcher;

/** A kind of credential, as the profile describes it. */
export type CredentialSpec = Profile['callers']['credentials'][string];

/** A credential with a meaning of its own. */
export type Fixture = Profile['fixtures'][number];

/** A caller, and the credential that identified it. */
export interface FoundCaller {
  readonly caller: Caller;
  readonly key: string;
}

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
  last: FoundCaller | undefined;
  /** The results by the values of facts that are read from the request; unset until there is one. */
  others: Map<string, FoundCaller> | undefined;
}

/** Reads one kind of credential; `undefined` if the request has none. */
export type ReadCredential = (request: RequestFacts) => ParsedCredential | undefined;

/** Bounds of the cache of credentials as requests send them. A longer text is hardly a credential. */
const CACHE_BOUNDS = { max: 1_000, maxLength: 1_000 };

/** Compiles the reading of one kind of credential. @param fixtures finds the fixture of a kind and key */
export function compileRead(
  kind: string,
  spec: CredentialSpec,
  fixtures: (kind: string, key: string) => Fixture | undefined,
  patterns: PatternCompiler,
): ReadCredential {
  const pattern = patterns(spec.pattern);
  const find = compilePlace(spec);
  const { scheme } = spec;
  const parsed = (key: string | undefined, more?: Readonly<Record<string, string>>): ParsedCredential => {
    const match = key === undefined ? null : pattern.exec(key);
    if (!match) return { key, known: undefined, last: undefined, others: undefined };
    const facts = { ...more, ...captured(match.groups) };
    const known = { kind, key: key!, facts, fixture: fixtures(kind, key!) };
    return { key, known, last: undefined, others: undefined };
  };
  if (hasParameters(spec)) return readParameters(spec, find, parsed);

  const parse = memoiseText((raw: string): ParsedCredential | undefined => {
    if (raw.trim() === '') return undefined;
    const value = scheme === undefined ? raw.trim() : schemeValue(raw, scheme);
    return parsed(isBasic(scheme) && value !== undefined ? basicParts(value)?.get('user') : value);
  }, CACHE_BOUNDS);
  return (request) => {
    const raw = find(request);
    return raw === undefined ? undefined : parse(raw);
  };
}

/** The groups that took part in the match. Another one leaves a fact of the same name as it is. */
function captured(groups: Readonly<Record<string, string | undefined>> | undefined): Record<string, string> {
  const given = Object.entries(groups ?? {}).filter((group): group is [string, string] => group[1] !== undefined);
  return Object.fromEntries(given);
}

/** Whether the credential is a parameter of its header, or has further facts there. */
export function hasParameters({ parameter, parameters }: CredentialSpec): boolean {
  return parameter !== undefined || Object.keys(parameters).length > 0;
}

/** Reads parameters of a header. Its text differs in every request (nonce, signature), so the cache is by the values that matter. */
function readParameters(
  { scheme, parameter = BASIC_PARAMETERS[0], parameters }: CredentialSpec,
  find: (request: RequestFacts) => string | undefined,
  parsed: (key: string | undefined, more?: Readonly<Record<string, string>>) => ParsedCredential,
): ReadCredential {
  const read = compileParameters(scheme);
  const others = Object.entries(parameters);
  const parse = memoiseText((text: string): ParsedCredential => {
    const [key, ...values] = JSON.parse(text) as (string | null)[];
    const more = others.flatMap(([fact], i): [string, string][] => (values[i] == null ? [] : [[fact, values[i]]]));
    return parsed(key ?? undefined, Object.fromEntries(more));
  }, CACHE_BOUNDS);
  const names = [parameter, ...others.map(([, name]) => name)];
  return (request) => {
    const raw = find(request);
    if (raw === undefined || raw.trim() === '') return undefined;
    const found = read(raw);
    return parse(JSON.stringify(names.map((name) => found?.get(name) || null)));
  };
}

/** The text after the scheme. Bearer and Basic have one word there (RFC 6750, RFC 7617). */
function schemeValue(raw: string, scheme: string): string | undefined {
  const value = afterScheme(raw, scheme);
  return value !== undefined && ONE_WORD.test(scheme) && /\s/.test(value) ? undefined : value;
}

const ONE_WORD = /^(?:bearer|basic)$/i;

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

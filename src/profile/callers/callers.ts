/**
 * Identifies callers: finds a credential in a request, and the account it belongs to.
 * @module
 */

import type { Caller } from '../../limits/facts.js';
import type { SecurityRequirement } from '../../openapi/document/operation.js';
import type { Matcher } from '../../patterns/compile.js';
import { memoise, memoiseText } from '../../runtime/memoise.js';
import type { Issued } from '../../state/resources/resources.js';
import type { AccountStore } from '../../state/store.js';
import type { Profile } from '../schema/schema.js';

/** Compiles a regular expression. */
export type PatternCompiler = (source: string) => Matcher;

function nativePattern(source: string): Matcher {
  return new RegExp(source);
}

/** The part of a request in which credentials are searched. */
export interface Envelope {
  header(name: string): string | undefined;
  readonly query: URLSearchParams;
}

/** The result: a caller, or the name of an error. `key` is the credential that was found, valid or not. */
export type Identified =
  | { readonly caller: Caller; readonly key: string }
  | { readonly error: string; readonly key: string | undefined };

/**
 * Identifies the caller of a request.
 *
 * @param security the operation's requirements; `undefined`: any credential of the profile
 * @param issued credentials that requests have issued
 */
export type Identify = (
  envelope: Envelope,
  security: readonly SecurityRequirement[] | undefined,
  accounts: AccountStore,
  issued: ReadonlyMap<string, Issued>,
) => Identified;

/** Bounds of the cache of credentials as requests send them. A longer text is hardly a credential. */
const CACHE_BOUNDS = { max: 1_000, maxLength: 1_000 };
/** Bound of the cache of security requirements: a document has few different ones. */
const MAX_REQUIREMENTS = 10_000;

/**
 * Compiles the identification of a profile's callers.
 *
 * @param patterns compiles the patterns of credentials; default: `RegExp`, for profiles that were checked
 */
export function compileIdentify(profile: Profile, patterns: PatternCompiler = nativePattern): Identify {
  const fixtures = compileFixtures(profile, patterns);
  const credentials = Object.entries(profile.callers.credentials).map(([kind, spec]) => ({
    spec,
    read: compileRead(kind, spec, fixtures, patterns),
  }));
  const { fact: accountFact, default: defaultAccount, plan: defaultPlan } = profile.accounts;
  // The key is the document's own list, so that each requirement is filtered once.
  const usableBy = memoise(
    (security: readonly SecurityRequirement[] | undefined) =>
      credentials.filter(({ spec }) => {
        const name = spec.security;
        return security === undefined || name === undefined || security.some((names) => names.includes(name));
      }),
    { max: MAX_REQUIREMENTS },
  );

  return (envelope, security, accounts, issued) => {
    const usable = usableBy(security);
    let malformed: { error: string; key: string | undefined } | undefined;
    for (const { spec, read } of usable) {
      const parsed = read(envelope);
      if (!parsed) continue;
      if (!parsed.known) {
        malformed ??= { error: spec.invalid, key: parsed.key };
        continue;
      }
      const { key, fixture, kind } = parsed.known;
      if (fixture?.error !== undefined) return { error: fixture.error, key };
      const issuance = issued.get(key);
      if (issuance?.revoked) return { error: spec.invalid, key };
      const account = accounts.ownerOf(key) ?? fixture?.account ?? issuance?.account ?? defaultAccount;
      const plan = accounts.get(account)?.plan ?? defaultPlan;
      const { last } = parsed;
      if (last && last.caller.account === account && last.caller.plan === plan) return last;
      const facts = {
        ...spec.facts,
        ...parsed.known.facts,
        ...fixture?.facts,
        [spec.fact]: key,
        [accountFact]: account,
      };
      parsed.last = { caller: { kind, facts, account, plan }, key };
      return parsed.last;
    }
    return malformed ?? { error: usable[0]?.spec.missing ?? credentials[0]!.spec.missing, key: undefined };
  };
}

type CredentialSpec = Profile['callers']['credentials'][string];

/** The text that a request sent where the credential belongs, parsed. Cached by the text, because a client sends the same with every request. */
interface ParsedCredential {
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

/** Compiles the reading of one kind of credential. It returns `undefined` if the request has none. */
function compileRead(
  kind: string,
  { header, query, scheme, pattern: source }: CredentialSpec,
  fixtures: (kind: string, key: string) => Fixture | undefined,
  patterns: PatternCompiler,
): (envelope: Envelope) => ParsedCredential | undefined {
  const pattern = patterns(source);

  const parse = memoiseText((raw: string): ParsedCredential | undefined => {
    if (raw.trim() === '') return undefined;
    const key = scheme === undefined ? raw.trim() : schemeValue(raw, scheme);
    const match = key === undefined ? null : pattern.exec(key);
    const known = match ? { kind, key: key!, facts: match.groups, fixture: fixtures(kind, key!) } : undefined;
    return { key, known, last: undefined };
  }, CACHE_BOUNDS);

  return (envelope) => {
    const raw = header === undefined ? (envelope.query.get(query ?? '') ?? undefined) : envelope.header(header);
    return raw === undefined ? undefined : parse(raw);
  };
}

/** The word after the scheme. RFC 9110: the name of the scheme is case-insensitive. */
function schemeValue(raw: string, scheme: string): string | undefined {
  const [word, ...rest] = raw.trim().split(/\s+/);
  return word!.toLowerCase() === scheme.toLowerCase() && rest.length === 1 ? rest[0] : undefined;
}

type Fixture = Profile['fixtures'][number];

function compileFixtures(
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

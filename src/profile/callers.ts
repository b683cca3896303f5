/**
 * Callers: finding a credential in a request, and telling whose it is.
 * @module
 */

import type { Caller } from '../limits/facts.js';
import type { Accounts } from '../state/accounts.js';
import type { Issued } from '../state/resources.js';
import type { Profile } from './schema.js';

/** What is looked at to find a credential. */
export interface Envelope {
  header(name: string): string | undefined;
  readonly query: URLSearchParams;
}

/** `key`: the credential that was found, good or not. */
export type Identified =
  | { readonly caller: Caller; readonly key: string }
  | { readonly error: string; readonly key: string | undefined };

/**
 * @param security names of the security schemes that will do; `undefined`: any credential of the profile
 * @param issued credentials that were made by requests
 */
export type Identify = (
  envelope: Envelope,
  security: readonly string[] | undefined,
  accounts: Accounts,
  issued: ReadonlyMap<string, Issued>,
) => Identified;

type Found = { present: false } | { present: true; value: string | undefined };

export function compileIdentify(profile: Profile): Identify {
  const credentials = Object.entries(profile.callers.credentials).map(([kind, spec]) => ({
    kind,
    spec,
    pattern: new RegExp(spec.pattern),
    extract: compileExtract(spec),
  }));
  const fixtures = compileFixtures(profile);
  const { fact: accountFact, default: defaultAccount, plan: defaultPlan } = profile.accounts;

  return (envelope, security, accounts, issued) => {
    const usable = credentials.filter(
      ({ spec }) => security === undefined || spec.security === undefined || security.includes(spec.security),
    );
    let malformed: { error: string; key: string | undefined } | undefined;
    for (const { kind, spec, pattern, extract } of usable) {
      const found = extract(envelope);
      if (!found.present) continue;
      const match = found.value === undefined ? null : pattern.exec(found.value);
      if (!match) {
        malformed ??= { error: spec.invalid, key: found.value };
        continue;
      }
      const key = found.value!;
      const fixture = fixtures(kind, key);
      if (fixture?.error !== undefined) return { error: fixture.error, key };
      const made = issued.get(key);
      if (made?.revoked) return { error: spec.invalid, key };
      const account = accounts.ownerOf(key) ?? fixture?.account ?? made?.account ?? defaultAccount;
      const plan = accounts.get(account)?.plan ?? defaultPlan;
      const facts = { ...spec.facts, ...match.groups, ...fixture?.facts, [spec.fact]: key, [accountFact]: account };
      return { caller: { kind, facts, account, plan }, key };
    }
    return malformed ?? { error: usable[0]?.spec.missing ?? credentials[0]!.spec.missing, key: undefined };
  };
}

type CredentialSpec = Profile['callers']['credentials'][string];

function compileExtract({ header, query, scheme }: CredentialSpec): (envelope: Envelope) => Found {
  return (envelope) => {
    const raw = header === undefined ? (envelope.query.get(query ?? '') ?? undefined) : envelope.header(header);
    if (raw === undefined || raw.trim() === '') return { present: false };
    if (scheme === undefined) return { present: true, value: raw.trim() };
    // RFC 9110: the scheme's name is matched without regard to case.
    const [word, ...rest] = raw.trim().split(/\s+/);
    return {
      present: true,
      value: word!.toLowerCase() === scheme.toLowerCase() && rest.length === 1 ? rest[0] : undefined,
    };
  };
}

type Fixture = Profile['fixtures'][number];

function compileFixtures(profile: Profile): (kind: string, key: string) => Fixture | undefined {
  const exact = new Map(profile.fixtures.map((fixture) => [`${fixture.credential} ${fixture.key}`, fixture]));
  const patterns = profile.fixtures
    .filter(({ pattern }) => pattern !== undefined)
    .map((fixture) => ({ fixture, pattern: new RegExp(`^(?:${fixture.pattern})$`) }));
  return (kind, key) =>
    exact.get(`${kind} ${key}`) ??
    patterns.find(({ fixture, pattern }) => fixture.credential === kind && pattern.test(key))?.fixture;
}

/** A credential for showing: its prefix and last four characters, `ad_live_…bbbb`. */
export function maskCredential(value: string): string {
  const prefix = /^(?:[A-Za-z0-9]+[_-])+/.exec(value)?.[0] ?? value.slice(0, 3);
  return `${prefix}…${value.slice(prefix.length).slice(-4)}`;
}

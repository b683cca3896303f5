/**
 * The credentials that an operation requires, in words and as a challenge of `WWW-Authenticate`.
 * @module
 */
import type { Operation } from '../../openapi/document/operation.js';
import type { Profile } from '../schema/schema.js';
import type { CredentialSpec } from './credentials.js';

/** What a request without a valid credential should send. */
export interface ExpectedCredential {
  /** In words: `the header X-Key (api-key)`; alternatives are joined by "or". */
  readonly expected: string;
  /** The value of `WWW-Authenticate` (RFC 9110). Schemes without a registered name are called `ApiKey`. */
  readonly challenge: string;
}

/** Describes what an operation requires. @param security its requirements; `undefined`: any credential of the profile */
export function expectedCredential(profile: Profile, security: Operation['security'] | undefined): ExpectedCredential {
  const kinds = Object.entries(profile.callers.credentials);
  const named = (name: string) => kinds.filter(([, spec]) => spec.security === undefined || spec.security === name);
  const ways = security?.map((names) => names.map(named)) ?? kinds.map((kind) => [[kind]]);
  const sentences = ways
    .map((parts) =>
      parts
        .filter(({ length }) => length > 0)
        .map((part) => part.map(([kind, spec]) => placeOf(kind, spec)).join(' or '))
        .join(' and '),
    )
    .filter((text) => text !== '');
  const challenges = ways.flat(2).map(([, spec]) => challengeOf(profile.title, spec));
  return {
    expected: [...new Set(sentences)].join(', or ') || 'a credential',
    challenge: [...new Set(challenges)].join(', ') || `ApiKey realm="${quoted(profile.title)}"`,
  };
}

function placeOf(kind: string, { header, query, cookie, scheme, security = kind }: CredentialSpec): string {
  const name = ` (${security})`;
  if (query !== undefined) return `the query parameter ${query}${name}`;
  if (cookie !== undefined) return `the cookie ${cookie}${name}`;
  if (scheme === undefined) return `the header ${header}${name}`;
  const value = /^basic$/i.test(scheme) ? 'user:password in Base64' : 'a token';
  return `the header ${header}: ${scheme}, with ${value}${name}`;
}

function challengeOf(title: string, { header, query, cookie, scheme }: CredentialSpec): string {
  const realm = `realm="${quoted(title)}"`;
  if (scheme !== undefined) return `${scheme} ${realm}${/^basic$/i.test(scheme) ? ', charset="UTF-8"' : ''}`;
  const [place, name] =
    query !== undefined ? ['query', query] : cookie !== undefined ? ['cookie', cookie] : ['header', header];
  return `ApiKey ${realm}, in="${place}", name="${quoted(name!)}"`;
}

/** A text for a quoted string of a header: printable ASCII, with escapes. */
function quoted(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?').replace(/["\\]/g, '\\$&');
}

/**
 * The credentials that an operation requires, in words and as a challenge of `WWW-Authenticate`.
 * @module
 */
import type { Operation } from '../../openapi/document/operation.js';
import type { Profile } from '../schema/schema.js';
import { isBasic } from './auth-parameters.js';
import type { CredentialSpec } from './credentials.js';
import { placeInWords, placeOf } from './places.js';

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
        .map((part) => part.map(([kind, spec]) => waysInWords(kind, spec)).join(' or '))
        .join(' and '),
    )
    .filter((text) => text !== '');
  const challenges = ways.flat(2).map(([, spec]) => challengeOf(profile.title, spec));
  return {
    expected: [...new Set(sentences)].join(', or ') || 'a credential',
    challenge: [...new Set(challenges)].join(', ') || `ApiKey realm="${quoted(profile.title)}"`,
  };
}

/** Where a request holds a credential, in words. @param kind its name in the profile */
export function waysInWords(kind: string, spec: CredentialSpec): string {
  const { scheme, parameter, security = kind } = spec;
  const name = ` (${security})`;
  const place = placeInWords(spec);
  if (parameter !== undefined && !isBasic(scheme))
    return `${place}: ${scheme === undefined ? '' : `${scheme} `}${parameter}="…"${name}`;
  if (scheme === undefined) return `${place}${name}`;
  return `${place}: ${scheme}, with ${isBasic(scheme) ? 'user:password in Base64' : 'a token'}${name}`;
}

function challengeOf(title: string, spec: CredentialSpec): string {
  const { scheme } = spec;
  const realm = `realm="${quoted(title)}"`;
  if (scheme !== undefined) return `${scheme} ${realm}${isBasic(scheme) ? ', charset="UTF-8"' : ''}`;
  const { place, name } = placeOf(spec);
  return `ApiKey ${realm}, in="${place}", name="${quoted(name)}"`;
}

/** A text for a quoted string of a header: printable ASCII, with escapes. */
function quoted(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?').replace(/["\\]/g, '\\$&');
}

/**
 * Derives the credentials of a starter profile from the security schemes of the document.
 * @module
 */

import type { OpenApiDocument } from '../../openapi/document/document.js';
import { isObject, type Json, type JsonObject } from '../../openapi/document/json.js';

/** A credential of a starter profile. */
export interface Credential {
  readonly id: string;
  /** Where a request carries it. */
  readonly location: { readonly header: string } | { readonly query: string };
  /** Authentication scheme in front of it: `Bearer`. */
  readonly scheme?: string;
  /** Regular expression of a well-formed value. */
  readonly pattern: string;
  /** Name of the security scheme; `undefined` for a stand-in for schemes that headers and query cannot show. */
  readonly security?: string;
  /** A sample value that no user would send by chance. */
  readonly sample: string;
  /** Further remark for the comment in the profile. */
  readonly remark?: string;
}

/** The credentials of a document; empty where it requires none. */
export function credentialsOf(document: OpenApiDocument): Credential[] {
  const schemes = document.at('#/components/securitySchemes');
  const found = Object.keys(isObject(schemes) ? schemes : {}).flatMap((name) => {
    const scheme = document.follow((schemes as JsonObject)[name]);
    const credential = isObject(scheme) ? credentialOf(name, scheme) : undefined;
    return credential ? [credential] : [];
  });
  const covered = found.map(({ security }) => security);
  const uncovered = document.operations
    .map(({ security }) => security.flat())
    .find((names) => names.length > 0 && !names.some((name) => covered.includes(name)));
  if (!uncovered) return unique(found);
  const remark = `Stands in for ${uncovered.join(', ')}, which headers and query of a request do not show.`;
  return unique([...found, { ...bearer('stand-in'), remark }]);
}

function credentialOf(name: string, scheme: JsonObject): Credential | undefined {
  const id = kebab(name) || 'credential';
  const security = name;
  switch (scheme['type']) {
    case 'apiKey':
      return apiKey(id, security, scheme['in'], String(scheme['name']));
    case 'http':
      return http(id, security, String(scheme['scheme']));
    case 'oauth2':
    case 'openIdConnect':
      return { ...bearer(id), security, remark: 'Any access token is accepted: the mock issues none.' };
    default:
      return undefined;
  }
}

function apiKey(id: string, security: string, location: Json | undefined, name: string): Credential | undefined {
  const pattern = '^\\S+$';
  if (location === 'header') return { id, location: { header: name }, pattern, security, sample: 'revoked-key' };
  if (location === 'query') return { id, location: { query: name }, pattern, security, sample: 'revoked-key' };
  if (location !== 'cookie') return undefined;
  return {
    id,
    location: { header: 'Cookie' },
    pattern: `(?:^|;\\s*)${escapeRegExp(name)}=[^;\\s]+`,
    security,
    sample: `${name}=revoked`,
    remark: `The cookie ${name}. The whole Cookie header identifies the caller.`,
  };
}

function http(id: string, security: string, scheme: string): Credential {
  if (/^basic$/i.test(scheme)) {
    const header = { header: 'Authorization' };
    // "revoked:revoked"
    return { id, location: header, scheme: 'Basic', pattern: '^[\\w+/=-]+$', security, sample: 'cmV2b2tlZDpyZXZva2Vk' };
  }
  const word = /^bearer$/i.test(scheme) ? 'Bearer' : scheme;
  return { ...bearer(id), scheme: word, security };
}

function bearer(id: string): Credential {
  return { id, location: { header: 'Authorization' }, scheme: 'Bearer', pattern: '^\\S+$', sample: 'revoked-token' };
}

function unique(credentials: readonly Credential[]): Credential[] {
  return credentials.map((credential, i) => {
    const before = credentials.slice(0, i).filter(({ id }) => id === credential.id).length;
    return before === 0 ? credential : { ...credential, id: `${credential.id}-${before + 1}` };
  });
}

/** Converts a name to kebab case: `ApiKeyAuth` to `api-key-auth`. Empty where no character remains. */
export function kebab(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+|-+$/g, '');
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

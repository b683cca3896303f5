/**
 * The security schemes of a document.
 * @module
 */
import type { OpenApiDocument } from './document.js';
import { child, isObject } from './json.js';
import type { DocumentNotice } from './notice.js';

/** A security scheme that a request can be checked for. */
export type SecurityScheme =
  | { readonly type: 'apiKey'; readonly in: 'header' | 'query' | 'cookie'; readonly name: string }
  /** `scheme` as the document writes it: `bearer`, `basic`, `Digest`. */
  | { readonly type: 'http'; readonly scheme: string }
  | { readonly type: 'oauth2' | 'openIdConnect' };

const SCHEMES = '#/components/securitySchemes';

/** The names of all security schemes that the document describes, usable or not. */
export function securitySchemeNames(document: OpenApiDocument): string[] {
  const schemes = document.at(SCHEMES);
  return isObject(schemes) ? Object.keys(schemes) : [];
}

/** A security scheme; `undefined` if there is none with this name, or if requests do not show whether it is satisfied (`mutualTLS`). */
export function securityScheme(document: OpenApiDocument, name: string): SecurityScheme | undefined {
  const scheme = document.follow(child(document.at(SCHEMES), name));
  if (!isObject(scheme)) return undefined;
  const { type, in: place, name: carrier, scheme: word } = scheme;
  switch (type) {
    case 'apiKey':
      if (typeof carrier !== 'string' || carrier.trim() === '') return undefined;
      return place === 'header' || place === 'query' || place === 'cookie'
        ? { type, in: place, name: carrier.trim() }
        : undefined;
    case 'http':
      return typeof word === 'string' && /^[\w!#$%&'*+.^`|~-]+$/.test(word.trim())
        ? { type, scheme: word.trim() }
        : undefined;
    case 'oauth2':
    case 'openIdConnect':
      return { type };
    default:
      return undefined;
  }
}

/** Notices about the schemes that operations require and that cannot be checked. */
export function securityNotices(document: OpenApiDocument): DocumentNotice[] {
  const names = new Set(document.operations.flatMap(({ security }) => security.flat()));
  return [...names]
    .filter((name) => securityScheme(document, name) === undefined)
    .map((name) => {
      const scheme = document.follow(child(document.at(SCHEMES), name));
      const at = ['components', 'securitySchemes', name];
      if (scheme === undefined) {
        const problem = `operations require the security scheme "${name}", which is not described, so it is not asked for`;
        return { code: 'openapi/security', at, problem, fix: 'describe it under components.securitySchemes' };
      }
      if (isObject(scheme) && scheme['type'] === 'mutualTLS') {
        const problem = `requests do not show client certificates, so "${name}" is not asked for`;
        return { code: 'openapi/security', at, problem, fix: 'test client certificates elsewhere' };
      }
      const problem = `the security scheme "${name}" has no known type, or lacks a part of it, so it is not asked for`;
      return { code: 'openapi/security', at, problem, fix: 'give type, and in and name (apiKey) or scheme (http)' };
    });
}

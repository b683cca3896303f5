/**
 * The places of a request that may hold a credential.
 * @module
 */
import { cookieValue, dig, type RequestFacts } from '../../limits/facts.js';

/** The keys of a credential that say where requests hold it. A credential has one of them. */
export const CREDENTIAL_PLACES = ['header', 'query', 'cookie', 'path', 'body'] as const;

/** A kind of place. */
export type CredentialPlace = (typeof CREDENTIAL_PLACES)[number];

/** The places that a credential names. */
export type Places = Readonly<Partial<Record<CredentialPlace, string | undefined>>>;

/** The keys among `CREDENTIAL_PLACES` that a credential has. */
export function placesOf(spec: Places): CredentialPlace[] {
  return CREDENTIAL_PLACES.filter((place) => spec[place] !== undefined);
}

/** Where requests hold a credential: the kind of place, and its name there. Of several kinds, the one that is read. */
export function placeOf(spec: Places): { place: CredentialPlace; name: string } {
  const place = placesOf(spec)[0] ?? 'header';
  return { place, name: spec[place] ?? '' };
}

/** The place in words: `the header X-Key`. */
export function placeInWords(spec: Places): string {
  const { place, name } = placeOf(spec);
  return `${WORDS[place]} ${name}`;
}

const WORDS: Readonly<Record<CredentialPlace, string>> = {
  header: 'the header',
  query: 'the query parameter',
  cookie: 'the cookie',
  path: 'the path parameter',
  body: 'the body field',
};

/** Compiles the reading of the text that a request has in the place of a credential; `undefined` if there is none. */
export function compilePlace(spec: Places): (request: RequestFacts) => string | undefined {
  const { place, name } = placeOf(spec);
  switch (place) {
    case 'header':
      return (request) => request.header(name);
    case 'query':
      return (request) => request.query.get(name) ?? undefined;
    case 'cookie':
      return (request) => cookieValue(request.header('cookie'), name);
    case 'path':
      return (request) => request.params[name];
    case 'body': {
      const path = name.split('.');
      return (request) => {
        const value = dig(request.body, path);
        return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
      };
    }
  }
}

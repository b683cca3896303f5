/**
 * Derives the credentials of callers from the security schemes of a document.
 * @module
 */
import type { OpenApiDocument } from '../../openapi/document/document.js';
import { type SecurityScheme, securityScheme, securitySchemeNames } from '../../openapi/document/security.js';
import { kebab } from './names.js';

/** A credential, as a security scheme describes it. */
export interface Credential {
  readonly id: string;
  /** Where a request carries it. */
  readonly location: { readonly header: string } | { readonly query: string } | { readonly cookie: string };
  /** Authentication scheme in front of it: `Bearer`. */
  readonly scheme?: string;
  /** Regular expression of a well-formed value. */
  readonly pattern: string;
  /** The fact of the caller that holds it. */
  readonly fact: string;
  /** Name of the security scheme. */
  readonly security: string;
  /** A sample value that no user would send by chance. */
  readonly sample: string;
  /** Further remark for the comment in the profile. */
  readonly remark?: string;
}

type Form = Omit<Credential, 'id' | 'fact' | 'security'>;

/** Names of facts that a profile uses for something else. */
const OTHER_FACTS = ['kind', 'plan', 'account'];

/** The credentials of a document; empty if it describes none that a request shows. */
export function credentialsOf(document: OpenApiDocument): Credential[] {
  const credentials: Credential[] = [];
  for (const security of securitySchemeNames(document)) {
    const scheme = securityScheme(document, security);
    if (!scheme) continue;
    const ids = credentials.map(({ id }) => id);
    const id = unused(kebab(security) || 'credential', ids);
    const others = namesNeededWith(document, security);
    // Credentials that a request sends together are different facts; those of which it sends one are the same.
    const isSecond = credentials.some((one) => one.fact === 'key' && others.has(one.security));
    const fact = isSecond ? unused(id, ['key', ...OTHER_FACTS, ...credentials.map((one) => one.fact)]) : 'key';
    credentials.push({ id, fact, security, ...formOf(scheme) });
  }
  return credentials;
}

/** The schemes that some operation requires together with this one. */
function namesNeededWith(document: OpenApiDocument, name: string): ReadonlySet<string> {
  const lists = document.operations.flatMap(({ security }) => security);
  return new Set(lists.filter((names) => names.includes(name)).flat());
}

function unused(name: string, taken: readonly string[]): string {
  if (!taken.includes(name)) return name;
  for (let i = 2; ; i++) if (!taken.includes(`${name}-${i}`)) return `${name}-${i}`;
}

const WORD = '^\\S+$';

function formOf(scheme: SecurityScheme): Form {
  switch (scheme.type) {
    case 'apiKey':
      return apiKey(scheme.in, scheme.name);
    case 'http':
      return http(scheme.scheme);
    default:
      return { ...bearer('Bearer'), remark: 'Any access token is accepted: the mock issues none.' };
  }
}

function apiKey(place: 'header' | 'query' | 'cookie', name: string): Form {
  const location = { [place]: name } as unknown as Form['location'];
  return { location, pattern: WORD, sample: 'revoked-key' };
}

function http(scheme: string): Form {
  if (/^basic$/i.test(scheme)) {
    const remark = 'The value is the user of user:password (RFC 7617). Any password is accepted.';
    return { location: { header: 'Authorization' }, scheme: 'Basic', pattern: '', sample: 'revoked', remark };
  }
  if (/^bearer$/i.test(scheme)) return bearer('Bearer');
  // The parameters of other schemes contain spaces and commas (RFC 9110, section 11.4).
  return { location: { header: 'Authorization' }, pattern: `^${anyCase(scheme)}\\s+\\S`, sample: `${scheme} revoked` };
}

function bearer(scheme: string): Form {
  return { location: { header: 'Authorization' }, scheme, pattern: WORD, sample: 'revoked-token' };
}

/** A pattern of a word in upper or lower case. */
function anyCase(word: string): string {
  return [...word]
    .map((letter) => {
      const [lower, upper] = [letter.toLowerCase(), letter.toUpperCase()];
      return lower === upper ? letter.replace(/[.*+?^${}()|[\]\\]/g, '\\$&') : `[${upper}${lower}]`;
    })
    .join('');
}

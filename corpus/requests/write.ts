/**
 * Writes a draft as it goes onto the wire, with credentials.
 * @module
 */
import type { Credential, Operation } from '../api/operation.js';
import type { Source } from '../api/source.js';
import { writeBody } from './bodies.js';
import { encode, pathText, plainText, queryPairs } from './parameters.js';
import type { Draft, WireRequest } from './request.js';

const KEY = 'corpus-key-7f3a9c2e51';

/** The credentials that are sent: the first alternative that the corpus knows. `undefined` where there is none. */
export function credentialsOf({ security }: Operation): readonly Credential[] | undefined {
  if (security.length === 0) return [];
  const known = security.filter((all) => all.every(({ kind }) => kind !== 'unknown'));
  return known.find((all) => all.length > 0) ?? known[0];
}

/** Where a credential travels: a parameter of the same name is set by it. */
export function isCredential(operation: Operation, place: string, name: string): boolean {
  return (credentialsOf(operation) ?? []).some(
    (one) => one.kind === 'apiKey' && one.in === place && one.name.toLowerCase() === name.toLowerCase(),
  );
}

/** Writes a draft as it is sent. */
export function writeRequest(source: Source, draft: Draft): WireRequest {
  const { operation, values, body } = draft;
  let path = operation.path;
  const query: string[] = [];
  const headers: Record<string, string> = { accept: '*/*' };
  const cookies: string[] = [];
  for (const [parameter, value] of values) {
    switch (parameter.in) {
      case 'path':
        path = path.replaceAll(`{${parameter.name}}`, () => pathText(parameter, value));
        break;
      case 'query':
        if (parameter.mediaType !== undefined) query.push(`${encode(parameter.name)}=${encode(JSON.stringify(value))}`);
        else query.push(...queryPairs(parameter.name, value, parameter.style, parameter.explode));
        break;
      case 'header':
        headers[parameter.name.toLowerCase()] = plainText(parameter, value);
        break;
      case 'cookie':
        cookies.push(`${parameter.name}=${plainText(parameter, value)}`);
        break;
    }
  }
  for (const credential of credentialsOf(operation) ?? []) addCredential(credential, headers, query, cookies);
  if (cookies.length > 0) headers['cookie'] = cookies.join('; ');
  const written = body && writeBody(source, body.content, body.value);
  if (written) headers['content-type'] = written.type;
  const target = query.length === 0 ? path : `${path}?${query.join('&')}`;
  return { method: operation.method, target: encodeLiterals(target), headers, body: written?.bytes };
}

function addCredential(
  credential: Credential,
  headers: Record<string, string>,
  query: string[],
  cookies: string[],
): void {
  if (credential.kind === 'authorization') {
    const basic = /^basic$/i.test(credential.scheme);
    const word = /^bearer$/i.test(credential.scheme) ? 'Bearer' : basic ? 'Basic' : credential.scheme;
    headers['authorization'] = `${word} ${basic ? Buffer.from(`corpus:${KEY}`).toString('base64') : KEY}`;
  } else if (credential.kind === 'apiKey') {
    // A key in the header Authorization often goes with a word in front of it, which the document does not tell.
    if (credential.in === 'header') headers[credential.name.toLowerCase()] = KEY;
    else if (credential.in === 'cookie') cookies.push(`${credential.name}=${KEY}`);
    else if (!query.some((pair) => pair.startsWith(`${encode(credential.name)}=`)))
      query.push(`${encode(credential.name)}=${KEY}`);
  }
}

/** What stands in the path of the document and cannot stand in a request line: non-ASCII characters, quotes, braces. */
function encodeLiterals(target: string): string {
  return target.replaceAll(/[^\x21-\x7e]+|["<>\\^`{}]/g, (text) => encodeURIComponent(text));
}

/**
 * Media types (RFC 9110 section 8.3.1, RFC 6838).
 * @module
 */

import { memoiseText } from '../runtime/memoise.js';

/** The kinds of content that are read and written in different ways. */
export type ContentKind =
  | 'json'
  | 'json-lines'
  | 'json-sequence'
  | 'event-stream'
  | 'form'
  | 'multipart'
  | 'xml'
  | 'csv'
  | 'text'
  | 'image'
  | 'binary';

/** The type without its parameters, in lower case: `application/json`. */
export function essence(mediaType: string): string {
  return mediaType.split(';', 1)[0]!.trim().toLowerCase();
}

/** The value of a parameter (`charset`, `boundary`), unquoted; `undefined` if there is none. */
export function mediaTypeParameter(mediaType: string, name: string): string | undefined {
  for (const [, key, quoted, token] of mediaType.matchAll(/;\s*([^\s=;]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;]*))/g)) {
    if (key!.toLowerCase() === name) return quoted === undefined ? token : quoted.replace(/\\(.)/g, '$1');
  }
  return undefined;
}

/** Whether a concrete type falls under a range (star/star, `text/*`) or is the same type; parameters are ignored. */
export function matchesRange(range: string, mediaType: string): boolean {
  const [wanted, given] = [essence(range), essence(mediaType)];
  if (wanted === '*' || wanted === '*/*' || wanted === given) return true;
  return wanted.endsWith('/*') && given.startsWith(wanted.slice(0, -1));
}

const KINDS: readonly (readonly [pattern: RegExp, kind: ContentKind])[] = [
  [
    /^(?:application|text)\/(?:x-)?(?:ndjson|jsonl|json-lines|jsonlines)$|[/+]x-ndjson$|^application\/stream\+json$/,
    'json-lines',
  ],
  [/^application\/(?:.+\+)?json-seq$/, 'json-sequence'],
  [/^text\/event-stream$/, 'event-stream'],
  [/^(?:application|text)\/(?:.+\+)?(?:x-)?json5?$|\+json$/, 'json'],
  [/^application\/x-www-form-urlencoded$/, 'form'],
  [/^multipart\//, 'multipart'],
  [/[/+]xml$/, 'xml'],
  [/^text\/(?:csv|comma-separated-values)$/, 'csv'],
  [/^text\/|^application\/(?:javascript|graphql|yaml|x-yaml|toml|sql|jwt)$|\+yaml$/, 'text'],
  [/^image\//, 'image'],
];

/** How content of a type is read and written. A range that includes JSON is JSON. */
export const contentKind = memoiseText(kindOf, { max: 200, maxLength: 100 });

function kindOf(mediaType: string): ContentKind {
  const type = essence(mediaType);
  if (type === '' || type === '*/*' || type === '*' || type === 'application/*') return 'json';
  return KINDS.find(([pattern]) => pattern.test(type))?.[1] ?? 'binary';
}

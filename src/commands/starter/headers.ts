/**
 * Derives the headers of a starter profile: the document's own rate limit headers, or the common ones where it has none.
 * @module
 */

import type { OpenApiDocument } from '../../openapi/document/document.js';
import { isObject, type Json, type JsonObject } from '../../openapi/document/json.js';
import type { FoundHeader } from './limits/limits.js';

/** A header of a starter profile. */
export interface StarterHeader {
  readonly name: string;
  /** Header value, as profiles name it: `remaining`. */
  readonly value: string;
  /** Format of the value; `undefined` for a plain number. */
  readonly format: string | undefined;
  /** Which responses have it; `undefined` for all. */
  readonly on: string | undefined;
  /** Whether the document shows it. */
  readonly documented: boolean;
  /** Length of the windows that it reports; all when left out. */
  readonly length?: string | undefined;
}

const MEANINGS: readonly (readonly [pattern: RegExp, value: string])[] = [
  [/^retry-after$/i, 'retry-after'],
  [/^ratelimit-policy$/i, 'ratelimit-policy'],
  [/^ratelimit$/i, 'ratelimit'],
  [/(?:rate-?limit|quota).*remaining/i, 'remaining'],
  [/(?:rate-?limit|quota).*reset/i, 'reset'],
  [/(?:rate-?limit|quota).*(?:used|consumed)/i, 'used'],
  [/(?:rate-?limit|quota).*limit$/i, 'limit'],
];

const COMMON: readonly StarterHeader[] = [
  { name: 'X-RateLimit-Limit', value: 'limit', format: undefined, on: undefined, documented: false },
  { name: 'X-RateLimit-Remaining', value: 'remaining', format: undefined, on: undefined, documented: false },
  { name: 'X-RateLimit-Reset', value: 'reset', format: 'epoch-seconds', on: undefined, documented: false },
];

const RETRY_AFTER = { name: 'Retry-After', value: 'retry-after', format: undefined, on: 'refusal', documented: false };

/** The headers for a document. @param known those that a gateway is known to send, in place of the common ones */
export function headersOf(document: OpenApiDocument, known?: readonly FoundHeader[]): StarterHeader[] {
  const found = new Map<string, StarterHeader>();
  for (const [name, header] of responseHeaders(document)) {
    const value = MEANINGS.find(([pattern]) => pattern.test(name))?.[1];
    if (value === undefined || found.has(name.toLowerCase())) continue;
    const format = value === 'reset' ? resetFormat(name, header, document) : undefined;
    const on = value === 'retry-after' ? 'refusal' : undefined;
    found.set(name.toLowerCase(), { name, value, format, on, documented: true });
  }
  const documentedHeaders = [...found.values()];
  const others = known?.filter(({ name }) => !found.has(name.toLowerCase()));
  if (others && !documentedHeaders.some(({ value }) => value !== 'retry-after'))
    return [
      ...others.map(({ format, on, ...one }) => ({ ...one, format, on, documented: false })),
      ...documentedHeaders,
    ];
  return [
    ...(documentedHeaders.some(({ value }) => value !== 'retry-after') ? [] : COMMON),
    ...documentedHeaders,
    ...(found.has('retry-after') ? [] : [RETRY_AFTER]),
  ];
}

function* responseHeaders(document: OpenApiDocument): Generator<[string, JsonObject]> {
  for (const { pointer } of document.operations) {
    const responses = document.at(`${pointer}/responses`);
    for (const given of isObject(responses) ? Object.values(responses) : []) {
      const response = document.follow(given);
      const headers = isObject(response) ? document.follow(response['headers']) : undefined;
      for (const [name, header] of Object.entries(isObject(headers) ? headers : {})) {
        const followed = document.follow(header);
        if (isObject(followed)) yield [name, followed];
      }
    }
  }
}

/** The format of a reset header, guessed from its schema and example. */
function resetFormat(name: string, header: JsonObject, document: OpenApiDocument): string {
  const schema = document.follow(header['schema']);
  const inner: JsonObject = isObject(schema) ? schema : {};
  const example: Json | undefined = header['example'] ?? inner['example'];
  if (inner['format'] === 'date-time' || /^\d{4}-\d\d-\d\dT/.test(String(example))) return 'iso';
  const number = Number(example);
  if (example !== undefined && number > 1e11) return 'epoch-milliseconds';
  if (example !== undefined && number > 1e8) return 'epoch-seconds';
  if (example !== undefined && number >= 0) return 'delta-seconds';
  // The IETF draft counts seconds from now.
  return /^ratelimit/i.test(name) ? 'delta-seconds' : 'epoch-seconds';
}

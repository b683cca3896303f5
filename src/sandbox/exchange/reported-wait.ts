/**
 * The wait that an answer reports, parsed from its headers as a client parses them.
 * @module
 */
import type { HeaderFields } from '../../limits/render/header-text.js';

/** Parses `Retry-After` (RFC 9110 §10.2.3). @param now epoch ms @returns seconds from now; `undefined` if it is missing or invalid */
export function reportedRetryAfter(headers: Readonly<HeaderFields>, now: number): number | undefined {
  const text = headers['Retry-After'] ?? retryHeader(headers);
  if (typeof text !== 'string') return undefined;
  if (/^\d+(?:\.\d+)?$/.test(text)) return Number(text);
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, (date - now) / 1_000);
}

function retryHeader(headers: Readonly<HeaderFields>): string | readonly string[] | undefined {
  for (const name in headers) if (name.length === 11 && name.toLowerCase() === 'retry-after') return headers[name];
  return undefined;
}

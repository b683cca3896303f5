/**
 * The wait that an answer reports, parsed from its headers as a client parses them.
 * @module
 */

/** Parses `Retry-After` (RFC 9110 §10.2.3). @param now epoch ms @returns seconds from now; `undefined` if it is missing or invalid */
export function reportedRetryAfter(headers: Readonly<Record<string, string>>, now: number): number | undefined {
  const text = headers['Retry-After'] ?? retryHeader(headers);
  if (text === undefined) return undefined;
  if (/^\d+(?:\.\d+)?$/.test(text)) return Number(text);
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, (date - now) / 1_000);
}

function retryHeader(headers: Readonly<Record<string, string>>): string | undefined {
  for (const name in headers) if (name.length === 11 && name.toLowerCase() === 'retry-after') return headers[name];
  return undefined;
}

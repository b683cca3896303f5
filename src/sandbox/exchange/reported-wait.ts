/**
 * How long an answer tells to wait, read as a client reads it: from its headers.
 * @module
 */

/** Seconds from now; `undefined` where it has no `Retry-After` that can be read. @param now epoch ms @see RFC 9110 §10.2.3 */
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

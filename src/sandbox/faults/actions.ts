/**
 * The effects of a fault on a rendered answer: a changed `Retry-After`, a truncated body.
 * @module
 */
import { formats } from '../../limits/render/formats.js';
import type { Fault } from './faults.js';

const RETRY_AFTER = 'retry-after';

/** Rewrites `Retry-After`. @param at the exact instant behind the header in epoch ms, if it is known @param now epoch ms */
export function rewriteRetryAfter(
  headers: Record<string, string>,
  rewrite: NonNullable<Fault['retryAfter']>,
  at: number | undefined,
  now: number,
): void {
  const name = Object.keys(headers).find((one) => one.toLowerCase() === RETRY_AFTER);
  if (rewrite === 'missing') {
    if (name !== undefined) delete headers[name];
  } else if (rewrite !== 'http-date') {
    headers[name ?? 'Retry-After'] = String(rewrite);
  } else if (name !== undefined && /^\d+$/.test(headers[name]!)) {
    // A value that is not a number of seconds is already a date.
    headers[name] = String(formats['http-date'](at ?? now + Number(headers[name]) * 1_000));
  }
}

/** How many bytes of the body are sent. @param truncateBody a share below 1, or a number of bytes from 1 */
export function bytesSent(body: string | Uint8Array, truncateBody: number): number {
  const length = Buffer.byteLength(body);
  return truncateBody < 1 ? Math.floor(length * truncateBody) : Math.min(length, truncateBody);
}

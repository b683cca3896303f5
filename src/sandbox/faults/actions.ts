/**
 * What a fault does to an answer that is made already: its `Retry-After`, the part of its body that is sent.
 * @module
 */
import { formats } from '../../limits/render/formats.js';
import type { Fault } from './faults.js';

const RETRY_AFTER = 'retry-after';

/** @param at the instant behind the header, where it is known to the millisecond */
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
    // What is no number of seconds is a date already.
    headers[name] = String(formats['http-date'](at ?? now + Number(headers[name]) * 1_000));
  }
}

/** How many bytes of the body are sent: a share below 1, or from 1 up a number of bytes. */
export function bytesSent(body: string, truncateBody: number): number {
  const length = Buffer.byteLength(body);
  return truncateBody < 1 ? Math.floor(length * truncateBody) : Math.min(length, truncateBody);
}

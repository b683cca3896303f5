/**
 * From a reply to what is written on the wire.
 * @module
 */
import type { Scope } from '../limits/render/template.js';
import type { ErrorAnswer } from '../profile/provider.js';

/** A response, ready to be written. */
export interface Answer {
  readonly status: number;
  readonly headers: Record<string, string>;
  /** `null`: none (204, 304, HEAD). */
  readonly body: string | null;
  /** The connection is to be closed in place of answering. */
  readonly drop?: boolean;
  /** The connection is to be closed once so many bytes of the body have been sent. */
  readonly cutAfter?: number;
}

export interface Draft {
  status: number;
  contentType: string | undefined;
  headers: Record<string, string>;
  /** A string is written as it is, anything else as JSON. */
  body: unknown;
  /** Name of the profile's error that it is. */
  error: string | undefined;
  /** What its entity tag is made of, where that is not the body. */
  entity?: (() => unknown) | undefined;
}

export function draftError(error: ErrorAnswer, scope: Scope, now: number, status = error.status): Draft {
  const headers = error.headers.render(scope, now) as Record<string, unknown>;
  return {
    status,
    contentType: error.contentType,
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
    body: error.body?.render(scope, now),
    error: error.name,
  };
}

export function bodyText({ body, contentType }: Draft): string | null {
  if (body === undefined) return null;
  if (typeof body === 'string' && contentType !== undefined && !contentType.includes('json')) return body;
  return JSON.stringify(body);
}

const BODILESS = new Set([204, 205, 304]);

export function isBodiless(status: number): boolean {
  return BODILESS.has(status);
}

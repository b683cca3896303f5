/**
 * From a reply to what is written on the wire.
 * @module
 */
import { headerText } from '../../limits/render/header-text.js';
import type { Scope } from '../../limits/render/template.js';
import type { ErrorAnswer } from '../../profile/compiled/provider.js';
import { memoiseWeakly } from '../../runtime/memoise.js';

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
  /** Its row in the journal, where it tells the client to stop: it refuses the request (by a policy, or with a 429), or says that nothing is left. */
  readonly stop?: number | undefined;
}

export interface Draft {
  status: number;
  contentType: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** A string is written as it is, anything else as JSON. */
  body: unknown;
  /** The body as JSON, where that has been written already. */
  text?: string | undefined;
  /** The body is the same object whenever it says the same, and is never changed. */
  steady?: boolean | undefined;
  /** Name of the profile's error that it is. */
  error: string | undefined;
  /** What its entity tag is made of, where that is not the body. */
  entity?: (() => unknown) | undefined;
}

export function draftError(error: ErrorAnswer, scope: Scope, now: number, status = error.status): Draft {
  const { contentType, name, body } = error;
  const headers: Record<string, string> = {};
  const rendered = error.headers.render(scope, now) as Record<string, unknown>;
  for (const header in rendered) headers[header] = headerText(String(rendered[header]));
  return { status, contentType, headers, body: body?.render(scope, now), steady: body?.constant, error: name };
}

/** JSON of bodies that never change. */
const jsonOf = memoiseWeakly((body: object) => JSON.stringify(body));

export function bodyText({ body, text: written, contentType, steady }: Draft): string | null {
  if (written !== undefined) return written;
  if (body === undefined) return null;
  if (typeof body === 'string' && contentType !== undefined && !contentType.includes('json')) return body;
  if (!steady || typeof body !== 'object' || body === null) return JSON.stringify(body);
  return jsonOf(body);
}

/** Status codes whose answers have no body: 204, 205, 304. */
export function isBodiless(status: number): boolean {
  return status === 204 || status === 205 || status === 304;
}

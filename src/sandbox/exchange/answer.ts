/**
 * Drafts of responses, and the responses that are written on the wire.
 * @module
 */
import type { ReplyStream } from '../../behaviours/streams/reply-stream.js';
import { type HeaderFields, headerText } from '../../limits/render/header-text.js';
import { renewable, type Scope } from '../../limits/render/template.js';
import { contentKind } from '../../openapi/media-type.js';
import type { ErrorAnswer } from '../../profile/compiled/provider.js';
import { memoiseWeakly } from '../../runtime/memoise.js';
import type { BodyStream } from './streaming/body-stream.js';

/** A response that is ready to be written. */
export interface Answer {
  readonly status: number;
  readonly headers: HeaderFields;
  /** `null`: no body (204, 205, 304). */
  readonly body: string | Uint8Array | null;
  /** Close the connection instead of answering. */
  readonly drop?: boolean;
  /** Close the connection after this many bytes of the body. */
  readonly cutAfter?: number;
  /** The body, if it is sent in chunks; `body` is `null` then. */
  readonly stream?: BodyStream;
  /** The journal row, if the response tells the client to stop: a refusal, a 429, or a quota with nothing remaining. */
  readonly stop?: number | undefined;
}

/** A response before settlement and rendering. */
export interface Draft {
  status: number;
  contentType: string | undefined;
  readonly headers: Readonly<HeaderFields>;
  /** A string is written as it is, anything else as JSON. */
  body: unknown;
  /** The body as it is sent, if it is already serialised. */
  text?: string | Uint8Array | undefined;
  /** The body, if it is sent in chunks. */
  stream?: ReplyStream | undefined;
  /** Whether the body is a shared object that never changes, so that its JSON can be cached. */
  constantBody?: boolean | undefined;
  /** Name of the profile's error, if it is one. */
  error: string | undefined;
  /** Computes the value to hash for the entity tag. Default: the body. */
  entity?: (() => unknown) | undefined;
  /** Renders the body again, if it reports the state of policies: settlement may have changed that. */
  readonly renew?: (() => unknown) | undefined;
}

/** Renders one of the profile's errors. @param scope the scope of its templates @param now epoch ms */
export function draftError(error: ErrorAnswer, scope: Scope, now: number, status = error.status): Draft {
  const { contentType, name, body } = error;
  const headers: Record<string, string> = {};
  const rendered = error.headers.render(scope, now) as Record<string, unknown>;
  for (const header in rendered) headers[header] = headerText(String(rendered[header]));
  if (!body?.reportsPolicies)
    return { status, contentType, headers, body: body?.render(scope, now), constantBody: body?.constant, error: name };
  return { status, contentType, headers, ...renewable(body, scope, now), error: name };
}

/** JSON of constant bodies. */
const jsonOf = memoiseWeakly((body: object) => JSON.stringify(body));

/** The body as it is sent; `null` if there is none. */
export function bodyText({ body, text: written, contentType, constantBody }: Draft): string | Uint8Array | null {
  if (written !== undefined) return written;
  if (body === undefined) return null;
  if (typeof body === 'string' && contentType !== undefined && contentKind(contentType) !== 'json') return body;
  if (!constantBody || typeof body !== 'object' || body === null) return JSON.stringify(body);
  return jsonOf(body);
}

/** Status codes whose answers have no body: 204, 205, 304. */
export function isBodiless(status: number): boolean {
  return status === 204 || status === 205 || status === 304;
}

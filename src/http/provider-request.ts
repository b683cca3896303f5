/**
 * Handles a request to a provider. All transports (in-process, the framework, the socket) share this code and send the same response.
 * @module
 */

import type { HeaderFields } from '../limits/render/header-text.js';
import type { Port } from '../sandbox/core.js';
import type { Answer } from '../sandbox/exchange/answer.js';
import type { Arrival } from '../sandbox/exchange/request.js';
import type { Sandbox } from '../sandbox/sandbox.js';
import { answerPreflight, withCors } from './web/cors.js';

/** The provider that a request addresses. */
export interface ProviderTarget {
  readonly sandbox: Sandbox;
  /** Id of the profile. */
  readonly profile: string;
  /** Whether browser pages may call the provider (CORS). */
  readonly cors: boolean;
}

/** The part of an answer that is sent when a fault truncates it. Its headers still describe the complete answer. */
export interface PartialAnswer {
  readonly status: number;
  /** Headers of the complete answer. */
  readonly headers: Readonly<HeaderFields>;
  /** The bytes to send. */
  readonly body: Uint8Array<ArrayBuffer>;
  /** Whether the body is truncated. */
  readonly broken: boolean;
}

/** Whether a request is answered without reading its body. The body of a GET or HEAD request has no defined meaning (RFC 9110 section 9.3.1). */
export function isRead({ method }: Pick<Arrival, 'method'>): boolean {
  return method === 'GET' || method === 'HEAD';
}

/** Passes a request to the provider. The result is a promise only when the answer is delayed, because a promise costs as much time as the admission. */
export function requestProvider(target: ProviderTarget, arrival: Arrival, port: Port): Answer | Promise<Answer> {
  return finishAnswer(target, arrival, target.sandbox.handle(target.profile, arrival, port));
}

/** Makes the answer of a sandbox what its client gets: the headers that a browser page needs, no body to a HEAD request. */
export function finishAnswer(
  target: ProviderTarget,
  arrival: Arrival,
  answer: Answer | Promise<Answer>,
): Answer | Promise<Answer> {
  if (answer instanceof Promise) return answer.then((delayed) => finalized(delayed, arrival, target));
  return finalized(answer, arrival, target);
}

/** The answer to a CORS preflight request; `undefined` for any other request. A preflight never reaches the provider and is not counted. */
export function preflight(
  { sandbox, cors }: ProviderTarget,
  arrival: Pick<Arrival, 'method' | 'header'>,
): Answer | undefined {
  return cors ? answerPreflight(arrival, () => sandbox.clock.now()) : undefined;
}

/** Adds the CORS headers that a browser page needs, and removes the body from the answer to a HEAD request. */
function finalized(answer: Answer, arrival: Arrival, { cors, sandbox, profile }: ProviderTarget): Answer {
  const foreign = cors && !answer.drop && arrival.header('origin') !== undefined;
  if (!foreign && arrival.method !== 'HEAD') return answer;
  return {
    ...answer,
    headers: foreign ? withCors(answer.headers, sandbox.provider(profile)) : answer.headers,
    body: arrival.method === 'HEAD' ? null : answer.body,
  };
}

/** The part of a truncated answer that is sent; `undefined` for an answer that is sent in full. */
export function partialAnswer({ status, headers, body, cutAfter }: Answer): PartialAnswer | undefined {
  if (cutAfter === undefined || body === null) return undefined;
  const whole = typeof body === 'string' ? new TextEncoder().encode(body) : new Uint8Array(body);
  return {
    status,
    headers: { ...headers, 'Content-Length': String(whole.byteLength) },
    body: whole.subarray(0, cutAfter),
    broken: cutAfter < whole.byteLength,
  };
}

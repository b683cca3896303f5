/**
 * A request to a provider, whichever way it came: in-process, through the framework, or straight from a socket. What goes back is the same for all.
 * @module
 */

import type { Port } from '../sandbox/core.js';
import type { Answer } from '../sandbox/exchange/answer.js';
import type { Arrival } from '../sandbox/exchange/request.js';
import type { Sandbox } from '../sandbox/sandbox.js';
import { answerPreflight, withCors } from './web/cors.js';

export interface ProviderTarget {
  readonly sandbox: Sandbox;
  readonly profile: string;
  /** Whether pages in browsers are answered. */
  readonly cors: boolean;
}

/** As much of an answer as is sent. Its headers still speak of the whole. */
export interface PartialAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array<ArrayBuffer>;
  /** Whether anything is left out. */
  readonly broken: boolean;
}

/** Whether a request is answered without its body: those methods have none that means anything. */
export function isRead({ method }: Pick<Arrival, 'method'>): boolean {
  return method === 'GET' || method === 'HEAD';
}

/** What the provider answers: at once, unless something delays it. A promise costs as much as counting does. */
export function askProvider(target: ProviderTarget, arrival: Arrival, port: Port): Answer | Promise<Answer> {
  const answer = target.sandbox.handle(target.profile, arrival, port);
  if (answer instanceof Promise) return answer.then((late) => dressed(late, arrival, target));
  return dressed(answer, arrival, target);
}

/** The answer to a browser's question before a request; it is none of the provider's, and nothing counts it. */
export function preflight(
  { sandbox, cors }: ProviderTarget,
  arrival: Pick<Arrival, 'method' | 'header'>,
): Answer | undefined {
  return cors ? answerPreflight(arrival, () => sandbox.clock.now()) : undefined;
}

/** As it goes on the wire: with what a page in a browser needs, and without a body where none was asked for. */
function dressed(answer: Answer, arrival: Arrival, { cors, sandbox, profile }: ProviderTarget): Answer {
  const foreign = cors && !answer.drop && arrival.header('origin') !== undefined;
  if (!foreign && arrival.method !== 'HEAD') return answer;
  return {
    ...answer,
    headers: foreign ? withCors(answer.headers, sandbox.provider(profile)) : answer.headers,
    body: arrival.method === 'HEAD' ? null : answer.body,
  };
}

/** What is sent of an answer that is to break off; `undefined` where all of it is sent. */
export function partOf({ status, headers, body, cutAfter }: Answer): PartialAnswer | undefined {
  if (cutAfter === undefined || body === null) return undefined;
  const whole = new TextEncoder().encode(body);
  return {
    status,
    headers: { ...headers, 'Content-Length': String(whole.byteLength) },
    body: whole.subarray(0, cutAfter),
    broken: cutAfter < whole.byteLength,
  };
}

/**
 * The two ways to reach a mock: in this process, and over a socket with the `fetch` that clients use.
 * @module
 */
import type { Mock } from '../../src/mock.js';
import type { Sent } from './scenario.js';

export const MODES = ['in-process', 'over a socket'] as const;
export type Mode = (typeof MODES)[number];

export type Send = (request: Sent) => Pending;

/** A request that is under way, or was. */
export interface Pending {
  /** Set once it is over. */
  outcome: Outcome | undefined;
  /** The client goes away. */
  abort(): void;
}

export type Outcome =
  | { readonly kind: 'answer'; readonly status: number; readonly headers: Headers; readonly text: string }
  | { readonly kind: 'closed'; readonly why: string };

export async function connect(mock: Mock, mode: Mode): Promise<Send> {
  if (mode === 'in-process') return (request) => start((init) => mock.fetch(request.target, init), request);
  const { url } = await mock.listen({ port: 0 });
  return (request) => start((init) => fetch(`${url}${request.target}`, init), request);
}

function start(fetch: (init: RequestInit) => Promise<Response>, request: Sent): Pending {
  const controller = new AbortController();
  const pending: Pending = { outcome: undefined, abort: () => controller.abort() };
  void answer(fetch, request, controller.signal).then((outcome) => {
    pending.outcome = outcome;
  });
  return pending;
}

async function answer(
  fetch: (init: RequestInit) => Promise<Response>,
  { method, headers: given, body }: Sent,
  signal: AbortSignal,
): Promise<Outcome> {
  const headers = new Headers(given.map(([name, value]): [string, string] => [name, value]));
  if (body !== undefined && !headers.has('content-type')) headers.set('content-type', 'application/json');
  try {
    const response = await fetch({
      method,
      headers,
      signal,
      redirect: 'manual',
      ...(body === undefined ? {} : { body }),
    });
    return {
      kind: 'answer',
      status: response.status,
      headers: response.headers,
      text: await response.text(),
    };
  } catch (error) {
    const { message, cause } = error as Error;
    return { kind: 'closed', why: cause instanceof Error ? `${message}: ${cause.message}` : message };
  }
}

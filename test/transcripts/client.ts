/**
 * The two ways to reach a mock: in this process, and over a socket with the `fetch` that clients use.
 * @module
 */
import type { Mock } from '../../src/mock.js';
import type { Sent } from './scenario.js';

/** The ways to a mock, each of which every scenario takes. */
export const MODES = ['in-process', 'over a socket'] as const;
/** One of these ways. */
export type Mode = (typeof MODES)[number];

/** A request whose body is text. */
export type Ready = Omit<Sent, 'body'> & { readonly body: string | undefined };
/** Sends a request. */
export type Send = (request: Ready) => Pending;

/** A request that is under way, or was. */
export interface Pending {
  /** Set once it is over. */
  readonly outcome: Outcome | undefined;
  /** Whether the answer has begun. */
  readonly begun: boolean;
  /** What has come of the body. */
  readonly text: string;
  /** The client goes away. */
  abort(): void;
}

/** What became of a request. */
export type Outcome =
  | { readonly kind: 'answer'; readonly status: number; readonly headers: Headers; readonly text: string }
  | { readonly kind: 'closed'; readonly why: string };

type Fetch = (init: RequestInit) => Promise<Response>;

/** Connects to a mock. @returns what sends requests to it */
export async function connect(mock: Mock, mode: Mode): Promise<Send> {
  if (mode === 'in-process') return (request) => new Exchange((init) => mock.fetch(request.target, init), request);
  const { url } = await mock.listen({ port: 0 });
  return connectTo(() => url);
}

/** Sends in this process what nobody looks at: nobody leaves such a request early, and its answer is read as a whole. */
export function connectUnseen(mock: Mock): Send {
  return (request) => new Unseen(mock, request);
}

/** Sends over sockets. @param base returns the URL to which the next request goes */
export function connectTo(base: () => string): Send {
  return (request) => new Exchange((init) => fetch(`${base()}${request.target}`, init), request);
}

/** What a request is sent with. */
function initOf({ method, headers: given, body }: Ready): RequestInit {
  const headers = new Headers(given.map(([name, value]): [string, string] => [name, value]));
  if (body !== undefined && !headers.has('content-type')) headers.set('content-type', 'application/json');
  return { method, headers, redirect: 'manual', ...(body === undefined ? {} : { body }) };
}

/** What became of a request that has no answer. */
function closedBy(error: unknown): Outcome {
  const { message, cause } = error as Error;
  return { kind: 'closed', why: cause instanceof Error ? `${message}: ${cause.message}` : message };
}

class Unseen implements Pending {
  outcome: Outcome | undefined;
  begun = false;
  text = '';

  constructor(mock: Mock, request: Ready) {
    void this.#answer(mock, request).then((outcome) => {
      this.outcome = outcome;
    });
  }

  abort(): void {
    throw new Error('a request whose answer nobody looks at cannot be left');
  }

  async #answer(mock: Mock, request: Ready): Promise<Outcome> {
    try {
      const response = await mock.fetch(request.target, initOf(request));
      this.begun = true;
      this.text = await response.text();
      return { kind: 'answer', status: response.status, headers: response.headers, text: this.text };
    } catch (error) {
      return closedBy(error);
    }
  }
}

class Exchange implements Pending {
  outcome: Outcome | undefined;
  begun = false;
  text = '';
  readonly #controller = new AbortController();

  constructor(fetch: Fetch, request: Ready) {
    void this.#answer(fetch, request).then((outcome) => {
      this.outcome = outcome;
    });
  }

  abort(): void {
    this.#controller.abort();
  }

  async #answer(fetch: Fetch, request: Ready): Promise<Outcome> {
    const { signal } = this.#controller;
    try {
      const response = await fetch({ ...initOf(request), signal });
      this.begun = true;
      const decoder = new TextDecoder();
      for await (const part of response.body ?? []) this.text += decoder.decode(part, { stream: true });
      this.text += decoder.decode();
      // In-process, a stream just ends for a client that leaves it.
      signal.throwIfAborted();
      return { kind: 'answer', status: response.status, headers: response.headers, text: this.text };
    } catch (error) {
      return closedBy(error);
    }
  }
}

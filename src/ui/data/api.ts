/**
 * Calls of the control API.
 * @module
 */

import type { Change } from './change.js';

/** An error response of the control API (RFC 9457), or a connection that failed (status 0). */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
  ) {
    super(detail);
  }
}

/** Where the token is kept: until the tab is closed. */
const TOKEN_KEY = 'mock429-token';

/** The control API of one sandbox. */
export class Api {
  /** Prefix of the sandbox: `/~name`, or empty. */
  readonly prefix: string;
  /** Is called when the server needs a token, or refuses the one that it got. */
  onTokenNeeded: () => void = () => {};

  /** @param path path of the page */
  constructor(path: string) {
    this.prefix = /^\/~[^/]*/.exec(path)?.[0] ?? '';
  }

  /** Name of the sandbox; empty for the main one. */
  get sandbox(): string {
    return this.prefix.slice(2);
  }

  /** Whether a token has been given. */
  get hasToken(): boolean {
    return sessionStorage.getItem(TOKEN_KEY) !== null;
  }

  /** Keeps a token for this tab; an empty one removes it. */
  setToken(token: string): void {
    if (token === '') sessionStorage.removeItem(TOKEN_KEY);
    else sessionStorage.setItem(TOKEN_KEY, token);
  }

  /** The address of a call. @param path below `/__mock429` @param sandbox default: this one */
  url(path: string, sandbox: string = this.sandbox): string {
    return `${sandbox === '' ? '' : `/~${encodeURIComponent(sandbox)}`}/__mock429${path}`;
  }

  /** Sends a request. @throws ApiError for a status of 400 or more, and where the server cannot be reached */
  async send(path: string, init: RequestInit = {}, sandbox: string = this.sandbox): Promise<Response> {
    const token = sessionStorage.getItem(TOKEN_KEY);
    const headers = new Headers(init.headers);
    if (token !== null) headers.set('Authorization', `Bearer ${token}`);
    let response: Response;
    try {
      response = await fetch(this.url(path, sandbox), { ...init, headers, cache: 'no-store', credentials: 'omit' });
    } catch (error) {
      if (init.signal?.aborted) throw error;
      throw new ApiError(0, 'unreachable', 'the server cannot be reached; is mock429 still running?');
    }
    if (response.ok) return response;
    if (response.status === 401) this.onTokenNeeded();
    throw await problemOf(response);
  }

  /** Reads JSON. @throws ApiError */
  async get<T>(path: string, sandbox?: string): Promise<T> {
    return (await (await this.send(path, {}, sandbox)).json()) as T;
  }

  /** Makes a change. @returns what the server answers; `undefined` for an empty answer @throws ApiError */
  async change({ method, path, body }: Change): Promise<unknown> {
    const json =
      body === undefined ? {} : { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } };
    const response = await this.send(path, { method, ...json });
    const text = await response.text();
    return text === '' ? undefined : JSON.parse(text);
  }
}

async function problemOf(response: Response): Promise<ApiError> {
  const text = await response.text().catch(() => '');
  try {
    const { code, detail, field } = JSON.parse(text) as { code: string; detail: string; field?: string };
    return new ApiError(response.status, code, field === undefined ? detail : `${field}: ${detail}`);
  } catch {
    return new ApiError(response.status, `http-${response.status}`, text || response.statusText);
  }
}

/**
 * The interface of a sandbox in the same process.
 * @module
 */

import type { MethodsOf } from './http/control/operation.js';
import type { operations } from './http/control/operations/index.js';
import type { Interception, InterceptOptions } from './intercept.js';
import type { ClockReading } from './runtime/clock.js';
import type { EventType, MockEventOf } from './sandbox/events.js';

/** A sandbox: the operations of the control API as methods, and those that are only possible in the same process. */
export interface MockSandbox extends MethodsOf<typeof operations> {
  /**
   * Sends a request to a provider without a port: a path (`/api/v1/domains`), a URL on any host, or a Request. Where several profiles are served, the path
   * begins with the
   * profile's id, as on a port. The method is bound, so it can be passed to a client that takes a `fetch`.
   *
   * @example
   * const response = await mock.fetch('/api/v1/public/links', { headers: { 'X-API-Key': 'klinky_live_a' } });
   * const client = new KlinkyClient({ key: 'klinky_live_a', fetch: mock.fetch });
   */
  fetch(input: string | URL | Request, init?: RequestInit): Promise<Response>;
  /**
   * Leads the HTTP clients of this process to this sandbox where they address a provider's real base URL, so that a client is tested unchanged: the global
   * `fetch`, node:http, node:https, node:http2, undici, and what is built on them (axios, got, node-fetch, superagent).
   *
   * It affects the whole process, and the latest interception wins: tests that run concurrently in one process should pass the `fetch` of their sandbox instead.
   * Connections that a client has opened before stay where they lead. Redirect responses (only a fault sends any) are returned by `fetch`, not followed.
   *
   * @example
   * const interception = mock.intercept({ unhandled: 'error', origins: { 'https://staging.example.com': 'klinky' } });
   * await new KlinkyClient({ key: 'klinky_live_a' }).links(); // no base URL to change
   * interception.restore();
   *
   * @throws OptionError
   */
  intercept(options?: InterceptOptions): Interception;
  /**
   * The clock of the sandbox. Windows, delays, jobs and the `Date` header use it.
   *
   * @example
   * await mock.clock.freeze();
   * await mock.clock.advance('1h'); // windows end, and everything that becomes due on the way happens
   */
  readonly clock: MockClock;
  /**
   * Calls the listener for events of one type, or of all types (`*`). @returns a function that removes the listener
   *
   * @example
   * const end = mock.on('refusal', ({ data }) => console.log(data.path, data.retryAfter));
   */
  on<T extends EventType | '*'>(type: T, listener: (event: MockEventOf<T>) => void): () => void;
}

/** The clock of a sandbox. */
export interface MockClock extends MethodsOf<(typeof operations)['clock']> {
  /** Current time in epoch milliseconds. */
  now(): number;
  /** Stops the clock. */
  freeze(): Promise<ClockReading>;
  /** Starts the clock again. */
  resume(): Promise<ClockReading>;
}

/**
 * The interface of a sandbox for a program in the same process.
 * @module
 */

import type { MethodsOf } from './http/control/operation.js';
import type { operations } from './http/control/operations/index.js';
import type { Interception, InterceptOptions } from './intercept.js';
import type { ClockReading } from './runtime/clock.js';
import type { EventType, MockEventOf } from './sandbox/events.js';

/** A sandbox: the operations of the control API as methods, and what only a program in the same process can do. */
export interface MockSandbox extends MethodsOf<typeof operations> {
  /**
   * Requests a provider: a path (`/api/v1/domains`), a URL on any host, or a Request. No port is involved. Where several profiles are served the path begins
   * with the profile's id, as it does on a port. It may be passed on by itself, to a client that takes a `fetch`.
   *
   * @example
   * const response = await mock.fetch('/api/v1/public/links', { headers: { 'X-API-Key': 'klinky_live_a' } });
   * const client = new KlinkyClient({ key: 'klinky_live_a', fetch: mock.fetch });
   */
  fetch(input: string | URL | Request, init?: RequestInit): Promise<Response>;
  /**
   * Leads the process's `fetch` here where it is for a provider's real base URL, so that a client is tested as it is. It is the whole process's: what was
   * intercepted last answers, so tests that run at the same time in one process had better be given `fetch` of their sandboxes. What does not use the global
   * `fetch` (node:http, a `fetch` that was kept earlier) is not led here. Redirects (only a fault makes any) are handed over as they are.
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
   * The clock of the sandbox: windows, delays, jobs and the `Date` header go by it.
   *
   * @example
   * await mock.clock.freeze();
   * await mock.clock.advance('1h'); // windows end, and what becomes due on the way happens
   */
  readonly clock: MockClock;
  /**
   * Hears of one kind of events, or of all; the result ends it.
   *
   * @example
   * const end = mock.on('refusal', ({ data }) => console.log(data.path, data.retryAfter));
   */
  on<T extends EventType | '*'>(type: T, listener: (event: MockEventOf<T>) => void): () => void;
}

/** The clock of a sandbox. */
export interface MockClock extends MethodsOf<(typeof operations)['clock']> {
  /** Epoch milliseconds. */
  now(): number;
  /** Stops the clock. */
  freeze(): Promise<ClockReading>;
  /** Lets the clock run again. */
  resume(): Promise<ClockReading>;
}

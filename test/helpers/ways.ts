/**
 * The two ways to a mock, for tests that show the same in both: in this process, and over a socket.
 * @module
 */
import { createMock, type Mock } from '../../src/mock.js';
import type { MockOptions } from '../../src/options/options.js';

/** The ways, as tests name them. */
export const WAYS = ['in-process', 'over a socket'] as const;

/** `in-process`: by `mock.fetch()`. `over a socket`: by HTTP, on a port that is listened on. */
export type Way = (typeof WAYS)[number];

/** The instant at which the clock of these mocks stands, in ISO 8601. */
export const START = '2026-05-12T08:00:00.000Z';

/** A mock, and the means to call it in the chosen way. */
export interface Reached {
  readonly mock: Mock;
  /** A request to the provider, or with `/__mock429` in front to the control API. */
  send(path: string, init?: RequestInit): Promise<Response>;
  /** A call of the control API; the body is sent as JSON. */
  control(method: string, path: string, body?: unknown): Promise<Controlled>;
}

/** A response of the control API. */
export interface Controlled {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: what a test reads is for the test to know
  readonly body: any;
}

const open: Mock[] = [];

/** A mock whose clock stands still. `closeMocks` closes it. */
export async function reach(way: Way, options: MockOptions): Promise<Reached> {
  const mock = await createMock({ clock: { now: START }, ...options });
  open.push(mock);
  const { url } = way === 'over a socket' ? await mock.listen() : { url: '' };
  const send = (path: string, init?: RequestInit) =>
    way === 'over a socket' ? fetch(`${url}${path}`, init) : mock.fetch(path, init);
  return {
    mock,
    send,
    async control(method, path, body) {
      const json = body === undefined ? {} : { body: JSON.stringify(body) };
      const response = await send(`/__mock429${path}`, { method, ...json });
      const text = await response.text();
      return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
    },
  };
}

/** Closes all mocks that `reach` has created. */
export async function closeMocks(): Promise<void> {
  await Promise.all(open.splice(0).map((mock) => mock.close()));
}

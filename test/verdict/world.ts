/**
 * A mock whose clock stands still, and clients that run beside each other on its time: when all of them sleep, the clock moves on to the next that wakes.
 * @module
 */

import { createMock, type Mock, type Report } from '../../src/index.js';
import type { MockOptions } from '../../src/options/options.js';
import type { CheckName } from '../../src/verdict/checks/index.js';

/** The instant at which the clock stands at first, in epoch milliseconds. */
export const START = Date.parse('2026-05-12T08:00:00.000Z');

/** A response that has been read to its end, or a connection that was dropped (status 0). */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: what a client reads is for the client to know
  readonly body: any;
  /** Milliseconds that it told to wait. */
  readonly told: number;
}

/** How a request differs from a plain GET. */
export interface Ask {
  readonly method?: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A mock of one provider, and the time on which its clients run. */
export interface ProviderState {
  readonly mock: Mock;
  /** Epoch milliseconds. */
  now(): number;
  /** Lets the clock move on, once all the others sleep as well. */
  sleep(ms: number): Promise<void>;
  /** Runs clients beside each other until the last has ended. */
  together(...clients: (() => Promise<unknown>)[]): Promise<void>;
  /** A client of one key. A dropped connection is a status of 0. */
  as(key: string): Client;
  /** The report so far. By default `ended` is set: nothing more is expected of the clients. */
  report(options?: { ended?: boolean }): Report;
}

/** Sends a request with the credential of one key, and reads the answer. */
export type Client = (path: string, ask?: Ask) => Promise<Answer>;

/** How each provider wants to be shown a credential. */
const CREDENTIALS: Record<string, (key: string) => Record<string, string>> = {
  klinky: (key) => ({ 'X-API-Key': key }),
  acrely: (key) => ({ 'x-api-key': key }),
};
const bearer = (key: string) => ({ Authorization: `Bearer ${key}` });

const open: Mock[] = [];

/** Closes all mocks that `createProviderState` has created. */
export async function closeWorlds(): Promise<void> {
  await Promise.all(open.splice(0).map((mock) => mock.close()));
}

/** Creates a mock of the profile, whose clock stands still until a client sleeps. */
export async function createProviderState(profile: string, options: MockOptions = {}): Promise<ProviderState> {
  const mock = await createMock({ profile, clock: { now: START, frozen: true }, ...options });
  open.push(mock);
  let awake = 0;
  const sleepers: { readonly at: number; readonly wake: () => void }[] = [];
  const moveOn = () => {
    if (awake > 0 || sleepers.length === 0) return;
    const next = Math.min(...sleepers.map(({ at }) => at));
    // What becomes due on the way is handed over before anybody wakes.
    void mock.clock.advance(Math.max(0, next - mock.clock.now())).then(() => {
      const due = sleepers.filter(({ at }) => at <= next);
      sleepers.splice(0, sleepers.length, ...sleepers.filter(({ at }) => at > next));
      awake += due.length;
      for (const { wake } of due) wake();
    });
  };
  return {
    mock,
    now: () => mock.clock.now(),
    sleep: (ms) =>
      new Promise((wake) => {
        sleepers.push({ at: mock.clock.now() + Math.round(ms), wake });
        awake -= 1;
        moveOn();
      }),
    async together(...clients) {
      // One that has others run waits for them; the last of them hands it its turn back.
      const isOne = awake > 0;
      let left = clients.length;
      awake += isOne ? left - 1 : left;
      await Promise.all(
        clients.map((client) =>
          client().finally(() => {
            left -= 1;
            if (isOne && left === 0) return;
            awake -= 1;
            moveOn();
          }),
        ),
      );
    },
    as: (key) => async (path, ask) => {
      const credential = key === '' ? {} : (CREDENTIALS[profile] ?? bearer)(key);
      const body = ask?.body === undefined ? {} : { body: JSON.stringify(ask.body) };
      const type: Record<string, string> = ask?.body === undefined ? {} : { 'Content-Type': 'application/json' };
      const init = { method: ask?.method ?? 'GET', headers: { ...credential, ...type, ...ask?.headers }, ...body };
      try {
        const response = await mock.fetch(path, init);
        const text = await response.text();
        const { status, headers } = response;
        const told = Number(headers.get('Retry-After') ?? 0) * 1_000;
        return { status, headers, told, body: /^[[{]/.test(text) ? JSON.parse(text) : text };
      } catch {
        return { status: 0, headers: new Headers(), told: 0, body: undefined };
      }
    },
    report: (given = { ended: true }) => mock.report(given),
  };
}

/** What a report says of the only provider: which checks failed, and in what words. */
export function findings(report: Report): Partial<Record<CheckName, string>> {
  return Object.fromEntries(report.profiles.flatMap((one) => one.findings.map(({ check, says }) => [check, says])));
}

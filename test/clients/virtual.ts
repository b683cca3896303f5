/**
 * Programs that wait by the mock's clock: an hour's wait takes no time, and nothing depends on how fast the machine is. The clock moves on to the next thing due
 * once every program sleeps or waits for an answer that is delayed.
 * @module
 */
import { createMock, type Mock } from '../../src/mock.js';
import type { MockOptions } from '../../src/options/options.js';
import type { ProfileReport } from '../../src/verdict/report/report.js';

/** What a program has of the world. */
export interface Life {
  /** @param body is sent as JSON */
  call(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  sleep(ms: number): Promise<void>;
  /** Epoch milliseconds. */
  now(): number;
  /** From 0 to 1, always the same sequence. */
  random(): number;
  /** What others do, which no verdict hears of. */
  readonly mock: Mock;
}

/** A response that has been read to its end. */
export interface Answer {
  readonly status: number;
  readonly ok: boolean;
  /** A header's number; NaN where it is missing. */
  number(header: string): number;
  header(name: string): string | null;
  // biome-ignore lint/suspicious/noExplicitAny: what a program reads is for the program to know
  readonly body: any;
}

/** A client. It has ended when its promise is settled. */
export type Program = (life: Life) => Promise<void>;

/** Ten minutes past the hour, twelve seconds past the minute. */
export const START = '2026-05-12T08:10:12.000Z';

/** Runs the programs at the same time, to their ends. @param credential the header that each request carries */
export async function live(
  options: MockOptions,
  credential: readonly [header: string, value: string],
  programs: readonly Program[],
): Promise<ProfileReport> {
  await using mock = await createMock({ clock: { now: START }, ...options });
  const sleepers = new Set<{ readonly until: number; wake(): void }>();
  let awake = programs.length;
  let calling = 0;
  let looking = false;
  let ended = 0;

  /** Whether nobody can do anything before the clock moves. */
  const stuck = () => awake === 0 && calling === mock.inFlight().length && sleepers.size + calling > 0;
  const look = () => {
    // Once all have ended, there is nothing to wait for, and looking would never stop.
    if (looking || awake > 0 || ended === programs.length) return;
    looking = true;
    setImmediate(async () => {
      if (stuck()) {
        const dues = [...sleepers].map(({ until }) => until);
        for (const { until } of mock.inFlight()) if (until !== null) dues.push(Date.parse(until));
        await mock.clock.advance(Math.max(0, Math.min(...dues) - mock.clock.now()));
        for (const sleeper of sleepers) if (sleeper.until <= mock.clock.now()) sleeper.wake();
      }
      looking = false;
      look();
    });
  };

  const lifeOf = (number: number): Life => ({
    mock,
    now: () => mock.clock.now(),
    random: sequence(number),
    sleep: (ms) =>
      new Promise((resolve) => {
        const sleeper = {
          until: mock.clock.now() + Math.ceil(ms),
          wake() {
            sleepers.delete(sleeper);
            awake += 1;
            resolve();
          },
        };
        sleepers.add(sleeper);
        awake -= 1;
        look();
      }),
    async call(method, path, body, headers = {}) {
      awake -= 1;
      calling += 1;
      look();
      const json = body === undefined ? {} : { body: JSON.stringify(body) };
      const type = body === undefined ? {} : { 'Content-Type': 'application/json' };
      const sent = { ...type, ...Object.fromEntries([credential]), ...headers };
      const response = await mock.fetch(path, { method, headers: sent, ...json });
      const text = await response.text();
      calling -= 1;
      awake += 1;
      return {
        status: response.status,
        ok: response.ok,
        number: (header) => Number(response.headers.get(header) ?? Number.NaN),
        header: (name) => response.headers.get(name),
        body: text === '' ? undefined : JSON.parse(text),
      };
    },
  });

  await Promise.all(
    programs.map(async (program, number) => {
      await program(lifeOf(number)).finally(() => {
        awake -= 1;
        ended += 1;
        look();
      });
    }),
  );
  return mock.report({ ended: true }).profiles[0]!;
}

/** Numbers that look random, each program its own (a linear congruential generator). */
function sequence(number: number): () => number {
  let state = 12_345 + number * 7_919;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

/** Requests that come at their own times, whatever comes of them, and those that retry failures. */
import { describe, expect, it } from 'vitest';
import { createView } from '../../src/verdict/calls/view.js';
import { conflatedBackoff } from '../../src/verdict/checks/failures/conflated-backoff.js';
import { noBackoff } from '../../src/verdict/checks/failures/no-backoff.js';
import { noRetryBudget } from '../../src/verdict/checks/failures/no-retry-budget.js';
import { entriesOf, type Given, refused, START, subject, viewOf } from './entries.js';

/** Equal requests at these times, with these statuses. */
function requests(times: readonly number[], statuses: readonly number[], path = '/a'): Given[] {
  return times.map((at, n) => {
    const given = { at, path, connection: 1, status: statuses[n]! };
    return given.status === 429 ? refused(given, at + 60_000) : given;
  });
}

/** Times that are so many milliseconds apart. */
const every = (ms: number, times: number) => Array.from({ length: times }, (_, n) => n * ms);

const withoutBackoff = (all: readonly Given[]) =>
  noBackoff.find(viewOf(all), { least: 50, waits: 3 }).incidents.map(({ says }) => says);
const withoutBudget = (all: readonly Given[]) =>
  noRetryBudget.find(viewOf(all), { failures: 10, budget: 0.5, within: 60_000 }).incidents.length;
const conflated = (all: readonly Given[]) => conflatedBackoff.find(viewOf(all), {}).incidents.length;

const OUTAGE = [200, 200, 200, 503, 503, 503, 503, 200];

describe('a request a second after each answer', () => {
  const answered = (durations: readonly number[], statuses: readonly number[]) => {
    let at = 0;
    return durations.map((ms, n): Given => {
      const given = { at, left: at + ms, connection: 1, status: statuses[n]! };
      at += ms + 1_000;
      return given;
    });
  };

  it('is no retry, however long the answers take', () => {
    expect(withoutBackoff(answered([300, 300, 300, 5, 5, 5, 5, 300], OUTAGE))).toEqual([]);
  });

  it('is no retry while the clock stands still', () => {
    const still = { at: START, sentAt: START, answeredAt: START };
    const entries = entriesOf(answered(Array(8).fill(2), OUTAGE)).map((entry) => ({ ...entry, ...still }));
    const view = createView(entries, subject, { now: START, ended: true, lost: 0 });
    expect(noBackoff.find(view, { least: 50, waits: 3 }).incidents.length).toBe(0);
  });
});

describe('a request once a minute', () => {
  it('is no retry of the one before it, which failed', () => {
    expect(withoutBackoff(requests(every(60_000, 8), OUTAGE))).toEqual([]);
    expect(withoutBackoff(requests([0, 60_010, 120_003, 180_700, 240_020, 301_000, 361_000, 420_000], OUTAGE))).toEqual(
      [],
    );
  });

  it('is a retry where only failures are followed by one', () => {
    expect(withoutBackoff(requests([0, 10, 20, 30, 1_030, 2_030, 3_030, 4_030], OUTAGE))).toEqual([
      'retried GET /a 4 times, each time about 999 ms after a failure',
    ]);
  });

  it('is retried in between at a fixed interval', () => {
    const all = requests(
      [0, 60_000, 120_000, 180_000, 180_200, 180_400, 180_600, 240_000],
      [200, 200, 200, 503, 503, 503, 503, 200],
    );
    expect(withoutBackoff(all)).toEqual(['retried GET /a 3 times, each time about 199 ms after a failure']);
  });

  it('is no retry of many, as of a dashboard', () => {
    const all = Array.from({ length: 12 }, (_, n) =>
      requests(
        every(10_000, 10).map((at) => at + n),
        [200, 200, 200, ...Array(7).fill(503)],
        `/${n}`,
      ),
    ).flat();
    expect(withoutBudget(all.sort((a, b) => a.at - b.at))).toBe(0);
  });

  it('is no retry where the interval is a little random', () => {
    const seconds = [0, 51, 119, 179, 248, 308, 368, 428, 480, 533, 585];
    const times = seconds.map((at) => 1_000 * at);
    const statuses = times.map((_, n) => (n > 6 && n < 10 ? 503 : 200));
    expect(withoutBackoff(requests(times, statuses))).toEqual([]);
  });

  it('is retried at once where the interval is random', () => {
    const times = [0, 3_000, 9_000, 13_000, 18_500, 18_501, 18_502, 18_503, 22_000];
    const statuses = [200, 200, 200, 200, 503, 503, 503, 200, 200];
    expect(withoutBackoff(requests(times, statuses))).toContain('retried GET /a 0 ms after a failure');
  });

  it('did not wait as it had been told', () => {
    expect(conflated(requests(every(60_000, 6), [200, 200, 200, 429, 503, 200]))).toBe(0);
    expect(conflated(requests([0, 10, 20, 60_021, 120_022], [200, 200, 429, 503, 200]))).toBe(1);
  });
});

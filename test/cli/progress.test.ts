/**
 * What is told of a command while it runs.
 */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { progressLine, reportProgress } from '../../src/commands/terminal/progress.js';
import { composeMock } from '../../src/mock.js';

const STILL = Number.POSITIVE_INFINITY;

test.each([
  [10_004, 0, 0, [], '10 s: 0 requests, 0 refused'],
  [20_000, 153, 12, [[4_000, 1]], '20 s: 153 requests, 12 refused; next refusal ends in 4 s'],
  [
    90_000,
    1,
    1,
    [
      [60_000, 1],
      [1_500, 1],
      [3_000, 0.1],
    ],
    '1 min 30 s: 1 request, 1 refused; next refusal ends in 300 ms, the last of 3 in 1 min',
  ],
  [
    30_000,
    4,
    2,
    [
      [60_000, STILL],
      [1_500, 1],
    ],
    '30 s: 4 requests, 2 refused; next refusal ends in 1.5 s, the last of 2 when its clock is advanced',
  ],
  [
    30_000,
    4,
    2,
    [[60_000, STILL]],
    '30 s: 4 requests, 2 refused; 1 refusal are waiting, and the clock is frozen until it is advanced',
  ],
])('after %d ms with %d requests, %d refused, and waits %j', (elapsed, requests, refused, waits, line) => {
  const told = (waits as [number, number][]).map(([ms, pace]) => ({ ms, pace }));
  expect(progressLine(elapsed, { requests, refused, waits: told })).toBe(line);
});

describe('every ten seconds', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test('a line tells of the requests since the start, and of waits that are not over', async () => {
    await using mock = await composeMock(
      { profile: 'klinky', set: ['policies.account-hour.quota=2'], clock: { now: '2026-05-12T08:59:00Z' } },
      {
        checkFault: (fault) => fault,
        reportOf: () => {
          throw new Error('nobody asks for a report');
        },
      },
    );
    const ask = (sandbox = '') =>
      (sandbox === '' ? mock : mock.sandbox(sandbox)).fetch('/api/v1/public/links', {
        headers: { 'X-API-Key': 'klinky_live_a' },
      });
    await ask();
    const lines: string[] = [];
    const end = reportProgress(
      () => mock.traffic(),
      (line) => lines.push(line),
    );
    for (let i = 0; i < 3; i++) await ask();
    await ask('t1');
    vi.advanceTimersByTime(9_999);
    expect(lines).toEqual([]);
    vi.advanceTimersByTime(1);
    await mock.clock.advance('1m');
    vi.advanceTimersByTime(10_000);
    end();
    vi.advanceTimersByTime(60_000);
    expect(lines).toEqual([
      '10 s: 4 requests, 2 refused; 1 refusal are waiting, and the clock is frozen until it is advanced',
      '20 s: 4 requests, 2 refused',
    ]);
  });
});

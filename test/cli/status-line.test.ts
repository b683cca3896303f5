/**
 * The progress of `run` on a terminal: a line at the bottom that changes in place, and that leaves nothing behind.
 */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { showProgress } from '../../src/commands/terminal/live-progress.js';
import { openStatusLine } from '../../src/commands/terminal/status-line.js';
import { clean, mixed } from '../verdict/render/reports.js';
import { fakeTerminal } from './screens.js';
import { finished } from './terminal.js';

const [SAVE, RESTORE] = ['\u001b7', '\u001b8'];

describe('a status line', () => {
  test('takes the last row, and gives it back', () => {
    const { terminal, written, listeners } = fakeTerminal(40, 10);
    const line = openStatusLine(terminal)!;
    line.show('one');
    line.show('two');
    line.close();
    expect(written).toEqual([
      `\n${SAVE}\u001b[1;9r${RESTORE}\u001b[1A${SAVE}\u001b[10;1H\u001b[2Kone${RESTORE}`,
      `${SAVE}\u001b[10;1H\u001b[2Ktwo${RESTORE}`,
      `${SAVE}\u001b[r\u001b[10;1H\u001b[2K${RESTORE}`,
    ]);
    expect(listeners()).toBe(0);
  });

  test('moves when the terminal gets another size, and is cut to its width', () => {
    const { terminal, written, resize } = fakeTerminal(40, 10);
    openStatusLine(terminal)!.show('a'.repeat(100));
    resize({ columns: 20, rows: 30 });
    expect(written.at(-1)).toBe(
      `${SAVE}\u001b[1;29r${RESTORE}${SAVE}\u001b[30;1H\u001b[2K${'a'.repeat(18)}…${RESTORE}`,
    );
  });

  test('is removed once, however the process ends', () => {
    const { terminal, written, exit } = fakeTerminal(40, 10);
    const line = openStatusLine(terminal)!;
    line.show('one');
    exit();
    line.close();
    expect(written.filter((text) => text.includes('\u001b[r'))).toHaveLength(1);
  });

  test('is not there in a terminal without a row to spare', () => {
    expect(openStatusLine(fakeTerminal(80, 5).terminal)).toBeUndefined();
  });
});

describe('the progress', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
  });

  test('has requests, refusals, waits and findings so far, since its start', () => {
    const { terminal, written } = fakeTerminal(120, 24);
    let traffic = { requests: 100, refused: 10, waits: [] as { ms: number; pace: number }[] };
    let report = clean;
    const end = showProgress({ traffic: () => traffic, report: () => report }, terminal)!;
    const shown = () => written.at(-1)!.split('\u001b[2K').at(-1)!.replace(RESTORE, '');
    expect(shown()).toBe('mock429 0 ms: 0 requests, 0 refused; no findings so far');
    traffic = { requests: 153, refused: 12, waits: [{ ms: 4_000, pace: 1 }] };
    report = mixed;
    vi.advanceTimersByTime(2_000);
    expect(shown()).toBe('mock429 2 s: 53 requests, 2 refused; next refusal ends in 4 s; 2 findings so far');
    end();
    const all = written.length;
    vi.advanceTimersByTime(10_000);
    expect(written).toHaveLength(all);
  });

  test('judges only when there is something new, and no more once that takes long', () => {
    const { terminal } = fakeTerminal(120, 24);
    let requests = 0;
    let tookMs = 0;
    const report = vi.fn(() => {
      now += tookMs;
      return clean;
    });
    let now = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => now);
    const step = (ms: number) => {
      now += ms;
      vi.advanceTimersByTime(ms);
    };
    const end = showProgress({ traffic: () => ({ requests, refused: 0, waits: [] }), report }, terminal)!;
    step(5_000);
    const idle = report.mock.calls.length;
    step(5_000);
    expect(report).toHaveBeenCalledTimes(idle);
    requests = 5;
    tookMs = 500;
    step(500);
    expect(report).toHaveBeenCalledTimes(idle + 1);
    requests = 9;
    for (let i = 0; i < 100; i++) step(500);
    expect(report).toHaveBeenCalledTimes(idle + 1);
    end();
  });
});

test('run shows it on a terminal, and the verdict follows it on stdout', async () => {
  const fake = fakeTerminal(120, 24);
  const { code, out, err } = await finished(
    ['run', '-p', 'klinky', '--', 'client'],
    {},
    async (_command, _args, { MOCK429_URL: url }) => {
      await fetch(`${url}/api/v1/public/links/none`, { headers: { 'X-API-Key': 'klinky_live_a' } });
      return { code: 0 };
    },
    { terminal: fake.terminal },
  );
  expect(code).toBe(0);
  expect(out).toMatch(/^mock429: PASS/);
  expect(err).toBe('');
  expect(fake.written[0]).toContain('mock429 0 ms: 0 requests, 0 refused; no findings so far');
  expect(fake.written.at(-1)).toContain('\u001b[r');
  expect(fake.listeners()).toBe(0);
});

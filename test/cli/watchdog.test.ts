/**
 * A process that stood says so, and with what, where it was work that took the time.
 */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { warnOfStalls } from '../../src/commands/monitors/watchdog.js';
import { createMock, type Mock } from '../../src/index.js';
import { Clock } from '../../src/runtime/clock.js';
import { runWork, workBegins, workEnds } from '../../src/runtime/current-work.js';

let cpu = 0;
let logged: string[] = [];
let watchdog: { close(): void };
const open: Mock[] = [];

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse('2026-05-12T08:00:00Z') });
  cpu = 0;
  logged = [];
  watchdog = warnOfStalls((level, line) => logged.push(`${level} ${line}`), {
    cpuMs: () => cpu,
    now: () => Date.now(),
  });
});

afterEach(async () => {
  watchdog.close();
  vi.useRealTimers();
  await Promise.all(open.splice(0).map((mock) => mock.close()));
});

/** No timer runs meanwhile. @param used processor's time */
function stand(ms: number, used = ms): void {
  vi.setSystemTime(Date.now() + ms);
  cpu += used;
}

const turn = () => vi.advanceTimersByTime(200);

describe('a stall', () => {
  test('is told once, with the work that took the time', () => {
    turn();
    runWork('a long thing', () => stand(3_000));
    runWork('a short thing', () => stand(1));
    for (let i = 0; i < 10; i++) turn();
    expect(logged).toEqual([
      'warn the process was blocked for 3 s and answered no request: it was busy with a long thing',
    ]);
  });

  test('of a second or less is not told', () => {
    runWork('a thing', () => stand(1_000));
    turn();
    expect(logged).toEqual([]);
  });

  test('without work that is known is not blamed on what had ended before', () => {
    runWork('a short thing', () => stand(5));
    stand(2_000);
    turn();
    expect(logged).toEqual([
      'warn the process was blocked for 2 s and answered no request: it did unmarked work, such as garbage collection',
    ]);
  });

  test('of much work names the piece that took the longest', () => {
    for (const ms of [400, 500, 300]) runWork(`a thing of ${ms} ms`, () => stand(ms));
    turn();
    expect(logged).toEqual([
      'warn the process was blocked for 1.2 s and answered no request: it was busy with much work, of which a thing of 500 ms took the longest (500 ms)',
    ]);
  });

  test('of a process that was stopped names no work, whatever it was doing', () => {
    runWork('a thing', () => stand(60_000, 20));
    turn();
    expect(logged).toEqual([
      expect.stringMatching(
        /^warn the process was blocked for 1 min and answered no request: it used the processor for 20 ms of that time, so it was stopped \(SIGSTOP/,
      ),
    ]);
  });

  test('after another is told as well, without the work of the former', () => {
    workBegins('a thing');
    stand(2_000);
    workEnds();
    turn();
    stand(2_000);
    turn();
    expect(logged).toEqual([expect.stringContaining('a thing'), expect.stringContaining('unmarked work')]);
  });

  test('is not looked for once the program ends', () => {
    watchdog.close();
    runWork('a thing', () => stand(3_000));
    turn();
    expect(logged).toEqual([]);
  });
});

describe('what is named', () => {
  const KEY = { headers: { 'x-api-key': 'klinky_live_aaaabbbb' } };
  const SECRET = 'klinky_live_ccccdddd';

  async function mock(): Promise<Mock> {
    const made = await createMock({ profile: 'klinky', clock: { now: Date.now() } });
    open.push(made);
    return made;
  }

  test('is the request, its sandbox, and its path with credentials masked', async () => {
    const made = await mock();
    const end = made.sandbox('t1').on('request', () => stand(2_000));
    await made.sandbox('t1').fetch(`/api/v1/public/links/${SECRET}?key=${SECRET}`, KEY);
    end();
    turn();
    expect(logged).toEqual([
      expect.stringMatching(/busy with the request t1-1 \(~t1 klinky: GET \/api\/v1\/public\/links\/klinky\S*…\S*\)$/),
    ]);
    expect(logged[0]).not.toContain(SECRET);
  });

  test('is the request that had been delayed', async () => {
    const made = await mock();
    made.faults.add({ delayMs: 1_000 });
    const answer = made.fetch('/api/v1/public/links', KEY);
    const end = made.on('request', () => stand(2_000));
    await made.clock.advance('1s');
    await answer;
    end();
    turn();
    expect(logged).toEqual([expect.stringContaining('busy with the request 1 (klinky: GET /api/v1/public/links)')]);
  });

  test('is what had become due', async () => {
    const clock = new Clock({ frozen: true });
    clock.at(clock.now() + 1_000, () => stand(2_000));
    await clock.advance(1_000);
    turn();
    expect(logged).toEqual([expect.stringContaining('callbacks that became due by the clock of a sandbox')]);
  });

  test('is the control call, and the sandbox that it is about', async () => {
    const made = await mock();
    const end = made.sandbox('t1').on('clock', () => stand(2_000));
    await made.fetch('/~t1/__mock429/clock/advance', { method: 'POST', body: '{"duration":"1h"}' });
    end();
    turn();
    expect(logged).toEqual([
      expect.stringContaining('busy with the control call POST /__mock429/clock/advance in sandbox ~t1'),
    ]);
  });
});

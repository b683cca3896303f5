/**
 * What ends the program says so with its cause; what need not end it does not.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { warnOfMemory } from '../../src/commands/monitors/memory.js';
import { useMock429 } from './program.js';

const mock429 = useMock429();

afterEach(() => {
  vi.useRealTimers();
});

/** Has the program do this when it gets SIGUSR2. */
const onSignal = (code: string) => ({
  NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(`process.on('SIGUSR2', () => { ${code} })`)}`,
});

test.each([
  [
    'an error',
    "throw new Error('the disk is on fire', { cause: 'a spark' })",
    /^mock429: ended by an error that nothing caught; please report it: Error: the disk is on fire\n[\s\S]*\[cause\]: 'a spark'/m,
  ],
  [
    'a rejection',
    "Promise.reject(new RangeError('too far'))",
    /^mock429: ended by a rejection that nothing handled; please report it: RangeError: too far\n/m,
  ],
])('%s that nothing catches ends it, with last words behind what was logged', async (_what, code, words) => {
  const { program, url } = await mock429.serve(['-p', 'klinky', '--port', '0'], onSignal(code));
  expect((await fetch(`${url}/nowhere`)).status).toBe(404);
  program.signal('SIGUSR2');
  const end = await program.ended;
  expect(end.code).toBe(70);
  expect(end.stderr).toMatch(words);
  expect(end.stderr.indexOf('no operation for GET /nowhere')).toBe('mock429: klinky: '.length);
  expect(end.stdout).toBe(`mock429 klinky ${url}\n`);
});

test('what `run` has started ends with it', async () => {
  const waits = ['-e', "console.log('started'); setInterval(() => {}, 1_000)"];
  const program = mock429.start(['run', '-p', 'klinky', '--', process.execPath, ...waits], {
    ...onSignal("throw new Error('gone')"),
  });
  await program.printed(/started/);
  program.signal('SIGUSR2');
  // Its output is the program's own, so that nothing has ended before it has.
  expect(await program.ended).toMatchObject({ code: 70, stderr: expect.stringContaining('Error: gone') });
});

test('it serves on when nobody reads its log or its output any more', async () => {
  const child = spawn(process.execPath, [join(mock429.built, 'dist/cli.js'), '-p', 'klinky', '--port', '0'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const url = /http:\S+/.exec(String(line))![0];
  child.stdout.destroy();
  child.stderr.destroy();
  for (let i = 0; i < 5; i++) expect((await fetch(`${url}/nowhere`)).status).toBe(404);
  const ended = once(child, 'close');
  child.kill();
  expect(await ended).toEqual([0, null]);
});

test('it tells that it stood', async () => {
  const busy = 'const until = performance.now() + 1_500; while (performance.now() < until);';
  // Two turns of the watchdog later.
  const end = "setTimeout(() => process.kill(process.pid, 'SIGTERM'), 400);";
  const { program } = await mock429.serve(['-p', 'klinky', '--port', '0'], onSignal(busy + end));
  program.signal('SIGUSR2');
  const { code, stderr } = await program.ended;
  expect(stderr).toMatch(/^mock429: the process was blocked for [\d.]+ s and answered no request: it /m);
  expect(code).toBe(0);
});

test('it warns before its memory is full, once, and again after there was room', () => {
  vi.useFakeTimers();
  const logged: string[] = [];
  let used = 100;
  const memory = warnOfMemory(
    (level, message) => logged.push(`${level} ${message}`),
    () => ({ used_heap_size: used * 2 ** 20, heap_size_limit: 200 * 2 ** 20 }),
  );
  for (used of [100, 179, 180, 190, 150, 195, 139, 181]) vi.advanceTimersByTime(1_000);
  expect(logged).toEqual([
    expect.stringMatching(/^warn the heap is nearly full \(180 of 200 MiB\).*--journal-size.*--max-old-space-size/),
    expect.stringContaining('(181 of 200 MiB)'),
  ]);
  memory.close();
  used = 100;
  expect(vi.getTimerCount()).toBe(0);
});

/**
 * The built program in a real terminal: what it shows there, and that it leaves the terminal as it was.
 */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { hasProgram } from '../tools/skip.js';
import { useMock429 } from './program.js';
import { endPtyPrograms, type PtyProgram, startInPty } from './pty.js';

const mock429 = useMock429();
endPtyPrograms();

const SIZE = { columns: 100, rows: 24 };
const KEY = { 'X-API-Key': 'klinky_live_aaaabbbbcccc' };
const ESC = '\u001b';

function inTerminal(args: readonly string[], env: Record<string, string> = {}) {
  return startInPty([process.execPath, join(mock429.built, 'dist/cli.js'), ...args], SIZE, env);
}

/** Starts a server in a terminal, and sends it a request that is admitted and one that is not. */
async function served(env: Record<string, string> = {}) {
  const program = inTerminal(['-p', 'klinky', '--port', '0', '--set', 'policies.account-hour.quota=1'], env);
  const [, url] = await program.printed(/mock429 klinky (http:\/\/[\d.:]+)/);
  for (let i = 0; i < 2; i++) await fetch(`${url}/api/v1/public/links`, { headers: KEY });
  await program.printed(/refused by account-hour 0/);
  program.type('\u0003');
  expect(await program.ended).toBe(0);
  return program.output;
}

describe.skipIf(process.platform === 'win32' || !hasProgram('python3'))('in a terminal', () => {
  test('serve writes a line per request, in colours', async () => {
    const output = await served();
    expect(output).toMatch(/200.* GET \/api\/v1\/public\/links {2}klinky_…cccc {2}.*account-hour 0\/1, /);
    expect(output).toContain(`${ESC}[32m200${ESC}[39m GET`);
    expect(output).toMatch(
      /429.* GET \/api\/v1\/public\/links {2}klinky_…cccc {2}.*refused by account-hour 0\/1, wait /,
    );
  });

  test('serve has no colours under NO_COLOR', async () => {
    expect(await served({ NO_COLOR: '1' })).not.toContain(ESC);
  });

  test('run shows its progress in the last row, and gives that back', async () => {
    const client = `fetch(process.env.MOCK429_URL + '/api/v1/public/links', { headers: ${JSON.stringify(KEY)} }).then(() => console.log('client done'))`;
    const program = inTerminal(['run', '-p', 'klinky', '--', process.execPath, '-e', client]);
    expect(await program.ended).toBe(0);
    const { output } = program;
    expect(output).toContain(`${ESC}[24;1H${ESC}[2Kmock429 0 ms: 0 requests, 0 refused; no findings so far`);
    const [restored, verdict] = [output.lastIndexOf(`${ESC}[r`), output.indexOf('PASS')];
    expect(output.indexOf('client done')).toBeGreaterThan(0);
    expect(restored).toBeGreaterThan(output.indexOf('client done'));
    expect(verdict).toBeGreaterThan(restored);
  });

  test.each([
    ['q', (program: PtyProgram) => program.type('q'), 0],
    ['Ctrl-C', (program: PtyProgram) => program.type('\u0003'), 0],
    ['SIGTERM', (program: PtyProgram) => program.signal('SIGTERM'), 0],
    ['SIGHUP', (program: PtyProgram) => program.signal('SIGHUP'), 129],
  ] as const)('top fills the screen, takes keys, and restores it on %s', async (_name, end, code) => {
    const { url } = await mock429.serve(['-p', 'klinky', '--port', '0']);
    await fetch(`${url}/api/v1/public/links`, { headers: KEY });
    const program = inTerminal(['top', '--url', url]);
    await program.printed(/klinky account-hour account=default.* 999\/1000/s);
    program.type('p');
    await program.printed(/, paused/);
    end(program);
    expect(await program.ended).toBe(code);
    const { output } = program;
    expect(output.indexOf(`${ESC}[?1049h`)).toBe(0);
    expect(output.endsWith(`${ESC}[?25h${ESC}[?1049l`)).toBe(true);
  });
});

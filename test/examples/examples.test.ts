/**
 * The examples, as a reader runs them: with the package's name in their imports, on what is built. And their tests do test: a client without its back-off fails them.
 */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Report } from '../../src/verdict/report/report.js';
import { ROOT, temporaryFolder } from '../tools/build.js';
import { copyBuild } from '../tools/built.js';
import { endPrograms, start } from '../tools/child.js';

const folder = temporaryFolder('examples');
const examples = join(folder.path, 'examples');

beforeAll(async () => {
  // A package may import itself by its name, so that 'mock429' is what has been built here.
  await copyBuild(folder.path);
  cpSync(join(ROOT, 'examples'), examples, { recursive: true });
});
afterEach(endPrograms);
afterAll(folder.remove);

test('their types hold', async () => {
  const args = ['-p', examples, '--checkers', '1'];
  const checked = await start(join(ROOT, 'node_modules/.bin/tsc'), args, { cwd: folder.path }).ended;
  expect(checked).toMatchObject({ code: 0, stdout: '' });
});

describe.each([
  {
    name: 'vitest',
    client: 'vitest/klinky.ts',
    run: () =>
      start(join(ROOT, 'node_modules/.bin/vitest'), ['run', '--root', 'examples/vitest', '--reporter=tap-flat'], {
        cwd: folder.path,
        env: { NO_COLOR: '1', CI: '1' },
      }),
    passed: 4,
    // Refused, it comes back after a minute.
    breaks: ["Number(response.headers.get('Retry-After') ?? 60)", '60'],
    noticed: 'waits until the hour is over when it is refused, and then gets its answer',
  },
  {
    name: 'node-test',
    client: 'node-test/aiclicks.js',
    run: () => start(process.execPath, ['--test', '--test-reporter=tap', 'examples/node-test/'], { cwd: folder.path }),
    passed: 5,
    // It takes a failure for an answer that will not change.
    breaks: ['response.status >= 500', 'response.status > 599'],
    noticed: 'tries again after a failure, more slowly each time',
  },
])('examples/$name', ({ client, run, passed, breaks: [from, to], noticed }) => {
  test('passes', async () => {
    const { code, stdout, stderr } = await run().ended;
    expect(code, stdout + stderr).toBe(0);
    expect(stdout.match(/^ *ok \d+ - (?!.*(?:\.test\.js|the client$))/gm)).toHaveLength(passed);
    expect(stdout).not.toMatch(/^ *not ok|# SKIP/m);
  });

  test('fails where the client does not back off', async () => {
    const file = join(examples, client);
    const text = readFileSync(file, 'utf8');
    expect(text).toContain(from);
    writeFileSync(file, text.replace(from!, to!));
    const { code, stdout } = await run().ended;
    writeFileSync(file, text);
    expect(code).not.toBe(0);
    const failed = stdout.match(/^ *not ok .*$/gm) ?? [];
    expect(failed.some((line) => line.includes(noticed))).toBe(true);
    // The others still pass: it is the client that failed, and not the run.
    expect(stdout.match(/^ *ok \d+ - /gm)?.length).toBeGreaterThan(0);
  });
});

describe('mock429 run', () => {
  /** Five calls to a window, which is a second: each program meets the limit several times. */
  const run = async (file: string) => {
    const options = ['run', '--profile', 'prediction', '--compress', '60', '--set', 'policies.key-minute.quota=5'];
    const command = ['--report', 'json=report.json', '--', process.execPath, `examples/${file}`, '15'];
    const end = await start(process.execPath, ['dist/cli.js', ...options, ...command], { cwd: folder.path }).ended;
    const [report] = (JSON.parse(readFileSync(join(folder.path, 'report.json'), 'utf8')) as Report).profiles;
    return { ...end, report: report!, found: new Set(report!.findings.map(({ check }) => check)) };
  };

  test('smaller-of-both.mjs comes back early, and the verdict says so', async () => {
    const { code, stdout, report, found } = await run('smaller-of-both.mjs');
    expect({ code, verdict: report.verdict }, stdout).toEqual({ code: 1, verdict: 'fail' });
    expect(stdout).toMatch(/15 searches done[\s\S]*came back \d+ ms after being told to wait 1 s/);
    expect(report.figures).toMatchObject({ succeeded: 15, failed: 0 });
    // How often it is refused in a row depends on where in the second it is.
    found.delete('hammering');
    expect(found).toEqual(new Set(['retry-too-early', 'ignored-remaining']));
  });

  test('waits-as-told.mjs passes', async () => {
    const { code, stdout, report } = await run('waits-as-told.mjs');
    expect({ code, findings: report.findings }, stdout).toEqual({ code: 0, findings: [] });
    expect(report.figures).toMatchObject({ succeeded: 15, failed: 0 });
  });
});

/** The pytest plugin, under pytest and against what is built: its tests pass, and one whose client comes back too early fails with the report. */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createMock } from '../../src/index.js';
import { ROOT, temporaryFolder } from '../tools/build.js';
import { copyBuild } from '../tools/built.js';
import { endPrograms, start } from '../tools/child.js';
import { hasModule } from '../tools/skip.js';

const folder = temporaryFolder('pytest');
/** Debian's, which `.ci/run` installs pytest for. */
const PYTHON = '/usr/bin/python3';
const there = hasModule(PYTHON, 'pytest');

beforeAll(async () => {
  await copyBuild(folder.path);
  cpSync(join(ROOT, 'examples/pytest'), folder.path, { recursive: true });
});
afterEach(endPrograms);
afterAll(folder.remove);

const pytest = (env: Record<string, string>) =>
  start(PYTHON, ['-m', 'pytest', '-q', '-p', 'no:cacheprovider', 'test_klinky.py'], { cwd: folder.path, env }).ended;

describe.skipIf(!there)('examples/pytest', () => {
  const MOCK429_COMMAND = `"${process.execPath}" dist/cli.js`;

  test('passes with a server of its own', async () => {
    const { code, stdout, stderr } = await pytest({ MOCK429_COMMAND });
    expect(code, stdout + stderr).toBe(0);
    expect(stdout).toContain('3 passed');
  });

  test('passes with the server of MOCK429_URL, and leaves no sandbox behind', async () => {
    const mock = await createMock({ profile: 'klinky' });
    const { url } = await mock.listen();
    const { code, stdout, stderr } = await pytest({ MOCK429_URL: url, MOCK429_COMMAND: 'false' });
    expect(code, stdout + stderr).toBe(0);
    expect(mock.sandboxes()).toEqual([]);
    await mock.close();
  });

  test('fails with the report where the client does not wait as long as it is told', async () => {
    const file = join(folder.path, 'klinky.py');
    const client = readFileSync(file, 'utf8');
    writeFileSync(
      file,
      client.replace('int(error.headers["Retry-After"])', 'max(1, int(error.headers["Retry-After"]) // 2)'),
    );
    const { code, stdout } = await pytest({ MOCK429_COMMAND });
    writeFileSync(file, client);
    expect(code).toBe(1);
    expect(stdout).toContain('1 failed, 2 passed');
    expect(stdout).toMatch(/Came back before it was told to|retry-too-early/);
  });
});

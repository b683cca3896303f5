/** npm's `prepare`: it builds where something has changed, and only there. */
import { cpSync, mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ROOT, temporaryFolder } from './build.js';
import { start } from './child.js';

/** A project of which each file was last changed at that second. */
const FILES: Readonly<Record<string, number>> = {
  'src/cli.ts': 10,
  'profiles/a.yaml': 10,
  'openapi/a.yaml': 10,
  'dist/cli.js': 20,
  'dist/index.cjs': 20,
  'dist/vitest.d.ts': 20,
  'dist/precompiled/a.yaml.jsonl': 20,
};

let folder: ReturnType<typeof temporaryFolder>;

function write(name: string, second: number, text = ''): void {
  const path = join(folder.path, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, text);
  utimesSync(path, second, second);
}

beforeEach(() => {
  folder = temporaryFolder('prepare');
  cpSync(join(ROOT, 'tools/prepare.mjs'), join(folder.path, 'tools/prepare.mjs'));
  for (const [name, second] of Object.entries(FILES)) write(name, second);
  write('package.json', 10, JSON.stringify({ scripts: { build: 'echo it builds' } }));
});
afterEach(() => folder.remove());

async function builds(): Promise<boolean> {
  const { code, stdout } = await start(process.execPath, ['tools/prepare.mjs'], { cwd: folder.path }).ended;
  expect(code).toBe(0);
  return stdout.includes('it builds');
}

it('leaves a build that is newer than its sources', async () => {
  expect(await builds()).toBe(false);
});

it.each(['src/cli.ts', 'profiles/a.yaml', 'openapi/a.yaml', 'package.json'])(
  'builds where %s has changed',
  async (name) => {
    write(name, 30, name === 'package.json' ? JSON.stringify({ scripts: { build: 'echo it builds' } }) : '');
    expect(await builds()).toBe(true);
  },
);

it.each(['dist', 'dist/precompiled', 'dist/precompiled/a.yaml.jsonl'])('builds where %s is missing', async (name) => {
  rmSync(join(folder.path, name), { recursive: true });
  expect(await builds()).toBe(true);
});

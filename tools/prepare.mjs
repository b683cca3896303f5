/**
 * npm's `prepare`: builds `dist/`, unless it is newer than all that it is made of. `npx mock429` in a clone runs `prepare` each time; a build that is stopped halfway
 * would leave npx without a program.
 * @module
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const SOURCES = [
  'src',
  'profiles',
  'openapi',
  'package.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'tsconfig.ui.json',
  'rolldown.config.ts',
];

/** What each step of the build writes last. */
const BUILT = ['dist/cli.js', 'dist/index.d.ts', 'dist/precompiled'];

/** Times of last change of a file, or of all files in a folder: epoch ms. */
function times(path) {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [statSync(path).mtimeMs];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile())
    .map((one) => statSync(join(one.parentPath ?? one.path, one.name)).mtimeMs);
}

const profiles = readdirSync(join(root, 'profiles')).filter((name) => name.endsWith('.yaml'));
const isWhole = profiles.every((name) => existsSync(join(root, 'dist/precompiled', `${name}.jsonl`)));
const built = BUILT.map((path) => times(join(root, path)));
const oldest = Math.min(...built.flat());
const newest = Math.max(...SOURCES.flatMap((path) => times(join(root, path))));
if (isWhole && built.every((all) => all.length > 0) && oldest > newest) process.exit(0);
const { status } = spawnSync('npm', ['run', 'build'], {
  cwd: root,
  stdio: 'inherit',
  shell: process.platform === 'win32',
});
process.exit(status ?? 1);

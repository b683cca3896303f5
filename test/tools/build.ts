/**
 * A build of the project in a folder of its own, so that tests of what is built neither need a build in the checkout nor disturb one.
 * @module
 */
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { start } from './child.js';

/** The root of the repository. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** What the build reads and the package holds, where it exists. */
const PARTS = [
  'src',
  'tools',
  'profiles',
  'openapi',
  'package.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'tsconfig.ui.json',
  'rolldown.config.ts',
  'README.md',
  'LICENSE',
  'CHANGELOG.md',
];

/** An empty folder; `remove` it in the end. */
export function temporaryFolder(name: string): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), `mock429-${name}-`));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** The sources, without anything built. */
export function copySources(folder: string): void {
  for (const part of PARTS) {
    if (existsSync(join(ROOT, part))) cpSync(join(ROOT, part), join(folder, part), { recursive: true });
  }
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'dir');
}

/** @throws when the build fails, with what it printed */
export async function build(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  copySources(folder);
  const { code, stdout, stderr } = await start('npm', ['run', 'build'], { cwd: folder }).ended;
  if (code !== 0) throw new Error(`npm run build ended with ${code}:\n${stdout}${stderr}`);
}

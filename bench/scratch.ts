/**
 * Packages that are measured or needed now and then, fetched into a folder outside the repository and kept there for the next run.
 * @module
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { versionOf } from './machine.js';
import { output } from './output.js';

const scratch = join(tmpdir(), 'mock429-bench-packages');

/** A package that has been installed in the scratch folder. */
export interface Installed {
  /** Path of the package itself, below `node_modules`. */
  readonly folder: string;
  readonly version: string;
}

/** @throws where it cannot be fetched; the message tells why */
export async function install(name: string): Promise<Installed> {
  const project = join(scratch, name.replaceAll('/', '-'));
  const folder = join(project, 'node_modules', name);
  if (!existsSync(join(folder, 'package.json'))) {
    mkdirSync(project, { recursive: true });
    writeFileSync(join(project, 'package.json'), '{"private":true,"type":"module"}\n');
    const flags = ['--prefix', project, '--no-audit', '--no-fund', '--loglevel', 'error'];
    await output(['npm', 'install', ...flags, name], 240_000);
  }
  return { folder, version: versionOf(folder) };
}

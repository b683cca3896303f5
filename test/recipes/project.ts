/**
 * A project as a reader of the recipes has it: with mock429 installed, and the tools that it uses.
 * @module
 */
import { chmodSync, cpSync, mkdirSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { ROOT } from '../tools/build.js';

/** Copies an example into a new folder that has the built package and the checkout's copies of others. */
export function exampleProject(name: string, folder: string, built: string, others: readonly string[] = []): string {
  const project = join(folder, name);
  cpSync(join(ROOT, 'examples', name), project, { recursive: true });
  const modules = join(project, 'node_modules');
  mkdirSync(join(modules, '.bin'), { recursive: true });
  symlinkSync(built, join(modules, 'mock429'), 'dir');
  symlinkSync('../mock429/dist/cli.js', join(modules, '.bin/mock429'));
  // As npm does when it installs.
  chmodSync(join(built, 'dist/cli.js'), 0o755);
  for (const other of others) {
    mkdirSync(dirname(join(modules, other)), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules', other), join(modules, other), 'dir');
  }
  return project;
}

/** A port that nobody had a moment ago. */
export async function freePort(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return String(port);
}

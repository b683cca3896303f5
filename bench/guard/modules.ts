/**
 * What a server loads until it has answered its first request: most of a cold start, as a count.
 * @module
 */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FIRST } from '../http/targets.js';
import { root } from '../machine.js';
import { temporaryFolder } from '../temporary.js';
import { ask } from '../traffic.js';

interface Coverage {
  readonly result: readonly { readonly url: string }[];
}

/** Node writes down which scripts it ran when it ends; a server ends at SIGTERM. */
export async function loadedModules(): Promise<{ modules: number; bytes: number }> {
  const folder = temporaryFolder();
  const child = spawn(process.execPath, ['dist/cli.js', '--profile', 'klinky', '--port', '0'], {
    cwd: root,
    env: { ...process.env, NODE_V8_COVERAGE: folder },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const line = await Promise.race([
    new Promise<string>((resolve) => child.stdout.setEncoding('utf8').once('data', resolve)),
    ended.then(() => Promise.reject(new Error('the server ended before it was ready'))),
  ]);
  await ask(Number(/:(\d+)\s/.exec(line)![1]), FIRST.traffic);
  child.kill('SIGTERM');
  await ended;
  const [file] = readdirSync(folder);
  const { result } = JSON.parse(readFileSync(join(folder, file!), 'utf8')) as Coverage;
  const files = new Set(result.map(({ url }) => url).filter((url) => url.startsWith('file:')));
  const bytes = [...files].reduce((sum, url) => sum + statSync(fileURLToPath(url)).size, 0);
  return { modules: files.size, bytes };
}

/**
 * mock429, driven as a user drives it: the built command line.
 * @module
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run, startUntil } from './process.js';
import type { Tool } from './tool.js';

const PATIENCE_MS = 60_000;

/** @param cli the built cli.js */
export function mock429(cli: string): Tool {
  const { version } = JSON.parse(readFileSync(join(cli, '../../package.json'), 'utf8')) as { version: string };
  return {
    name: 'mock429',
    version,
    basePaths: true,
    async serve(file) {
      const folder = mkdtempSync(join(tmpdir(), 'mock429-corpus-run-'));
      const tidy = () => rmSync(folder, { recursive: true, force: true });
      const begun = performance.now();
      try {
        const { value: url, log, stop } = await serveDocument(cli, file, folder);
        const end = () => stop().finally(tidy);
        return { url, readyMs: performance.now() - begun, log, stop: end };
      } catch (error) {
        tidy();
        throw error;
      }
    },
  };
}

/** The commands of a user who has a document. */
async function serveDocument(cli: string, file: string, folder: string) {
  const node = [process.execPath, cli];
  await run([...node, 'init', file, '--id', 'corpus', '--out', folder], folder, PATIENCE_MS);
  const profile = join(folder, 'corpus.profile.yaml');
  const unlimited = ['key-minute', 'ip-minute']
    .filter((policy) => readFileSync(profile, 'utf8').includes(`  ${policy}:`))
    .flatMap((policy) => ['--set', `policies.${policy}.quota=1000000`]);
  const serve = [...node, 'serve', '--profile', profile, '--port', '0', ...unlimited];
  return startUntil(serve, folder, readyUrl, PATIENCE_MS);
}

function readyUrl(line: string): URL | undefined {
  const url = /^mock429 \S+ (http:\S+)/.exec(line)?.[1];
  return url === undefined ? undefined : new URL(url);
}

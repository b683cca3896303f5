/**
 * mock429, driven as a user drives it: the built command line.
 * @module
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startUntil } from './process.js';
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

/** The command of a user who has a document. */
function serveDocument(cli: string, file: string, folder: string) {
  return startUntil([process.execPath, cli, 'serve', '--openapi', file, '--port', '0'], folder, readyUrl, PATIENCE_MS);
}

function readyUrl(line: string): URL | undefined {
  const url = /^mock429 \S+ (http:\S+)/.exec(line)?.[1];
  return url === undefined ? undefined : new URL(url);
}

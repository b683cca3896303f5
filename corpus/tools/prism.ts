/**
 * Prism, the mock server of Stoplight, to compare with.
 * @module
 */
import { tmpdir } from 'node:os';
import { fetchPackage, type PackageName } from '../packages.js';
import { freePort, startUntil } from './process.js';
import type { Tool } from './tool.js';

const PRISM: PackageName = { name: '@stoplight/prism-cli', version: '5.16.0' };
/** Prism needs it. */
const OLDEST_NODE = [24, 18] as const;
/** Fetched where this process runs in an older one; the package holds the program for one platform. */
const NODE_VERSION = '24.22.3';
/** Prism checks and converts a large document for long. */
const PATIENCE_MS = 90_000;

/** @throws Unreachable where it cannot be fetched */
export async function prism(): Promise<Tool> {
  const folder = await fetchPackage(PRISM);
  const node = await newNode();
  return {
    name: 'Prism',
    version: PRISM.version,
    // It serves the paths of a document at the root, whatever its servers say.
    basePaths: false,
    async serve(file) {
      const begun = performance.now();
      const port = await freePort();
      const command = [node, `${folder}/dist/index.js`, 'mock', '--host', '127.0.0.1', '--port', String(port), file];
      const isReady = (line: string) => (line.includes('Prism is listening') ? true : undefined);
      const { log, stop } = await startUntil(command, tmpdir(), isReady, PATIENCE_MS);
      return { url: new URL(`http://127.0.0.1:${port}/`), readyMs: performance.now() - begun, log, stop };
    },
  };
}

/** A Node that is new enough: this one, or one from the registry. */
async function newNode(): Promise<string> {
  const [major, minor] = process.versions.node.split('.').map(Number) as [number, number];
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return process.execPath;
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const folder = await fetchPackage({ name: `node-${platform}-${process.arch}`, version: NODE_VERSION });
  return process.platform === 'win32' ? `${folder}/bin/node.exe` : `${folder}/bin/node`;
}

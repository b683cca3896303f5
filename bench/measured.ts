/**
 * Measurements that run in a process of their own, without a server: plain JavaScript in bench/measured/, on the built program.
 * @module
 */
import { build } from 'rolldown';
import configs from '../rolldown.config.js';
import { pinned, root } from './machine.js';
import { output } from './output.js';

const TIMEOUT_MS = 600_000;

let engine: Promise<unknown> | undefined;

/** The last line that it prints, which is JSON. */
export async function measured<T>(
  script: string,
  args: readonly (string | number)[],
  flags: readonly string[] = [],
): Promise<T> {
  engine ??= buildEngine();
  await engine;
  const file = `${root}bench/measured/${script}`;
  const command = pinned('server', [process.execPath, '--expose-gc', ...flags, file, ...args.map(String)]);
  const printed = await output(command, TIMEOUT_MS);
  return JSON.parse(printed.trimEnd().split('\n').at(-1)!) as T;
}

/** The engine by itself, put together as it is within what is built. */
function buildEngine(): Promise<unknown> {
  // The first is that of the program.
  const [config] = configs;
  return build({
    ...config,
    cwd: root,
    input: {
      algorithms: 'src/limits/algorithms/index.ts',
      engine: 'src/limits/engine.ts',
      'bucket-store': 'src/state/buckets/bucket-store.ts',
    },
    output: { dir: 'bench/built', cleanDir: true, chunkFileNames: '[name].js', comments: false },
  });
}

/**
 * Measurements that run in a process of their own, without a server: plain JavaScript in bench/measured/, on the built program.
 * @module
 */
import { pinned, root } from './machine.js';
import { output } from './output.js';

const TIMEOUT_MS = 600_000;

/** The last line that it prints, which is JSON. */
export async function measured<T>(
  script: string,
  args: readonly (string | number)[],
  flags: readonly string[] = [],
): Promise<T> {
  const file = `${root}bench/measured/${script}`;
  const command = pinned('server', [process.execPath, '--expose-gc', ...flags, file, ...args.map(String)]);
  const printed = await output(command, TIMEOUT_MS);
  return JSON.parse(printed.trimEnd().split('\n').at(-1)!) as T;
}

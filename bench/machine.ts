/**
 * The machine: which cores there are to pin programs to, what is installed, and what a result has to tell about it.
 * @module
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, platform, release, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';

/** Path of the repository, with a slash at its end. */
export const root = fileURLToPath(new URL('../', import.meta.url));

/** A core for what is measured and one for what sends; the same where there is but one. */
const [serverCore, clientCore] = cores();
const canPin = has('taskset') && serverCore !== clientCore;

/** The command, held on the core of what is measured or of what sends. `taskset` becomes the program, so its pid is the program's. */
export function pinned(core: 'server' | 'client', command: readonly string[]): [string, ...string[]] {
  const [program, ...args] = command;
  if (!canPin) return [program!, ...args];
  return ['taskset', '-c', String(core === 'server' ? serverCore : clientCore), program!, ...args];
}

/** Keeps this process off the core of what is measured. */
export function pinSelf(): void {
  if (canPin) execFileSync('taskset', ['-cp', String(clientCore), String(process.pid)], { stdio: 'ignore' });
}

/** Whether the shell finds a program of this name. */
export function has(program: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
}

/** What a result tells about the machine, so that it can be compared with other results. */
export interface Machine {
  readonly cpu: string;
  /** Cores that this process may use. */
  readonly cores: number;
  readonly memoryGiB: number;
  /** Operating system and its release. */
  readonly system: string;
  /** The cores to which server and load generator are pinned, or `none`. */
  readonly pinning: string;
  /** Of the last minute, at the start: what others did at the same time. */
  readonly load: number;
}

/** Reads the model, the memory and the load of this machine. */
export function describeMachine(): Machine {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryGiB: Number((totalmem() / 2 ** 30).toFixed(1)),
    system: `${platform()} ${release()}`,
    pinning: canPin ? `server on core ${serverCore}, generator on core ${clientCore}` : 'none',
    load: loadavg()[0]!,
  };
}

/** Versions of what takes part, by name. */
export function versions(): Record<string, string> {
  const own = ['hono', '@hono/node-server'].map((name) => [name, versionOf(`${root}node_modules/${name}`)]);
  return { mock429: versionOf(root), node: process.versions.node, ...Object.fromEntries(own) };
}

/**
 * The version in a package’s `package.json`.
 * @param folder path of the package
 * @throws where the folder has no `package.json`
 */
export function versionOf(folder: string): string {
  return (JSON.parse(readFileSync(`${folder}/package.json`, 'utf8')) as { version: string }).version;
}

function cores(): [server: number, client: number] {
  try {
    const list = /Cpus_allowed_list:\s*(\S+)/.exec(readFileSync('/proc/self/status', 'utf8'))![1]!;
    const all = list.split(',').flatMap((part) => {
      const [from, to = from] = part.split('-').map(Number);
      return Array.from({ length: to! - from! + 1 }, (_, i) => from! + i);
    });
    return [all[0]!, all[1] ?? all[0]!];
  } catch {
    return [0, 0];
  }
}

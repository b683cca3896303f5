/**
 * Commands run in the same process, with a terminal that a test can read.
 * @module
 */

import { run } from '../../src/commands/program.js';
import type { Io } from '../../src/commands/terminal/io.js';

/** A run of the command line in this process. */
export interface Session {
  readonly out: string;
  readonly err: string;
  /** Resolves with the match once either stream has it; rejects when the command ends without. */
  printed(pattern: RegExp): Promise<RegExpExecArray>;
  /** What SIGTERM does. */
  stop(): void;
  /** The exit code. */
  readonly ended: Promise<number>;
}

/** @param start what running another program does @param more what the process has besides, such as a terminal */
export function command(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  start: Io['start'] = () => Promise.reject(new Error('there is nothing to run here')),
  more: Partial<Io> = {},
): Session {
  const said = { out: '', err: '' };
  const watchers = new Set<() => void>();
  const hear = (stream: 'out' | 'err') => (text: string) => {
    said[stream] += text;
    for (const watch of watchers) watch();
  };
  let stop = () => {};
  const stopped = new Promise<void>((resolve) => {
    stop = resolve;
  });
  const ended = run(args, {
    out: hear('out'),
    err: hear('err'),
    env: (name) => env[name],
    envNames: () => Object.keys(env),
    stopped,
    start,
    cpuMs: () => 0,
    processes: async () => ({
      pid: process.pid,
      host: 'here',
      mark: (pid) => (pid === process.pid ? 'now' : undefined),
    }),
    ...more,
  });
  return {
    get out() {
      return said.out;
    },
    get err() {
      return said.err;
    },
    printed: (pattern) =>
      new Promise((resolve, reject) => {
        const watch = () => {
          const match = pattern.exec(said.out) ?? pattern.exec(said.err);
          if (match) resolve(match);
        };
        watchers.add(watch);
        watch();
        ended.then((code) => reject(new Error(`ended with ${code}: ${said.out}${said.err}`)), reject);
      }),
    stop: () => stop(),
    ended,
  };
}

/** A command that ends by itself. */
export async function finished(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  start?: Io['start'],
  more?: Partial<Io>,
): Promise<{ code: number; out: string; err: string }> {
  const session = command(args, env, start, more);
  const code = await session.ended;
  return { code, out: session.out, err: session.err };
}

/**
 * What this machine has, and what runs the programs.
 * @module
 */
import { spawn, spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Need } from './situation.js';

/** Python with `requests`, where there is one. */
let python: string | undefined;

function findPython(): string {
  const names = ['python3', '/usr/bin/python3'];
  const found = names.filter((name) => spawnSync(name, ['-c', 'import sys'], { stdio: 'ignore' }).status === 0);
  const best = found.find((name) => works(name, ['-c', 'import requests'])) ?? found[0] ?? 'python3';
  // The interpreter itself: what stands before it on the PATH may take longer to start than it does.
  const real = spawnSync(best, ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' });
  return real.status === 0 ? real.stdout.trim() : best;
}

/** The words that start a program, by its name or its ending. */
export function programOf(name: string): string[] {
  if (name.endsWith('.mjs')) return [process.execPath];
  if (name.endsWith('.sh')) return ['bash'];
  if (name.endsWith('.pl')) return ['perl'];
  if (name.endsWith('.rb')) return ['ruby'];
  if (name.endsWith('.go')) return ['go', 'run'];
  if (name.endsWith('.py')) {
    python ??= findPython();
    return [python];
  }
  return [name];
}

const TRIED: Readonly<Record<Need, () => boolean>> = {
  curl: () => works('curl', ['--version']),
  wget: () => works('wget', ['--version']),
  perl: () => works('perl', ['-MHTTP::Tiny', '-e', '1']),
  python3: () => works(programOf('x.py')[0]!, ['--version']),
  'python3-requests': () => works(programOf('x.py')[0]!, ['-c', 'import requests']),
  go: () => works('go', ['version']),
  ruby: () => works('ruby', ['-rnet/http', '-e', '1']),
  xargs: () => works('xargs', ['--version']),
  bash: () => works('bash', ['--version']),
};

const known = new Map<Need, boolean>();

/** What of it is missing. */
export function missing(needs: readonly Need[]): readonly Need[] {
  for (const need of needs) if (!known.has(need)) known.set(need, TRIED[need]());
  return needs.filter((need) => !known.get(need));
}

function works(program: string, args: readonly string[]): boolean {
  return spawnSync(program, args, { stdio: 'ignore' }).status === 0;
}

/** Keeps every core busy, with the usual priority. @returns ends it, each process by its id */
export function keepBusy(): () => void {
  const file = fileURLToPath(new URL('programs/busy.mjs', import.meta.url));
  const children = Array.from({ length: availableParallelism() }, () =>
    spawn(process.execPath, [file], { stdio: ['pipe', 'ignore', 'inherit'] }),
  );
  const end = () => {
    for (const child of children) child.kill('SIGKILL');
  };
  process.once('exit', end);
  return end;
}

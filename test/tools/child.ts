/**
 * Programs that a test starts: what they print, how they end, and that they do end.
 * @module
 */
import { type ChildProcess, spawn } from 'node:child_process';

/** A started program. */
export interface Program {
  readonly stdout: string;
  readonly stderr: string;
  /** Resolves with the match once the stream (stdout, unless stderr is named) has it; rejects when the program ends without. */
  printed(pattern: RegExp, stream?: 'stdout' | 'stderr'): Promise<RegExpExecArray>;
  signal(name: NodeJS.Signals): void;
  /** Resolves when it has ended and all that it printed is here. */
  readonly ended: Promise<End>;
}

/** How a program ended, and all that it printed. */
export interface End {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

const running = new Set<{ child: ChildProcess; ended: Promise<unknown> }>();

/** Where and with which environment a program runs. */
export interface StartOptions {
  readonly cwd?: string;
  /** On top of the environment of the tests; `undefined` removes. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** Starts a program without input. */
export function start(command: string, args: readonly string[], { cwd, env = {} }: StartOptions = {}): Program {
  const child = spawn(command, args, {
    cwd,
    env: { ...cleanEnvironment(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const printed = { stdout: '', stderr: '' };
  const watchers = new Set<() => void>();
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      printed[name] += text;
      for (const watch of watchers) watch();
    });
  }
  const ended = new Promise<End>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) =>
      resolve({ code, signal, ...printed, stderr: withoutForeignStalls(printed.stderr) }),
    );
  });
  const entry = { child, ended };
  running.add(entry);
  void ended.catch(() => {}).then(() => running.delete(entry));
  return {
    get stdout() {
      return printed.stdout;
    },
    get stderr() {
      return printed.stderr;
    },
    printed: (pattern, stream = 'stdout') =>
      new Promise((resolve, reject) => {
        const watch = () => {
          const match = pattern.exec(printed[stream]);
          if (match) resolve(match);
        };
        watchers.add(watch);
        watch();
        ended.then((end) => reject(new Error(`ended with ${end.code ?? end.signal}: ${end.stderr}`)), reject);
      }),
    signal: (name) => child.kill(name),
    ended,
  };
}

/** Removes the warnings of the watchdog that other programs had the processor: they say something of the machine, and nothing of the program. */
function withoutForeignStalls(stderr: string): string {
  return stderr.replaceAll(/^mock429: the process was blocked for .* other programs had the processor\n/gm, '');
}

/** For `afterEach`: nothing that was started goes on. */
export async function endPrograms(): Promise<void> {
  for (const { child } of running) child.kill('SIGKILL');
  await Promise.allSettled([...running].map(({ ended }) => ended));
}

/** Without what npm and vitest tell their own children, and without settings of the program under test. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const foreign =
    /^(?:npm_(?:lifecycle|package|command|execpath|node_execpath|config_local_prefix)|MOCK429_|PORT$|NODE_OPTIONS$|NODE_ENV$|VITEST)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)));
}

#!/usr/bin/env node
/**
 * The program: the only part that talks to the process. What it does is in `commands`.
 * @module
 */
import type { ChildProcess } from 'node:child_process';
import { inspect } from 'node:util';
import { run } from './commands/program.js';
import { buffered } from './commands/terminal/buffered.js';
import type { ChildEnd, Io, Processes } from './commands/terminal/io.js';

/** The signal that told the program to end, if one has. */
let told: NodeJS.Signals | undefined;
const stopped = new Promise<void>((resolve) => {
  const stop = (signal: NodeJS.Signals) => {
    process.off('SIGINT', stop).off('SIGTERM', stop);
    told = signal;
    resolve();
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
});

const err = buffered((text) => process.stderr.write(text));
process.on('exit', err.flush);
// Whoever read the log may have gone. That is no reason to stop serving.
process.stderr.on('error', () => {});
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

/** Exit code for a fault of the program itself (`EX_SOFTWARE` of sysexits.h). */
const OWN_FAULT = 70;

/** What `mock429 run` has started, while it runs. */
let child: ChildProcess | undefined;

// A rejection that nothing handles comes here as well.
process.on('uncaughtException', (error, origin) => {
  err.flush();
  child?.kill();
  const what = origin === 'unhandledRejection' ? 'a rejection that nothing handled' : 'an error that nothing caught';
  process.stderr.write(`mock429: ended by ${what}; please report it: ${inspect(error)}\n`, () =>
    process.exit(OWN_FAULT),
  );
});

const code = await run(process.argv.slice(2), {
  out: (text) => process.stdout.write(text),
  err,
  env: (name) => process.env[name] || undefined,
  envNames: () => Object.keys(process.env),
  stopped,
  colours: process.stdout.isTTY && !process.env['NO_COLOR'],
  start,
  cpuMs() {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1_000;
  },
  processes,
});
// What was printed may still be on its way to a pipe.
process.stdout.write('', () => process.exit(code));

async function start(...[command, args, variables]: Parameters<Io['start']>): Promise<ChildEnd> {
  // A server does without.
  const [{ spawn }, { constants }] = await Promise.all([import('node:child_process'), import('node:os')]);
  // On Windows `npm`, `npx` and the like are scripts, which only a shell can run.
  const shell = process.platform === 'win32';
  const started = spawn(command, args, { stdio: 'inherit', env: { ...process.env, ...variables }, shell });
  child = started;
  const forward = (signal: NodeJS.Signals) => {
    // A terminal tells everybody in it of its Ctrl-C.
    if (signal !== 'SIGINT' || !process.stdin.isTTY) started.kill(signal);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, forward);
  // Told before the command ran, of which it knows nothing.
  if (told !== undefined) child.kill(told);
  return new Promise<ChildEnd>((resolve, reject) => {
    started.once('error', reject);
    started.once('close', (code, signal) =>
      resolve(signal === null ? { code: code! } : { signal, number: constants.signals[signal] }),
    );
  }).finally(() => {
    child = undefined;
    for (const signal of signals) process.off(signal, forward);
  });
}

async function processes(): Promise<Processes> {
  const [{ readFileSync }, { hostname }] = await Promise.all([import('node:fs'), import('node:os')]);
  return {
    pid: process.pid,
    host: hostname(),
    mark(pid) {
      try {
        process.kill(pid, 0);
      } catch (error) {
        // Anything else says that there is one, of another user.
        if ((error as NodeJS.ErrnoException).code === 'ESRCH') return undefined;
      }
      try {
        // proc(5): after the name in parentheses come the state and, 19 fields later, when it started.
        const [state, ...fields] = readFileSync(`/proc/${pid}/stat`, 'latin1')
          .replace(/^.*\) /s, '')
          .split(' ');
        return state === 'Z' || state === 'X' ? undefined : fields[18];
      } catch {
        return '';
      }
    },
  };
}

#!/usr/bin/env node
/**
 * The executable. It is the only module that uses the process itself; the commands are in `commands`.
 * @module
 */
import type { ChildProcess } from 'node:child_process';
import { inspect, styleText } from 'node:util';
import { run } from './commands/program.js';
import { buffered } from './commands/terminal/buffered.js';
import type { ChildEnd, Io, Processes, Screen, Terminal } from './commands/terminal/io.js';

/** The first signal that asked the program to stop. */
let stopSignal: NodeJS.Signals | undefined;
const stopped = new Promise<void>((resolve) => {
  const stop = (signal: NodeJS.Signals) => {
    process.off('SIGINT', stop).off('SIGTERM', stop);
    stopSignal = signal;
    resolve();
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
});

const err = buffered((text) => process.stderr.write(text));
process.on('exit', err.flush);
// The reader of the log may be gone. That is no reason to stop serving.
process.stderr.on('error', () => {});
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

/** Exit code for an internal error (`EX_SOFTWARE` of sysexits.h). */
const OWN_FAULT = 70;

/** Exit code of shells for a program that SIGHUP ended. */
const HANGUP = 129;

/** The child process of `mock429 run`, while it runs. */
let child: ChildProcess | undefined;

// Unhandled rejections arrive here as well.
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
  colours: showsColours(process.stdout),
  columns: () => process.stdout.columns,
  terminal: process.stderr.isTTY ? terminalOf(process.stderr) : undefined,
  openScreen: process.stdin.isTTY && process.stdout.isTTY ? openScreen : undefined,
  start,
  cpuMs() {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1_000;
  },
  processes,
});
// Exit only after the output has been flushed to a pipe.
process.stdout.write('', () => process.exit(code));

async function start(...[command, args, variables]: Parameters<Io['start']>): Promise<ChildEnd> {
  // Load these modules only when needed: a server starts without them.
  const [{ spawn }, { constants }] = await Promise.all([import('node:child_process'), import('node:os')]);
  // On Windows `npm`, `npx` and the like are scripts, which only a shell can run.
  const shell = process.platform === 'win32';
  const spawned = spawn(command, args, { stdio: 'inherit', env: { ...process.env, ...variables }, shell });
  child = spawned;
  const forward = (signal: NodeJS.Signals) => {
    // A terminal sends Ctrl-C to all processes of its group, so the child has it already.
    if (signal !== 'SIGINT' || !process.stdin.isTTY) spawned.kill(signal);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, forward);
  // The signal arrived before the command was started, so forward it.
  if (stopSignal !== undefined) child.kill(stopSignal);
  return new Promise<ChildEnd>((resolve, reject) => {
    spawned.once('error', reject);
    spawned.once('close', (code, signal) =>
      resolve(signal === null ? { code: code! } : { signal, number: constants.signals[signal] }),
    );
  }).finally(() => {
    child = undefined;
    for (const signal of signals) process.off(signal, forward);
  });
}

/** Whether a stream shows colours: it is a terminal, and neither `NO_COLOR` nor `NODE_DISABLE_COLORS` is set; or `FORCE_COLOR` is. */
function showsColours(stream: NodeJS.WriteStream): boolean {
  return styleText('bold', 'a', { stream }) !== 'a';
}

function terminalOf(stream: NodeJS.WriteStream): Terminal {
  return {
    size: () => ({ columns: stream.columns || 80, rows: stream.rows || 24 }),
    colours: showsColours(stream),
    write(text) {
      err.flush();
      stream.write(text);
    },
    atExit(call) {
      process.on('exit', call);
      return () => process.off('exit', call);
    },
    onResize(call) {
      stream.on('resize', call);
      return () => stream.off('resize', call);
    },
  };
}

async function openScreen(): Promise<Screen> {
  const { fillScreen } = await import('./commands/terminal/screen.js');
  // Restores the terminal, which a signal without a listener would not do.
  process.once('SIGHUP', () => process.exit(HANGUP));
  return fillScreen(process.stdin, terminalOf(process.stdout));
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
        // Any other error means that the process exists but belongs to another user.
        if ((error as NodeJS.ErrnoException).code === 'ESRCH') return undefined;
      }
      try {
        // proc(5): after the name in parentheses come the state and, 19 fields later, the start time.
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

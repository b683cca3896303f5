/**
 * Servers under measurement: started on their core, stopped and continued, asked for the time and memory that they took, and certain to end.
 * @module
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { pinned, root } from './machine.js';
import { ask, type Traffic } from './traffic.js';

/** How to start a server: a program of node, in the repository’s folder. */
export interface ServerSpec {
  /** Arguments of node. */
  readonly args: (port: number) => readonly string[];
  /** Added to the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A running server, pinned to the core for servers where the machine allows it. */
export interface Server {
  readonly port: number;
  /** From the spawn to the first answer with the expected status. */
  readonly startedInMs: number;
  /** Stops the process by SIGSTOP, so that it takes no CPU time. */
  pause(): void;
  /** Continues the process by SIGCONT. */
  resume(): void;
  /** CPU time of all its threads so far; `undefined` where the system does not tell. */
  cpuMs(): number | undefined;
  /** Resident memory now and at its peak, in bytes; `undefined` where the system does not tell. */
  memory(): { rss: number; peak: number } | undefined;
  /** Kills the process, and waits until it is gone. */
  end(): Promise<void>;
}

const PATIENCE_MS = 90_000;
const children = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

/** Starts a server and waits until it answers the request with one of the statuses. */
export async function launch(spec: ServerSpec, first: Traffic, statuses = [first.status]): Promise<Server> {
  const port = await freePort();
  const [program, ...args] = pinned('server', [process.execPath, ...spec.args(port)]);
  const from = performance.now();
  const child = spawn(program, args, {
    cwd: root,
    env: { ...process.env, ...spec.env },
    stdio: ['ignore', 'ignore', 'ignore'],
  });
  children.add(child);
  const gone = new Promise<void>((resolve) => {
    const forget = () => resolve(void children.delete(child));
    child.once('exit', forget);
    // A program that cannot be started has no exit.
    child.once('error', forget);
  });
  const end = async () => {
    child.kill('SIGKILL');
    await gone;
  };
  let answer: number | undefined;
  while (performance.now() - from < PATIENCE_MS && child.exitCode === null && child.signalCode === null) {
    answer = await ask(port, first).then(
      ({ status }) => status,
      () => undefined,
    );
    if (answer !== undefined && statuses.includes(answer)) {
      return { port, startedInMs: performance.now() - from, end, ...controls(child) };
    }
    await sleep(1);
  }
  const ended = child.exitCode ?? child.signalCode;
  await end();
  if (ended !== null) throw new Error(`it ended with ${ended} before it answered`);
  throw new Error(answer === undefined ? 'it did not answer in time' : `it answered ${answer}, not ${first.status}`);
}

function controls(child: ChildProcess): Pick<Server, 'pause' | 'resume' | 'cpuMs' | 'memory'> {
  const proc = (file: string) => {
    try {
      return readFileSync(`/proc/${child.pid}/${file}`, 'utf8');
    } catch {
      return undefined;
    }
  };
  return {
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    cpuMs() {
      // utime and stime, in ticks of 10 ms; the name in front may hold blanks.
      const fields = proc('stat')?.split(') ')[1]?.split(' ');
      return fields && (Number(fields[11]) + Number(fields[12])) * 10;
    },
    memory() {
      const status = proc('status');
      const kib = (name: string) => Number(new RegExp(`${name}:\\s*(\\d+)`).exec(status!)![1]) * 1024;
      return status === undefined ? undefined : { rss: kib('VmRSS'), peak: kib('VmHWM') };
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

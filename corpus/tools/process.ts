/**
 * Processes that end with the corpus.
 * @module
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';

const children = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

const KEPT = 4_000;

/** A process that has started. */
export interface Running {
  /** The end of what it has written. */
  log(): string;
  stop(): Promise<void>;
}

/**
 * Starts a program and waits for a line.
 * @param ready what the line says, taken out of its text
 * @throws where it ends first, or is not ready in time; the message has the end of its log
 */
export async function startUntil<T>(
  command: readonly string[],
  cwd: string,
  ready: (line: string) => T | undefined,
  patienceMs: number,
): Promise<Running & { readonly value: T }> {
  const { child, log, ended } = start(command, cwd, (line) => {
    const value = ready(line);
    if (value !== undefined) found(value);
  });
  let found: (value: T) => void = () => {};
  let timer: NodeJS.Timeout | undefined;
  const stop = async () => {
    child.kill('SIGKILL');
    await ended;
  };
  try {
    const value = await new Promise<T>((resolve, reject) => {
      found = resolve;
      timer = setTimeout(() => reject(new Error(`not ready within ${patienceMs / 1_000} s`)), patienceMs);
      void ended.then((how) => reject(new Error(lastWords(log()) || `it ended with ${how}`)));
    });
    return { value, log, stop };
  } catch (error) {
    await stop();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** Runs a program to its end. @throws where it fails; the message has the end of its log, and the cause all that is kept of it */
export async function run(command: readonly string[], cwd: string, patienceMs: number): Promise<string> {
  const { child, log, ended } = start(command, cwd, () => {});
  const timer = setTimeout(() => child.kill('SIGKILL'), patienceMs);
  const how = await ended;
  clearTimeout(timer);
  if (how !== 0) throw new Error(lastWords(log()) || `it ended with ${how}`, { cause: log() });
  return log();
}

function start(command: readonly string[], cwd: string, heard: (line: string) => void) {
  const [program, ...args] = command;
  const env = { ...process.env, NODE_OPTIONS: '', NO_COLOR: '1', FORCE_COLOR: '0' };
  const child = spawn(program!, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  children.add(child);
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    let rest = '';
    stream.setEncoding('utf8');
    stream.on('data', (piece: string) => {
      text = (text + piece).slice(-KEPT);
      const lines = (rest + piece).split('\n');
      rest = lines.pop()!;
      for (const line of lines) heard(line);
    });
  }
  const ended = new Promise<number | string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(signal ?? code ?? 'an error'));
  }).finally(() => children.delete(child));
  return { child, ended, log: () => text };
}

/** The last lines that say something, on one. */
function lastWords(log: string): string {
  return log.trim().split('\n').slice(-4).join(' ').slice(-500);
}

/** A port of loopback that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

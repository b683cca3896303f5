/**
 * The processes of a run: a store and several servers, which are killed, paused and started again.
 * @module
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const CLI = fileURLToPath(new URL('../dist/cli.js', import.meta.url));

/** A process that can be started again with the same arguments. */
abstract class Restartable {
  #process: ChildProcess | undefined;

  get isRunning(): boolean {
    return this.#process !== undefined;
  }

  /** The id of the running process. @throws if it does not run */
  get pid(): number {
    return this.#process!.pid!;
  }

  async start(): Promise<void> {
    this.#process = await this.launch();
  }

  /** Ends the process. @param signal SIGKILL: at once, without anything being saved */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const process = this.#process;
    this.#process = undefined;
    if (!process || process.exitCode !== null || process.signalCode !== null) return;
    const ended = once(process, 'exit');
    process.kill('SIGCONT');
    process.kill(signal);
    await ended;
  }

  signal(name: NodeJS.Signals): void {
    this.#process?.kill(name);
  }

  /** Starts the process. Resolves once it is ready. */
  protected abstract launch(): Promise<ChildProcess>;
}

/** A Redis server. */
export class Store extends Restartable {
  readonly folder = mkdtempSync(join(tmpdir(), 'mock429-replicas-'));

  /** @param isDurable whether it writes every change to its file before it answers; if not, it keeps nothing */
  constructor(
    readonly port: number,
    readonly isDurable: boolean,
  ) {
    super();
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  delete(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  protected async launch(): Promise<ChildProcess> {
    const durable = ['--save', '', ...(this.isDurable ? ['--appendonly', 'yes', '--appendfsync', 'always'] : [])];
    const address = ['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.folder];
    const process = spawn('redis-server', [...address, ...durable], { stdio: ['ignore', 'pipe', 'inherit'] });
    await lineOf(process, /Ready to accept connections/);
    return process;
  }
}

/** A server under test. */
export class Server extends Restartable {
  constructor(
    readonly port: number,
    readonly args: readonly string[],
  ) {
    super();
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  protected async launch(): Promise<ChildProcess> {
    const args = [CLI, 'serve', '--port', String(this.port), '--quiet', '--log', 'none', ...this.args];
    const server = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    await lineOf(server, /^mock429 /);
    return server;
  }
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

/** Resolves once the process has printed a line. @throws if it ends before */
async function lineOf(process: ChildProcess, line: RegExp): Promise<void> {
  const lines = createInterface({ input: process.stdout! });
  for await (const text of lines) {
    if (!line.test(text)) continue;
    // Nobody reads the rest, which must not fill the pipe.
    process.stdout!.resume();
    return;
  }
  throw new Error(`a process ended before it was ready: ${process.spawnargs.join(' ')}`);
}

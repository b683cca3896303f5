/**
 * redis-server processes for tests: on free ports, in temporary folders, without persistence unless asked.
 * @module
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { hasProgram } from '../tools/skip.js';

/** Whether this machine has redis-server. @throws under MOCK429_NO_SKIP when it has not */
export const hasRedis = (): boolean => hasProgram('redis-server') && hasProgram('redis-cli');

/** A server that a test has started. */
export class RedisServer {
  readonly #args: readonly string[];
  #process: ChildProcess | undefined;

  private constructor(
    readonly port: number,
    /** Its folder, which is deleted at the end. */
    readonly folder: string,
    args: readonly string[],
  ) {
    this.#args = args;
  }

  /**
   * Starts a server, and waits until it accepts connections.
   *
   * @param args further arguments of redis-server. `{folder}` stands for its folder, `{port}` for its port
   * @param options.configuration text of its configuration file, with the same placeholders
   * @param options.isTls the configuration has a `tls-port`, and no other port is opened
   */
  static async start(
    args: readonly string[] = [],
    options: { configuration?: string; isTls?: boolean } = {},
  ): Promise<RedisServer> {
    const folder = mkdtempSync(join(tmpdir(), 'mock429-redis-'));
    const port = await freePort();
    const fill = (text: string) => text.replaceAll('{folder}', folder).replaceAll('{port}', String(port));
    const file = join(folder, 'redis.conf');
    writeFileSync(file, fill(options.configuration ?? ''));
    const own = options.isTls ? [] : ['--port', String(port)];
    const all = [file, ...own, '--bind', '127.0.0.1', '--dir', folder, ...args.map(fill)];
    const server = new RedisServer(port, folder, all);
    await server.#launch();
    return server;
  }

  /** The URL of the store, with a prefix. */
  url(prefix: string): string {
    return `redis://127.0.0.1:${this.port}/?prefix=${prefix}`;
  }

  /** Runs redis-cli. @returns its output */
  cli(...args: string[]): string {
    const all = ['-p', String(this.port), ...args];
    return execFileSync('redis-cli', all, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
  }

  /** Sends a signal to the process. */
  signal(name: NodeJS.Signals): void {
    this.#process?.kill(name);
  }

  /** Ends the process by a signal, and starts it again with the data that it has kept. */
  async restart(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    await this.end(signal);
    await this.#launch();
  }

  /** Ends the process by a signal. */
  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const process = this.#process;
    if (!process) return;
    this.#process = undefined;
    const ended = once(process, 'exit');
    process.kill('SIGCONT');
    process.kill(signal);
    await ended;
  }

  /** Ends the process, and deletes its folder. */
  async stop(): Promise<void> {
    await this.end('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }

  async #launch(): Promise<void> {
    const process = spawn('redis-server', this.#args, { stdio: ['ignore', 'pipe', 'ignore'] });
    this.#process = process;
    const lines: string[] = [];
    await new Promise<void>((resolve, reject) => {
      createInterface({ input: process.stdout }).on('line', (line) => {
        lines.push(line);
        if (/Ready to accept connections|Sentinel ID is/.test(line)) resolve();
      });
      process.once('error', reject);
      process.once('exit', () => reject(new Error(`redis-server has ended: ${lines.slice(-5).join('\n')}`)));
    });
  }
}

/** A port that nothing listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  // A node of a cluster also listens on its port + 10,000.
  return port > 55_000 ? freePort() : port;
}

/**
 * A server under test: a process of its own, so that its death is seen.
 * @module
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { busySeconds } from './processor.js';
import { ROOT } from './providers.js';

/** A server to start. */
export interface ServerSpec {
  /** Name in messages. */
  readonly name: string;
  /** Arguments of the built command line. */
  readonly args: readonly string[];
  /** Ids of what it serves. */
  readonly profiles: readonly string[];
}

/** What the server said on its own behalf, that it should not have. */
const COMPLAINTS = /failed to answer|control API failed|ended by|cannot accept|please report/i;

/** Longest that an answer to a plain call may take. */
const PATIENCE_MS = 60_000;
const STARTING_MS = 90_000;

/** A running process of the built command line. Its log is recorded; the process is killed when this one exits. */
export class Server {
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  /** Lines of its log, the newest last. */
  readonly log: string[] = [];
  /** What it should not have said, or printed. */
  readonly said: string[] = [];
  #stopping = false;
  /** On 127.0.0.1; 0 until the server has printed it. */
  port = 0;

  /** @param died hears of an end that nobody asked for */
  private constructor(
    readonly spec: ServerSpec,
    died: (how: string) => void,
  ) {
    const child = spawn(process.execPath, [join(ROOT, 'dist/cli.js'), ...spec.args], {
      cwd: ROOT,
      env: { ...process.env, NODE_OPTIONS: '', NO_COLOR: '1' },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.#child = child;
    process.once('exit', () => child.kill('SIGKILL'));
    this.#ended = new Promise((resolve) => {
      child.once('close', (code, signal) => {
        if (!this.#stopping)
          died(`${spec.name} ended with ${signal ?? code}; its last words:\n${this.log.slice(-12).join('\n')}`);
        resolve();
      });
    });
    lines(child.stderr!, (line) => {
      this.log.push(line);
      if (this.log.length > 200) this.log.shift();
      const own = line.startsWith('mock429: ');
      // A stack has several lines.
      if (!own && this.said.length > 0) this.said[this.said.length - 1] += `\n${line}`;
      else if (COMPLAINTS.test(line) || !own) this.said.push(line);
    });
  }

  /** Starts it, and waits until it answers. */
  static async start(spec: ServerSpec, died: (how: string) => void): Promise<Server> {
    const server = new Server(spec, died);
    server.port = await new Promise<number>((resolve, reject) => {
      const late = setTimeout(
        () => reject(new Error(`${spec.name} did not start:\n${server.log.join('\n')}`)),
        STARTING_MS,
      );
      let known = false;
      void server.#ended.then(() => {
        clearTimeout(late);
        reject(new Error(`${spec.name} ended before it printed its address:\n${server.log.join('\n')}`));
      });
      lines(server.#child.stdout!, (line) => {
        const port = /^(?:mock429 \S+ |url )http:\/\/[^:]+:(\d+)/.exec(line)?.[1];
        if (port === undefined) server.said.push(`on stdout: ${line}`);
        if (port === undefined || known) return;
        known = true;
        clearTimeout(late);
        resolve(Number(port));
      });
    });
    await server.ask('GET', '/__mock429/health');
    return server;
  }

  /** A plain call, on a connection of its own. @throws where there is no answer in time */
  ask(method: string, path: string, body?: string): Promise<{ readonly status: number; readonly text: string }> {
    return new Promise((resolve, reject) => {
      const sent = request(
        { port: this.port, host: '127.0.0.1', method, path, agent: false, timeout: PATIENCE_MS },
        (response) => {
          let text = '';
          response.setEncoding('utf8');
          response.on('data', (piece: string) => {
            text += piece;
          });
          response.on('end', () => resolve({ status: response.statusCode!, text }));
          response.on('error', reject);
        },
      );
      sent.on('timeout', () => sent.destroy(new Error(`no answer to ${method} ${path} within ${PATIENCE_MS} ms`)));
      sent.on('error', reject);
      sent.end(body);
    });
  }

  /** Sockets that it has open, without the one that listens; `undefined` where the system does not tell. */
  openSockets(): number | undefined {
    try {
      const folder = `/proc/${this.#child.pid}/fd`;
      const links = readdirSync(folder).map((name) => {
        try {
          return readlinkSync(join(folder, name));
        } catch {
          return '';
        }
      });
      const tcp = inodes(this.port);
      return links.filter((link) => tcp.has(/^socket:\[(\d+)\]$/.exec(link)?.[1] ?? '')).length;
    } catch {
      return undefined;
    }
  }

  /** @see busySeconds */
  busy(): number | undefined {
    return busySeconds(this.#child.pid!);
  }

  /** MiB; `undefined` where the system does not tell. */
  memory(): number | undefined {
    try {
      return Math.round(
        Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${this.#child.pid}/status`, 'utf8'))?.[1]) / 1024,
      );
    } catch {
      return undefined;
    }
  }

  /** Whether the process still runs. */
  get alive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Kills the process, and waits until it is gone. */
  async stop(): Promise<void> {
    this.#stopping = true;
    // What `run` has started reads it.
    this.#child.stdin!.destroy();
    this.#child.kill('SIGKILL');
    await this.#ended;
  }
}

/** Inodes of connections that were accepted on the port. `local` and `remote` addresses are hexadecimal; state 0A is LISTEN. */
function inodes(port: number): Set<string> {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  const found = new Set<string>();
  for (const line of readFileSync('/proc/net/tcp', 'latin1').split('\n')) {
    const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/);
    if (local.endsWith(`:${hex}`) && state !== '0A') found.add(inode);
  }
  return found;
}

function lines(stream: NodeJS.ReadableStream, heard: (line: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (piece: string) => {
    const all = (rest + piece).split('\n');
    rest = all.pop()!;
    for (const line of all) heard(line);
  });
}
